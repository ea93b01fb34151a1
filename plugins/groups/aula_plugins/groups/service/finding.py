"""Finding people and groups to add, and telling namesakes apart (R6)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from aula_plugins.groups.queries import members as queries
from aula_plugins.groups.queries.members import Named
from aula_plugins.groups.service.reading import pattern
from aula_sdk.ids import GROUP
from aula_sdk.names import natural_sort_key, search_key
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit

MIN_LETTERS = 2


class FoundPerson(msgspec.Struct, frozen=True):
    """Somebody who can be added."""

    person: Named
    details: tuple[str, ...]
    """Class, children with their class."""


class FoundPart(msgspec.Struct, frozen=True):
    """People of one kind in a group, who can be added as they come and go."""

    group_id: UUID
    name: str
    kind: str
    size: int

    @property
    def key(self) -> str:
        """The choice on the wire."""
        return f"{GROUP.format(self.group_id)}:{self.kind}"


class Found(msgspec.Struct, frozen=True):
    """What a search found."""

    people: tuple[FoundPerson, ...] = ()
    parts: tuple[FoundPart, ...] = ()


async def find_people(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    group_id: UUID,
    words: str,
    *,
    employees: bool = False,
) -> Found:
    """Return people and groups whose names begin so, as far as this actor can add them.

    Raises `NotFound` or `Forbidden` to who may not manage the members. Protected people are found
    by their alias, the only name there is (STM-12).
    """
    action = "groups.edit" if employees else "groups.manage_members"
    await platform.permissions.require(read, actor, action, group_id, sees="groups.see")
    if len(words.strip()) < MIN_LETTERS:
        return Found()
    right = platform.permissions.visible(actor, "groups.add_person")
    folded = search_key(words)
    given = {
        **right.params,
        "group_id": group_id,
        "now": read.now,
        "prefix": pattern(folded),
        "inside": pattern(folded, "% "),
    }
    statement = queries.people_by_name(right.clause, employees=employees)
    found = await read.structs(Named, statement, given)
    people = await _with_details(read, found)
    parts = () if employees else await _parts(read, platform, actor, group_id, words)
    return Found(people, parts)


async def _with_details(read: ReadUnit, found: Sequence[Named]) -> tuple[FoundPerson, ...]:
    if not found:
        return ()
    given = {"people": [one.id for one in found], "now": read.now}
    rows = await read.structs(queries.Particular, queries.PARTICULARS, given)
    details: dict[UUID, dict[str, None]] = {}
    for row in rows:
        said = " ".join(word for word in (row.child_name, row.group_name) if word)
        if said:
            details.setdefault(row.profile_id, {})[said] = None
    return tuple(FoundPerson(one, tuple(details.get(one.id, ()))) for one in found)


async def _parts(
    read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID, words: str
) -> tuple[FoundPart, ...]:
    right = platform.permissions.visible(actor, "groups.see_members")
    given = {
        **right.params,
        "group_id": group_id,
        "now": read.now,
        "group_prefix": pattern(natural_sort_key(words)),
    }
    found = await read.structs(FoundPart, queries.groups_by_name(right.clause), given)
    taken = await kinds_taken(read, group_id)
    return tuple(one for one in found if one.kind in taken)


async def kinds_taken(read: ReadUnit, group_id: UUID) -> frozenset[str]:
    """Return the kinds of people that a group takes."""
    row = await read.first(queries.KINDS, {"group_id": group_id})
    if row is None:
        return frozenset()
    return frozenset(kind for kind, takes in zip(Kind, row, strict=True) if takes)
