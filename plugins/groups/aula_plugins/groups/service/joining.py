"""Joining an open group, asking to join another, and deciding who may (GRP-1, GRP-2)."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.errors import (
    AlreadyAsked,
    AlreadyDecided,
    AlreadyMember,
    wrong_field,
)
from aula_plugins.groups.events import ApplicationDecided, ApplicationMade
from aula_plugins.groups.models import MAX_WORDS, Access, State, application
from aula_plugins.groups.queries import applications as queries
from aula_plugins.groups.queries import members as member_queries
from aula_plugins.groups.queries.applications import ApplicationRow
from aula_plugins.groups.queries.groups import MY_APPLICATIONS, Head
from aula_plugins.groups.queries.members import EDITORS, Named
from aula_plugins.groups.service import members, reading
from aula_plugins.groups.service.settling import LIVE_TOPIC, settle
from aula_plugins.groups.settings import settings_of
from aula_sdk.db import Instant
from aula_sdk.errors import NotFound
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def join_group(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    group_id: UUID,
    profile_id: UUID,
    words: str = "",
) -> UUID | None:
    """Let the actor, or a child, become a member; where that is decided by others, ask for it.

    Returns the application's id, None when it is done at once. Raises `NotFound`, `Forbidden`,
    `Invalid` when the group does not take this person, `AlreadyMember` and `AlreadyAsked`.
    """
    head = await members.load_own(write, platform, actor, "groups.join", group_id)
    await _check_joiner(write, actor, head, profile_id)
    if head.access is Access.OPEN:
        await members.choose(write, head, [profile_id])
        await settle(write, platform, head.municipality_id, [group_id])
        return None
    return await _apply(write, actor, head, profile_id, words)


async def _check_joiner(write: WriteUnit, actor: Actor, head: Head, profile_id: UUID) -> None:
    mine = [profile_id] if profile_id in reading.mine(actor) else []
    given = {"group_id": head.id, "now": write.now, "members": mine}
    if not await write.structs(Named, member_queries.JOINABLE_BY, given):
        raise wrong_field("who", _("The group does not take this person"), "out-of-reach")
    if await write.first(member_queries.MEMBERS_OF_MINE, given) is not None:
        raise AlreadyMember
    if await write.first(MY_APPLICATIONS, given) is not None:
        raise AlreadyAsked


async def _apply(write: WriteUnit, actor: Actor, head: Head, profile_id: UUID, words: str) -> UUID:
    text = " ".join(words.split())
    if len(text) > MAX_WORDS:
        raise wrong_field("words", _("This is too long"), "too-long")
    applicant = _applicant(actor, profile_id)
    application_id = new_id()
    await write.execute(
        sa.insert(application),
        {
            "id": application_id,
            "group_id": head.id,
            "municipality_id": head.municipality_id,
            "profile_id": profile_id,
            "applicant_id": applicant,
            "words": text,
            "state": State.WAITING,
            "made_at": write.now,
        },
    )
    write.emit(
        ApplicationMade(
            municipality_id=head.municipality_id,
            group_id=head.id,
            application_id=application_id,
            profile_id=profile_id,
        )
    )
    await _tell(write, head.id, [profile_id, applicant])
    _note(write, "groups.application_made", head.municipality_id, application_id, profile_id)
    return application_id


def _applicant(actor: Actor, profile_id: UUID) -> UUID:
    """Return with which profile the actor asks: the own one, or the guardian's of that child."""
    for child in actor.children:
        if child.profile_id == profile_id:
            return child.guardian_profile_id
    return profile_id


async def withdraw_application(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, profile_id: UUID
) -> None:
    """Take back what one has asked. Raises `NotFound` when nothing is waiting."""
    head = await reading.load_head(write, platform, actor, group_id)
    mine = reading.mine(actor)
    if profile_id not in mine:
        raise NotFound
    row = await write.first(
        sa.select(application.c.id).where(
            application.c.group_id == group_id,
            application.c.profile_id == profile_id,
            application.c.state == State.WAITING,
        )
    )
    if row is None:
        raise NotFound
    await _close(write, row.id, State.WITHDRAWN, None)
    await _tell(write, group_id, [profile_id])
    _note(write, "groups.application_withdrawn", head.municipality_id, row.id, profile_id)


