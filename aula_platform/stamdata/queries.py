"""What the kernel asks of stamdata, in prebuilt statements, over all of an account's persons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.many import many
from aula_sdk.people import ActorChild, ActorProfile, Kind
from aula_sdk.protocols import ReadUnit
from aula_sdk.stamdata_source import GroupKind

NOW = sa.bindparam("now", type_=Instant)
_PERSONS = many("persons", Id())


class PersonRow(msgspec.Struct, frozen=True):
    """A person of one municipality, by the name that may be shown."""

    id: UUID
    municipality_id: UUID
    name: str


class MunicipalityRow(msgspec.Struct, frozen=True):
    """A municipality; ``epoch`` moves with each change of its stamdata."""

    id: UUID
    key: str
    name: str
    code: str
    epoch: int


class ActorRows(msgspec.Struct, frozen=True):
    """What an actor is made of: all profiles that hold now, their roles, and the children."""

    profiles: tuple[ActorProfile, ...]
    roles: Mapping[UUID, tuple[str, ...]]
    """Administrators' roles by profile; a profile without any is not in it."""
    children: tuple[ActorChild, ...]
    former: tuple[ActorProfile, ...] = ()
    """Profiles that have ended, of those who belong on their own account or a child's."""
    until: datetime | None = None
    """When the next group begins or ceases to reach one of ``profiles``, as far as it is known."""


_person = tables.person
_BY_UNIID = (
    sa.select(_person.c.id, _person.c.municipality_id, _person.c.name)
    .where(_person.c.uniid == sa.bindparam("uniid"), stamdata.valid(_person, NOW))
    .order_by(_person.c.municipality_id)
)


async def persons_by_uniid(read: ReadUnit, uniid: str) -> list[PersonRow]:
    """Return the persons, one in each municipality at most, whom the log-in broker means."""
    return await read.structs(PersonRow, _BY_UNIID, {"uniid": uniid, "now": read.now})


_PERSONS_BY_ID = sa.select(_person.c.id, _person.c.municipality_id, _person.c.name).where(
    _person.c.id.in_(_PERSONS), stamdata.valid(_person, NOW)
)


async def persons_by_id(read: ReadUnit, persons: Sequence[UUID]) -> list[PersonRow]:
    """Return those of these persons who have not left."""
    return await read.structs(
        PersonRow, _PERSONS_BY_ID, {"persons": list(persons), "now": read.now}
    )


_KEEP_READING = (Kind.PUPIL, Kind.GUARDIAN)
"""Who can read what was theirs when they have left (decision 0038): for employees and externals it
was work, which is over."""
_profile, _institution, _role = tables.profile, tables.institution, tables.profile_role
_PROFILES = (
    sa.select(
        _profile.c.id,
        _profile.c.person_id,
        _profile.c.institution_id,
        _profile.c.municipality_id,
        _profile.c.kind,
        _person.c.name,
        _institution.c.name.label("institution_name"),
        _profile.c.title,
        _profile.c.valid_from,
        _profile.c.valid_to,
        _role.c.role,
    )
    .join(_person, _person.c.id == _profile.c.person_id)
    .join(_institution, _institution.c.id == _profile.c.institution_id)
    .outerjoin(_role, sa.and_(_role.c.profile_id == _profile.c.id, stamdata.valid(_role, NOW)))
    .where(
        _profile.c.person_id.in_(_PERSONS),
        _profile.c.valid_from <= NOW,
        sa.or_(
            _profile.c.valid_to.is_(None),
            _profile.c.valid_to > NOW,
            _profile.c.kind.in_([kind.value for kind in _KEEP_READING]),
        ),
    )
    .order_by(_institution.c.sort_key, _profile.c.id, _role.c.role)
)

_tie = tables.guardianship
_child, _guardian = tables.profile.alias("child"), tables.profile.alias("guardian")
_child_person = tables.person.alias("child_person")
_MAIN_GROUP = (
    sa.select(sa.func.min(tables.group.c.name))
    .join(tables.membership, tables.membership.c.group_id == tables.group.c.id)
    .where(
        tables.membership.c.profile_id == _child.c.id,
        tables.group.c.kind == GroupKind.MAIN.value,
        stamdata.valid(tables.membership, NOW),
        stamdata.valid(tables.group, NOW),
    )
    .scalar_subquery()
)
_CHILDREN = (
    sa.select(
        _child.c.id.label("profile_id"),
        _child.c.person_id,
        _guardian.c.id.label("guardian_profile_id"),
        _child.c.institution_id,
        _child.c.municipality_id,
        _child_person.c.name,
        _institution.c.name.label("institution_name"),
        sa.func.coalesce(_MAIN_GROUP, "").label("group_name"),
        _tie.c.custody,
    )
    .select_from(_tie)
    .join(
        _child,
        sa.and_(_child.c.person_id == _tie.c.child_person_id, _child.c.kind == Kind.PUPIL.value),
    )
    .join(
        _guardian,
        sa.and_(
            _guardian.c.person_id == _tie.c.guardian_person_id,
            _guardian.c.institution_id == _child.c.institution_id,
            _guardian.c.kind == Kind.GUARDIAN.value,
        ),
    )
    .join(_child_person, _child_person.c.id == _child.c.person_id)
    .join(_institution, _institution.c.id == _child.c.institution_id)
    .where(
        _tie.c.guardian_person_id.in_(_PERSONS),
        sa.or_(_tie.c.custody, _tie.c.extended_access),
        stamdata.valid(_tie, NOW),
        stamdata.valid(_child, NOW),
        stamdata.valid(_guardian, NOW),
    )
    .order_by(_child_person.c.sort_key, _child.c.id)
)


