"""What a source would deliver when somebody moves or stops: to see it beforehand.

The records are those of a delta of the owning source, so that what a rehearsal does is what the
delivery will do (rule 12).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit
from aula_sdk.stamdata_source import ProfileRecord, Record, Removed

_NOW = sa.bindparam("now", type_=Instant)
_WANTED = sa.bindparam("profile_id", type_=Id)
_profile, _person, _place = tables.profile, tables.person, tables.institution
_tie, _guardian = tables.guardianship, tables.profile.alias("guardian")
_parent = tables.person.alias("parent")


class Belonging(msgspec.Struct, frozen=True):
    """A profile as its source knows it."""

    profile_id: UUID
    person_id: UUID
    municipality_id: UUID
    institution_id: UUID
    kind: str
    title: str
    level: str
    source: str
    person: str
    """What the source calls the person."""
    place: str
    """What the source calls the institution."""
    ends_at: datetime | None
    """When it is over by itself, if that is known."""


class Destination(msgspec.Struct, frozen=True):
    """An institution to which somebody can move."""

    id: UUID
    name: str
    source_id: str


_BELONGING = (
    sa.select(
        _profile.c.id,
        _profile.c.person_id,
        _profile.c.municipality_id,
        _profile.c.institution_id,
        _profile.c.kind,
        _profile.c.title,
        _profile.c.level,
        _profile.c.source,
        _person.c.source_id,
        _place.c.source_id,
        _profile.c.valid_to,
    )
    .join(_person, _person.c.id == _profile.c.person_id)
    .join(_place, _place.c.id == _profile.c.institution_id)
    .where(_profile.c.id == _WANTED)
)
_DESTINATIONS = (
    sa.select(_place.c.id, _place.c.name, _place.c.source_id)
    .where(
        _place.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
        _place.c.source == sa.bindparam("source", type_=sa.String),
        _place.c.id != sa.bindparam("institution_id", type_=Id),
        # Whoever is there already does not move there.
        ~sa.exists().where(
            _profile.c.institution_id == _place.c.id,
            _profile.c.person_id == sa.bindparam("person_id", type_=Id),
            _profile.c.kind == sa.bindparam("kind", type_=sa.String),
            stamdata.valid(_profile, _NOW),
        ),
        stamdata.valid(_place, _NOW),
    )
    .order_by(_place.c.sort_key, _place.c.id)
)
_CONTACTS = (
    sa.select(_guardian.c.id, _parent.c.source_id, _guardian.c.source)
    .select_from(_tie)
    .join(_guardian, _guardian.c.person_id == _tie.c.guardian_person_id)
    .join(_parent, _parent.c.id == _tie.c.guardian_person_id)
    .where(
        _tie.c.child_person_id == sa.bindparam("person_id", type_=Id),
        sa.or_(_tie.c.custody, _tie.c.extended_access),
        stamdata.valid(_tie, _NOW),
        _guardian.c.institution_id == sa.bindparam("institution_id", type_=Id),
        _guardian.c.kind == Kind.GUARDIAN.value,
        stamdata.valid(_guardian, _NOW),
    )
    .order_by(_parent.c.sort_key, _guardian.c.id)
)
"""Those with access to a child, at the child's institution."""


async def read_belonging(read: ReadUnit, profile_id: UUID) -> Belonging | None:
    """Return a profile as its source knows it."""
    found = await read.structs(Belonging, _BELONGING, {"profile_id": profile_id})
    return found[0] if found else None


async def read_destinations(read: ReadUnit, one: Belonging) -> list[Destination]:
    """Return the institutions to which the same source could move somebody, by name."""
    params = {
        "municipality_id": one.municipality_id,
        "source": one.source,
        "institution_id": one.institution_id,
        "person_id": one.person_id,
        "kind": one.kind,
        "now": read.now,
    }
    return await read.structs(Destination, _DESTINATIONS, params)


async def read_contacts(read: ReadUnit, child: Belonging) -> Sequence[sa.Row[Any]]:
    """Return those with access to the child, where the child is."""
    params = {"person_id": child.person_id, "institution_id": child.institution_id}
    return await read.rows(_CONTACTS, {**params, "now": read.now})


async def records_of_leaving(
    read: ReadUnit, one: Belonging, to: Destination | None = None
) -> list[Record]:
    """Return what the source would deliver when somebody leaves, and goes on at another place.

    A pupil's contact persons leave with the pupil; the delivery keeps those who have another child
    there, and knows that they come along.
    """
    records: list[Record] = [Removed("profile", (one.person, one.place, one.kind))]
    if one.kind == Kind.PUPIL.value:
        records += [
            Removed("profile", (row.source_id, one.place, Kind.GUARDIAN.value))
            for row in await read_contacts(read, one)
            if row.source == one.source
        ]
    if to is not None:
        records.append(
            ProfileRecord(one.person, to.source_id, Kind(one.kind), one.title, level=one.level)
        )
    return records


def records_of_lost_access(guardian: Belonging, child: Belonging) -> list[Record]:
    """Return what the source would deliver when somebody is a child's contact person no more."""
    return [Removed("guardianship", (guardian.person, child.person))]
