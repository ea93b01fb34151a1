"""From rows to what the reader sees of each person: the one place where contacts are made."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.contacts.fields import FieldClass, show
from aula_plugins.contacts.queries import people as queries
from aula_plugins.contacts.schemas import Card, Contact, Entry, GroupName, Reach, Relative
from aula_plugins.contacts.settings import settings_of
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit

_Kept = TypeVar("_Kept", bound=Contact)
_LISTED = frozenset({FieldClass.LISTED})
_REACHABLE = _LISTED | {FieldClass.REACHABLE}
Data = Mapping[UUID, queries.Ways]
"""By profile how to reach somebody; who is missing may not be reached by the reader."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where: the municipality's settings count, and in a list its group."""

    read: ReadUnit
    platform: Platform
    actor: Actor
    municipality_id: UUID
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Tie:
    """Somebody beside somebody else, and how the guardian of the two is related to the child."""

    beside: UUID
    row: queries.PersonRow
    relation: str


async def entries(reader: Reader, rows: Sequence[queries.PersonRow]) -> list[Entry]:
    """Return people with guardians or children beside them, each with what the reader may see."""
    ties = await _ties(reader, rows)
    data = await _contact_data(reader, [*rows, *(tie.row for tie in ties)])
    beside: dict[UUID, list[Relative]] = defaultdict(list)
    for tie in ties:
        beside[tie.beside].append(_relative(tie, data))
    return [_shown(Entry, row, data, relatives=tuple(beside[row.id])) for row in rows]


async def open_card(
    read: ReadUnit, platform: Platform, actor: Actor, profile_id: UUID
) -> tuple[Card, UUID]:
    """Return a person by themselves, and the municipality; raise `NotFound` to strangers."""
    see = platform.permissions.visible(actor, "contacts.see_person")
    found = await read.structs(
        queries.CardRow,
        queries.card(see.clause),
        {**see.params, "person": profile_id, "now": read.now},
    )
    if not found:
        raise NotFound
    row = found[0]
    see_group = platform.permissions.visible(actor, "contacts.see_group")
    met_in = await read.structs(
        queries.MetIn,
        queries.groups_of(see_group.clause),
        {**see_group.params, "person": profile_id, "now": read.now},
    )
    is_parent = any(group.is_contact_parent for group in met_in)
    person = queries.PersonRow(row.id, row.name, row.kind, row.title, is_parent)
    reader = Reader(read, platform, actor, row.municipality_id)
    ties = await _ties(reader, [person])
    data = await _contact_data(reader, [person, *(tie.row for tie in ties)])
    card = _shown(
        Card,
        person,
        data,
        relatives=tuple(_relative(tie, data) for tie in ties),
        groups=tuple(GroupName(group.key, group.name, group.kind) for group in met_in),
    )
    return card, row.municipality_id


async def _ties(reader: Reader, rows: Sequence[queries.PersonRow]) -> list[_Tie]:
    pupils = [row.id for row in rows if row.kind == Kind.PUPIL]
    adults = [row.id for row in rows if row.kind == Kind.GUARDIAN]
    found = await _guardians(reader, pupils) if pupils else []
    return found + (await _children(reader, adults) if adults else [])


async def _rows(
    reader: Reader, statement: sa.Select[Any], people: Sequence[UUID], *rights: Mapping[str, Any]
) -> Sequence[sa.Row[Any]]:
    params = {name: value for given in rights for name, value in given.items()}
    return await reader.read.rows(
        statement,
        {**params, "people": list(people), "group": reader.group_id, "now": reader.read.now},
    )


async def _guardians(reader: Reader, children: Sequence[UUID]) -> list[_Tie]:
    permissions = reader.platform.permissions
    see = permissions.visible(reader.actor, "contacts.see_person")
    related = permissions.visible(reader.actor, "contacts.see_relation")
    statement = queries.guardians(see.clause, related.clause)
    rows = await _rows(reader, statement, children, related.params, see.params)
    return [_Tie(row.child_id, _person(row), row.relation) for row in rows]


async def _children(reader: Reader, guardians: Sequence[UUID]) -> list[_Tie]:
    permissions = reader.platform.permissions
    see = permissions.visible(reader.actor, "contacts.see_person")
    statement = queries.children(see.clause, in_group=reader.group_id is not None)
    rows = await _rows(reader, statement, guardians, see.params)
    relations: dict[tuple[UUID, UUID], str] = {}
    if reader.actor.can("contacts.see_relation"):
        related = permissions.visible(reader.actor, "contacts.see_relation")
        known = await _rows(reader, queries.relations(related.clause), guardians, related.params)
        relations = {(row.guardian_id, row.child_id): row.relation for row in known}
    return [
        _Tie(row.guardian_id, _person(row), relations.get((row.guardian_id, row.child_id), ""))
        for row in rows
    ]


def _person(row: sa.Row[Any]) -> queries.PersonRow:
    return queries.PersonRow(row.id, row.name, row.kind, row.title, row.is_contact_parent)


async def _contact_data(reader: Reader, rows: Iterable[queries.PersonRow]) -> Data:
    people = list(dict.fromkeys(row.id for row in rows))
    if not people:
        return {}
    see = reader.platform.permissions.visible(reader.actor, "contacts.see_contact_data")
    settings = settings_of(reader.platform, reader.municipality_id)
    found = await reader.read.structs(
        queries.Ways,
        queries.contact_data(see.clause),
        {
            **see.params,
            "people": people,
            "now": reader.read.now,
            "staff_ways": settings.staff_ways,
        },
    )
    others = {ways.profile_id for ways in found if ways.address}
    others -= {profile.id for profile in reader.actor.profiles}
    if others:
        # Addresses are confidential; names, numbers and e-mail addresses are not (domain 4.5).
        # One's own child is not named: the other parent is not told when this one reads.
        reader.read.looked(
            "contacts.see_contact_data",
            municipality_id=reader.municipality_id,
            object_id=reader.group_id,
            subjects=sorted(others - {child.profile_id for child in reader.actor.children}),
            details={"addresses": len(others)},
        )
    return {ways.profile_id: ways for ways in found}


def _shown(struct: type[_Kept], row: queries.PersonRow, data: Data, **more: Any) -> _Kept:
    ways = data.get(row.id)
    values = {
        "id": row.key,
        "name": row.name,
        "kind": Kind(row.kind),
        "title": row.title,
        "is_contact_parent": row.is_contact_parent,
        "reach": Reach.NOT_SHARED if ways is None else Reach.SHOWN,
        **(msgspec.structs.asdict(ways) if ways else {}),
        **more,
    }
    seen = _LISTED if ways is None else _REACHABLE
    return show(struct, values, seen | {FieldClass.RELATION} if more.get("relation") else seen)


def _relative(tie: _Tie, data: Data) -> Relative:
    return _shown(Relative, tie.row, data, relation=tie.relation)