_reach = stamdata.reach
_REACHED = (
    sa.select(_reach.c.profile_id, _reach.c.group_id, _reach.c.valid_from, _reach.c.valid_to)
    .where(
        _reach.c.profile_id.in_(many("profiles", Id())),
        sa.or_(_reach.c.valid_to.is_(None), _reach.c.valid_to > NOW),
    )
    .order_by(_reach.c.group_id)
)
"""What reaches them now or will: the moment at which something begins must be known."""


async def actor_rows(read: ReadUnit, persons: Sequence[UUID], now: datetime) -> ActorRows:
    """Return what holds at ``now`` of these persons, in three statements.

    Profiles of every kind are there, so that the other roles of an account are known as well; the
    statement for children is left out when none of them is a guardian's. Children are those with
    whom the guardian has custody or extended access (ID-11), once per institution.
    """
    params = {"persons": list(persons), "now": now}
    profiles: dict[UUID, ActorProfile] = {}
    former: dict[UUID, ActorProfile] = {}
    roles: dict[UUID, list[str]] = {}
    for row in await read.rows(_PROFILES, params):
        if row.valid_to is not None and row.valid_to <= now:
            if row.valid_to > row.valid_from:
                former[row.id] = _actor_profile(row, row.valid_to)
            continue
        profiles[row.id] = _actor_profile(row)
        if row.role is not None:
            roles.setdefault(row.id, []).append(row.role)
    children: list[ActorChild] = []
    if any(profile.kind is Kind.GUARDIAN for profile in profiles.values()):
        children = await read.structs(ActorChild, _CHILDREN, params)
    groups, until = await _groups_that_reach(read, list(profiles), now)
    return ActorRows(
        tuple(
            msgspec.structs.replace(profile, groups=tuple(groups.get(profile.id, ())))
            for profile in profiles.values()
        ),
        {profile: tuple(found) for profile, found in roles.items()},
        tuple(children),
        tuple(former.values()),
        until,
    )


async def _groups_that_reach(
    read: ReadUnit, profiles: Sequence[UUID], now: datetime
) -> tuple[dict[UUID, dict[UUID, None]], datetime | None]:
    """Return the groups of each profile, and when the clock alone changes them."""
    found: dict[UUID, dict[UUID, None]] = {}
    moments: list[datetime] = []
    for row in await read.rows(_REACHED, {"profiles": list(profiles), "now": now}):
        if row.valid_from <= now:
            found.setdefault(row.profile_id, {})[row.group_id] = None
        else:
            moments.append(row.valid_from)
        if row.valid_to is not None:
            moments.append(row.valid_to)
    return found, min(moments, default=None)


def _actor_profile(row: sa.Row[Any], ended_at: datetime | None = None) -> ActorProfile:
    return ActorProfile(
        id=row.id,
        person_id=row.person_id,
        institution_id=row.institution_id,
        municipality_id=row.municipality_id,
        kind=Kind(row.kind),
        name=row.name,
        institution_name=row.institution_name,
        title=row.title,
        ended_at=ended_at,
    )


_view = stamdata.membership
_GROUPS = (
    sa.select(_view.c.profile_id, _view.c.group_id)
    .where(
        _view.c.profile_id.in_(many("profiles", Id())),
        stamdata.valid(_view, NOW),
    )
    .order_by(_view.c.group_id)
)


async def groups_of(
    read: ReadUnit, profiles: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[UUID, ...]]:
    """Return the groups of which each profile is a direct member at ``now``."""
    found: dict[UUID, list[UUID]] = {}
    params = {"profiles": list(profiles), "now": now}
    for row in await read.rows(_GROUPS, params):
        found.setdefault(row.profile_id, []).append(row.group_id)
    return {profile: tuple(groups) for profile, groups in found.items()}


_place = tables.municipality
_MUNICIPALITIES = sa.select(
    _place.c.id, _place.c.key, _place.c.name, _place.c.code, _place.c.epoch
).order_by(_place.c.key)


async def municipalities(read: ReadUnit) -> list[MunicipalityRow]:
    """Return all municipalities of the installation, by key."""
    return await read.structs(MunicipalityRow, _MUNICIPALITIES)


_BY_KEY = _MUNICIPALITIES.where(_place.c.key == sa.bindparam("key"))


async def municipality_by_key(read: ReadUnit, key: str) -> MunicipalityRow | None:
    """Return the municipality with that key in the settings, if it has been made known."""
    found = await read.structs(MunicipalityRow, _BY_KEY, {"key": key})
    return found[0] if found else None
