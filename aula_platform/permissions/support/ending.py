"""Logging somebody out everywhere for them: a device is lost, or a log-in stolen (ASVS 7.4.5)."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.access_keys import revoke_keys
from aula_platform.identity.own_sessions import TOPIC
from aula_platform.identity.session_endings import end_all_sessions
from aula_platform.identity.tables import account_person
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.support.seeing import WHOLE, administrative
from aula_platform.storage import EVERYWHERE, Read, Write
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import END_SESSIONS
from aula_sdk.people import Actor, Holding
from aula_sdk.permissions import INSTITUTION_ADMIN, MUNICIPALITY_ADMIN
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")
ENDED = "identity.sessions_ended"
"""What the audit calls it; by this the person is told."""
_whom = stamdata.profile
_same = account_person.alias("same")
_ACCOUNT = (
    sa.select(_same.c.account_id, _same.c.person_id)
    .join(account_person, account_person.c.account_id == _same.c.account_id)
    .where(account_person.c.person_id == sa.bindparam("person_id", type_=Id))
)
_is_there = stamdata.valid(_whom, sa.bindparam("now", type_=Instant))
_PROFILES = (
    sa.select(_whom.c.id, _whom.c.municipality_id, _is_there.label("is_there"))
    .where(_whom.c.person_id.in_(sa.bindparam("persons", expanding=True, type_=Id)))
    .order_by(_whom.c.municipality_id, _whom.c.id)
)


class DecidesMore(Forbidden):
    """The person decides for a whole municipality, and the actor for an institution alone."""

    code = "support.decides-more"
    title = _("You cannot log out somebody who decides for a whole municipality")


@cache
def _found(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    one = _whom.c.id == sa.bindparam("profile_id", type_=Id)
    return sa.select(_whom.c.person_id, _whom.c.municipality_id).where(one, clause)


class _Whom(NamedTuple):
    """Who would be logged out: accounts, and everybody who they are."""

    accounts: set[UUID]
    persons: list[UUID]


async def end_sessions_of(
    unit: WriteUnit, checks: PermissionChecks, actors: ActorLoader, actor: Actor, profile_id: UUID
) -> int:
    """End all sessions and access keys of the person behind the profile; return how many sessions
    that were, of those that had not run out.

    The log-in at the broker is not touched: who still has that comes in again. Each municipality in
    which the account is somebody has it in its audit, about all profiles that it knows. Raises
    `Forbidden` to who may do so nowhere, `NotFound` for whom it is out of reach, for who has left,
    and for oneself, and `DecidesMore`.
    """
    write = cast(Write, unit)
    whom = await _find(write, checks, actors, actor, profile_id)
    sessions = keys = 0
    for account_id in whom.accounts:
        sessions += await end_all_sessions(write, account_id)
        keys += await revoke_keys(write, account_id)
    profiles = await write.rows(_PROFILES, {"persons": whom.persons, "now": write.now})
    for town in sorted({one.municipality_id for one in profiles if one.is_there}):
        write.audit(
            ENDED,
            municipality_id=town,
            subjects=tuple(one.id for one in profiles if one.municipality_id == town),
            details={"sessions": sessions, "keys": keys},
        )
    # Pages are open in all roles.
    write.changed(TOPIC, [one.id for one in profiles])
    return sessions


async def may_end_sessions_of(
    unit: ReadUnit, checks: PermissionChecks, actors: ActorLoader, actor: Actor, profile_id: UUID
) -> bool:
    """Whether `end_sessions_of` would, after a fresh second factor."""
    read = cast(Read, unit)
    wall, proved = read.wall, msgspec.structs.replace(actor, stepped_up=True)
    try:
        await _find(read, checks, actors, proved, profile_id)
    except (Forbidden, NotFound):
        return False
    finally:
        read.wall = wall
    return True


async def _find(
    read: Read, checks: PermissionChecks, actors: ActorLoader, actor: Actor, profile_id: UUID
) -> _Whom:
    """Return whom it is about; raise what `end_sessions_of` raises. The unit reaches everywhere
    from then on.
    """
    if not actor.can(END_SESSIONS):
        raise Forbidden
    visible = checks.visible(actor, END_SESSIONS)
    whom = await read.first(_found(visible.clause), {**visible.params, "profile_id": profile_id})
    if whom is None:
        raise NotFound
    # From here on it is about an account, which is somebody in several municipalities.
    read.wall = EVERYWHERE
    linked = await read.rows(_ACCOUNT, {"person_id": whom.person_id})
    persons = sorted({whom.person_id, *(row.person_id for row in linked)})
    if not _decides_for_all(actor, whom.municipality_id):
        held = await actors.every_holding(read, persons)
        if holds_above_institutions(held, checks.catalogue):
            raise DecidesMore
    return _Whom({row.account_id for row in linked}, persons)


def _decides_for_all(actor: Actor, municipality_id: UUID) -> bool:
    """Whether the actor's right is one over the whole municipality: nobody is above that."""
    return any(
        holding.relation == WHOLE and municipality_id in holding.municipalities
        for holding in actor.holdings.get(END_SESSIONS, ())
    )


def holds_above_institutions(held: Mapping[str, tuple[Holding, ...]], catalogue: Catalogue) -> bool:
    """Whether something of it is an administrator's, and held in a way that municipalities' have
    from the start and institutions' do not.
    """
    of_institutions = {
        (one.action, one.relation) for one in catalogue.defaults.get(INSTITUTION_ADMIN, ())
    }
    actions = administrative(catalogue)
    above = {
        (one.action, one.relation)
        for one in catalogue.defaults.get(MUNICIPALITY_ADMIN, ())
        if one.action in actions
    } - of_institutions
    return any(
        (action, holding.relation) in above
        for action, holdings in held.items()
        for holding in holdings
    )
