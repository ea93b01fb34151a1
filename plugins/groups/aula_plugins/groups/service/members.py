"""Who comes into a group and who goes: chosen people, parts, editors, leaving."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.errors import GroupEnded, NoMember, ThroughAnotherGroup, wrong_field
from aula_plugins.groups.models import chosen, editor, part
from aula_plugins.groups.queries import members as queries
from aula_plugins.groups.queries.groups import Head
from aula_plugins.groups.queries.members import Named
from aula_plugins.groups.service import reading
from aula_plugins.groups.service.settling import Settled, lock_group, parts_of, settle
from aula_sdk.ids import GROUP, PROFILE, WrongIdKind
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, WriteUnit

MAX_CHOICES = 200


class Choices(msgspec.Struct, frozen=True):
    """People, and kinds of people in other groups."""

    people: tuple[UUID, ...] = ()
    parts: tuple[tuple[UUID, Kind], ...] = ()


def parse_choices(texts: Sequence[str]) -> Choices:
    """Return the choices behind ``pro_…`` and ``grp_…:kind``; raise `Invalid` naming ``people``."""
    people: dict[UUID, None] = {}
    parts: dict[tuple[UUID, Kind], None] = {}
    for text in texts:
        target, colon, kind = text.partition(":")
        try:
            if colon:
                parts[GROUP.parse(target), Kind(kind)] = None
            else:
                people[PROFILE.parse(target)] = None
        except (WrongIdKind, ValueError) as error:
            reason = _("This is nobody who can be chosen")
            raise wrong_field("people", reason, "malformed") from error
    if not people and not parts:
        raise wrong_field("people", _("Choose somebody"), "missing")
    if len(people) + len(parts) > MAX_CHOICES:
        raise wrong_field("people", _("Choose fewer at a time"), "too-many")
    return Choices(tuple(people), tuple(parts))


async def load_own(
    write: WriteUnit, platform: Platform, actor: Actor, action: str, group_id: UUID
) -> Head:
    """Return the group if the actor may do ``action``; raise `NotFound`, `Forbidden`, `GroupEnded`.

    Only groups that were made here give such a relation (GRP-4).
    """
    await lock_group(write, actor.municipalities, group_id)
    head = await reading.load_head(write, platform, actor, group_id)
    await platform.permissions.require(write, actor, action, group_id, sees="groups.see")
    if reading.is_over(head, write.now):
        raise GroupEnded
    return head


async def add_people(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, choices: Choices
) -> Settled:
    """Let people come in, and let other groups' people be members as they come and go.

    Raises `Invalid` when one cannot be chosen by this actor or is not of a kind that the group
    takes; nobody is told whether such a person exists.
    """
    head = await load_own(write, platform, actor, "groups.manage_members", group_id)
    await _check_people(write, platform, actor, group_id, choices.people)
    await _check_parts(write, platform, actor, head, choices.parts)
    await choose(write, head, choices.people)
    there = set(await parts_of(write, group_id))
    new = [one for one in choices.parts if one not in there]
    if new:
        rows = [
            {
                "group_id": group_id,
                "part_id": part_id,
                "kind": kind,
                "municipality_id": head.municipality_id,
            }
            for part_id, kind in new
        ]
        await write.execute(sa.insert(part), rows)
    (settled,) = await settle(write, platform, head.municipality_id, [group_id])
    return settled


async def _check_people(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, people: Sequence[UUID]
) -> None:
    if not people:
        return
    right = platform.permissions.visible(actor, "groups.add_person")
    given = {**right.params, "group_id": group_id, "people": list(people)}
    found = await write.structs(Named, queries.addable(right.clause), given)
    if len(found) != len(people):
        reason = _("Somebody of these cannot be a member of this group")
        raise wrong_field("people", reason, "out-of-reach")


async def _check_parts(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    head: Head,
    parts: Sequence[tuple[UUID, Kind]],
) -> None:
    right = platform.permissions.visible(actor, "groups.see_members")
    given = {
        **right.params,
        "group_id": head.id,
        "now": write.now,
        "parts": [part_id for part_id, _kind in parts],
    }
    found = await write.rows(queries.possible_parts(right.clause), given) if parts else ()
    possible = {row[0] for row in found}
    for part_id, kind in parts:
        if part_id not in possible or kind not in head.kinds:
            reason = _("Somebody of these cannot be a member of this group")
            raise wrong_field("people", reason, "out-of-reach")


async def choose(write: WriteUnit, head: Head, people: Sequence[UUID]) -> None:
    """Note who was chosen, each once."""
    known = await write.rows(
        sa.select(chosen.c.profile_id).where(
            chosen.c.group_id == head.id, chosen.c.profile_id.in_(people)
        )
    )
    there = {row[0] for row in known}
    rows = [
        {
            "group_id": head.id,
            "profile_id": one,
            "chosen_at": write.now,
            "municipality_id": head.municipality_id,
        }
        for one in people
        if one not in there
    ]
    if rows:
        await write.execute(sa.insert(chosen), rows)


async def remove_person(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, profile_id: UUID
) -> None:
    """Let somebody who was chosen go. Raises `NoMember` and `ThroughAnotherGroup`."""
    head = await load_own(write, platform, actor, "groups.manage_members", group_id)
    await _take_out(write, platform, head, profile_id)


async def remove_part(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, one: tuple[UUID, Kind]
) -> Settled:
    """Let another group's people be members no longer, unless they are for another reason."""
    head = await load_own(write, platform, actor, "groups.manage_members", group_id)
    gone = await write.execute(
        sa.delete(part).where(
            part.c.group_id == group_id, part.c.part_id == one[0], part.c.kind == one[1]
        )
    )
    if gone.rowcount == 0:
        raise NoMember
    (settled,) = await settle(write, platform, head.municipality_id, [group_id])
    return settled


