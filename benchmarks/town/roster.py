"""Who is in which class, read back from the views that plugins read."""

from __future__ import annotations

from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_sdk import stamdata
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit


class Seat(msgspec.Struct, frozen=True):
    """Somebody whom a class reaches."""

    profile_id: UUID
    kind: Kind
    child_id: UUID | None
    uniid: str


class Room(msgspec.Struct, frozen=True):
    """A class with its people."""

    group_id: UUID
    institution_id: UUID
    municipality_id: UUID
    seats: tuple[Seat, ...]
    """Ordered, the teacher first: the same for the same files."""

    @property
    def teacher(self) -> Seat:
        """The one who teaches it."""
        return self.seats[0]

    def of_kind(self, kind: Kind) -> list[Seat]:
        """Return the people of one kind."""
        return [seat for seat in self.seats if seat.kind is kind]


_reach, _profile, _group = stamdata.reach, stamdata.profile, stamdata.group
_SEATS = (
    sa.select(
        _reach.c.group_id,
        _reach.c.institution_id,
        _reach.c.municipality_id,
        _reach.c.profile_id,
        _reach.c.kind,
        _reach.c.child_id,
        tables.person.c.uniid,
    )
    .join(_group, _group.c.id == _reach.c.group_id)
    .join(_profile, _profile.c.id == _reach.c.profile_id)
    .join(tables.person, tables.person.c.id == _profile.c.person_id)
    .where(_reach.c.municipality_id == sa.bindparam("municipality", type_=_reach.c.group_id.type))
    .order_by(_group.c.institution_id, _group.c.name, _reach.c.kind, tables.person.c.uniid)
)


async def read_rooms(read: ReadUnit, municipality_id: UUID) -> list[Room]:
    """Return the classes of a municipality, in an order that stays."""
    found: dict[tuple[UUID, UUID, UUID], list[Seat]] = {}
    for row in await read.rows(_SEATS, {"municipality": municipality_id}):
        seat = Seat(row.profile_id, Kind(row.kind), row.child_id, row.uniid)
        found.setdefault(tuple(row[:3]), []).append(seat)
    return [Room(*ids, seats=tuple(seats)) for ids, seats in found.items()]
