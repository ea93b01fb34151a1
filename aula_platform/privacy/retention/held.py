"""What is frozen in a municipality now, and whom and what that holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.privacy.retention.tables import freeze
from aula_platform.stamdata.tables import membership, municipality, profile
from aula_sdk.db import Id, Instant
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.retention import FreezeKind, RetentionSubject

_of = sa.bindparam("municipality_id", type_=Id)


class Frozen(Exception):
    """Something that would be erased is frozen: nothing was. The message names no reason."""


@dataclass(frozen=True, slots=True)
class Held:
    """What freezes hold."""

    whole: bool
    """Nothing of the municipality is deleted."""
    institutions: frozenset[UUID]
    groups: frozenset[UUID]
    people: frozenset[UUID]
    """Persons, and their profiles."""
    things: frozenset[UUID]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all is frozen."""
        return not (self.whole or self.institutions or self.groups or self.people or self.things)

    def holds(self, subject: RetentionSubject) -> sa.ColumnElement[bool]:
        """Return the condition that a thing is frozen: itself, its place, its groups or people."""
        if self.whole:
            return sa.true()
        found: list[sa.ColumnElement[bool]] = [sa.false()]
        if self.things:
            found.append(subject.id_column.in_(self.things))
        if self.institutions:
            found.append(subject.institution_column.in_(self.institutions))
        for links, ids in ((subject.people, self.people), (subject.groups, self.groups)):
            for link in links if ids else ():
                named = sa.select(link.thing).where(link.other.in_(ids), link.thing.is_not(None))
                found.append(subject.id_column.in_(named))
        return sa.or_(*found)


def is_active(now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a freeze holds at ``now``."""
    return sa.and_(
        freeze.c.lifted_at.is_(None), sa.or_(freeze.c.until.is_(None), freeze.c.until > now)
    )


_ACTIVE = sa.select(freeze.c.kind, freeze.c.target_id).where(
    freeze.c.municipality_id == _of, is_active(sa.bindparam("now", type_=Instant))
)


async def hold_off_decisions(write: WriteUnit, municipality_id: UUID) -> None:
    """Before asking what is held: nobody freezes or decides anything until this transaction ends.

    Whoever does so at this moment is waited for. Those who delete do not hold each other off.
    """
    await write.scalar(_gate(municipality_id).with_for_update(read=True))


async def hold_off_deleting(write: WriteUnit, municipality_id: UUID) -> None:
    """Before freezing or deciding: nobody deletes anything until this transaction ends.

    Whoever does so at this moment is waited for, so that what is frozen then is still there.
    """
    await write.scalar(_gate(municipality_id).with_for_update(key_share=True))


def _gate(municipality_id: UUID) -> sa.Select[Any]:
    # Under READ COMMITTED one would not see what the other is about to commit. SQLite has one
    # writer at a time, and no locks on rows.
    return sa.select(municipality.c.id).where(municipality.c.id == municipality_id)


async def read_held(unit: ReadUnit, municipality_id: UUID) -> Held:
    """Return what is frozen at this moment, by one statement, or two where somebody is."""
    given = {"municipality_id": municipality_id, "now": unit.now}
    rows = await unit.rows(_ACTIVE, given)
    by_kind = {
        kind: frozenset(row.target_id for row in rows if row.kind == kind) for kind in FreezeKind
    }
    people = by_kind[FreezeKind.PERSON]
    if people:
        mine = sa.select(profile.c.id).where(
            profile.c.municipality_id == municipality_id, profile.c.person_id.in_(people)
        )
        people |= {row.id for row in await unit.rows(mine)}
    return Held(
        bool(by_kind[FreezeKind.MUNICIPALITY]),
        by_kind[FreezeKind.INSTITUTION],
        by_kind[FreezeKind.GROUP],
        people,
        by_kind[FreezeKind.THING],
    )


async def check_person(
    unit: ReadUnit,
    municipality_id: UUID,
    person_id: UUID,
    profiles: Iterable[UUID],
    subjects: Iterable[RetentionSubject],
) -> None:
    """Raise `Frozen` when erasing the person would touch something that is frozen.

    That is the person, an institution or group to which the person ever belonged, a thing that
    the person has part in, or everything.
    """
    held = await read_held(unit, municipality_id)
    ids = {person_id, *profiles}
    if held.whole or ids & held.people:
        raise Frozen("the person's data is frozen: nothing was erased")
    mine = profile.c.person_id == person_id
    asked = []
    if held.institutions:
        asked.append(
            sa.select(profile.c.id).where(mine, profile.c.institution_id.in_(held.institutions))
        )
    if held.groups:
        seats = membership.join(profile, profile.c.id == membership.c.profile_id)
        in_group = membership.c.group_id.in_(held.groups)
        asked.append(sa.select(membership.c.id).select_from(seats).where(mine, in_group))
    for subject in () if held.is_nothing else subjects:
        asked += _parts(subject, held, ids)
    for statement in asked:
        if await unit.first(statement.limit(1)) is not None:
            raise Frozen("the person has part in what is frozen: nothing was erased")


def _parts(subject: RetentionSubject, held: Held, ids: set[UUID]) -> list[sa.Select[Any]]:
    """Select the frozen things of one kind in which the person has part."""
    frozen = held.holds(subject)
    found = []
    for link in subject.people:
        part = sa.select(subject.id_column).where(link.other.in_(ids), frozen)
        if link.thing.table is not subject.table:
            part = part.join(link.thing.table, link.thing == subject.id_column)
        found.append(part)
    return found