async def leave_group(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, profile_id: UUID
) -> None:
    """Leave a group, or take a child out of it. Raises `NoMember` and `ThroughAnotherGroup`."""
    head = await load_own(write, platform, actor, "groups.leave", group_id)
    if profile_id not in reading.mine(actor):
        raise NoMember
    await _take_out(write, platform, head, profile_id)


async def _take_out(write: WriteUnit, platform: Platform, head: Head, profile_id: UUID) -> None:
    gone = await write.execute(
        sa.delete(chosen).where(chosen.c.group_id == head.id, chosen.c.profile_id == profile_id)
    )
    given = {"group_id": head.id, "now": write.now, "members": [profile_id]}
    is_inside = await write.first(queries.MEMBERS_OF_MINE, given) is not None
    if not is_inside and gone.rowcount == 0:
        raise NoMember
    (settled,) = await settle(write, platform, head.municipality_id, [head.id])
    if is_inside and profile_id not in {one.profile_id for one in settled.lost}:
        raise ThroughAnotherGroup


async def add_editor(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, profile_id: UUID
) -> None:
    """Let an employee look after the group too (ADM-5); once is enough."""
    head = await load_own(write, platform, actor, "groups.edit", group_id)
    right = platform.permissions.visible(actor, "groups.add_person")
    given = {**right.params, "people": [profile_id], "now": write.now}
    if not await write.rows(queries.employable(right.clause), given):
        reason = _("Only employees can look after a group")
        raise wrong_field("people", reason, "out-of-reach")
    row = {"group_id": group_id, "profile_id": profile_id}
    there = sa.select(editor.c.group_id).where(
        editor.c.group_id == group_id, editor.c.profile_id == profile_id
    )
    if await write.scalar(there) is None:
        values = row | {"added_at": write.now, "municipality_id": head.municipality_id}
        await write.execute(sa.insert(editor), values)
    _note_editor(write, head, profile_id, "groups.editor_added")


async def remove_editor(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, profile_id: UUID
) -> None:
    """Let somebody look after the group no longer."""
    head = await load_own(write, platform, actor, "groups.edit", group_id)
    await write.execute(
        sa.delete(editor).where(editor.c.group_id == group_id, editor.c.profile_id == profile_id)
    )
    _note_editor(write, head, profile_id, "groups.editor_removed")


def _note_editor(write: WriteUnit, head: Head, profile_id: UUID, action: str) -> None:
    write.changed("groups", [profile_id])
    write.audit(
        action,
        municipality_id=head.municipality_id,
        object_id=head.id,
        subjects=[profile_id],
    )