async def list_waiting(
    read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID | None = None
) -> list[ApplicationRow]:
    """Return the applications that wait for the actor, the oldest first."""
    right = platform.permissions.visible(actor, "groups.decide")
    given = {**right.params, "group_id": group_id}
    statement = queries.waiting(right.clause, of_group=group_id is not None)
    found = await read.structs(ApplicationRow, statement, given)
    for row in found:
        read.looked(
            "groups.decide",
            municipality_id=row.municipality_id,
            object_id=row.id,
            subjects=[row.profile_id],
        )
    return found


async def decide(
    write: WriteUnit, platform: Platform, actor: Actor, application_id: UUID, *, accept: bool
) -> UUID:
    """Accept or reject; return the group's id. Raises `NotFound`, `Forbidden`, `AlreadyDecided`.

    Whoever has left in the meantime, or whom the group no longer takes, can only be rejected.
    """
    given = {"application_id": application_id, "municipalities": actor.municipalities}
    asked = await write.first(queries.ONE, given)
    if asked is None:
        raise NotFound
    head = await members.load_own(write, platform, actor, "groups.decide", asked.group_id)
    if asked.state != State.WAITING:
        raise AlreadyDecided
    decider = next(
        (one.id for one in actor.profiles if one.institution_id == head.institution_id),
        actor.profiles[0].id,
    )
    if accept:
        given = {"group_id": head.id, "now": write.now, "members": [asked.profile_id]}
        if not await write.structs(Named, member_queries.JOINABLE_BY, given):
            raise wrong_field("who", _("The group does not take this person"), "out-of-reach")
    await _close(write, application_id, State.ACCEPTED if accept else State.REJECTED, decider)
    if accept:
        await members.choose(write, head, [asked.profile_id])
        await settle(write, platform, head.municipality_id, [head.id])
    write.emit(
        ApplicationDecided(
            municipality_id=head.municipality_id,
            group_id=head.id,
            application_id=application_id,
            profile_id=asked.profile_id,
            accepted=accept,
        )
    )
    await _tell(write, head.id, [asked.profile_id, asked.applicant_id])
    action = "groups.application_accepted" if accept else "groups.application_rejected"
    _note(write, action, head.municipality_id, application_id, asked.profile_id)
    return head.id


async def _close(write: WriteUnit, application_id: UUID, state: State, by: UUID | None) -> None:
    changed = await write.execute(
        sa.update(application)
        .where(application.c.id == application_id, application.c.state == State.WAITING)
        .values(state=state, decided_at=write.now, decider_id=by)
    )
    if changed.rowcount == 0:
        raise AlreadyDecided


async def _tell(write: WriteUnit, group_id: UUID, profiles: list[UUID]) -> None:
    editors = await write.rows(EDITORS, {"group_id": group_id, "now": write.now})
    write.changed(LIVE_TOPIC, [*profiles, *(row[0] for row in editors)])


def _note(
    write: WriteUnit, action: str, municipality_id: UUID, object_id: UUID, about: UUID
) -> None:
    write.audit(action, municipality_id=municipality_id, object_id=object_id, subjects=[about])


async def drop_old_applications(platform: Platform) -> None:
    """Remove what was decided or withdrawn longer ago than the municipality wants it kept."""
    for municipality_id in platform.active_municipalities("groups"):
        days = settings_of(platform, municipality_id).keep_decided_days
        async with platform.write() as write:
            before = write.now - timedelta(days=days)
            await write.execute(
                sa.delete(application).where(
                    application.c.municipality_id == municipality_id,
                    application.c.decided_at < sa.literal(before, Instant),
                )
            )
