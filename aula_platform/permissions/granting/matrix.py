"""The matrix of rights in a group: what each kind of person may do there (RGT-4, appendix E)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.catalogue import Catalogue, IsActive, owner_of
from aula_platform.permissions.granting.bundles import Right, read_bundle
from aula_platform.permissions.granting.delegation import Delegation
from aula_platform.permissions.granting.writing import GrantWriter
from aula_platform.permissions.places import Deciding
from aula_platform.permissions.rights import Rights
from aula_platform.permissions.tables import grant
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.errors import NotFound
from aula_sdk.grants import GRANT_IN_GROUP, GroupCell, GroupLine, NotYoursToGive
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import NO_RELATION, GroupRight
from aula_sdk.protocols import ReadUnit, WriteUnit

_IN_GROUPS = Deciding(GRANT_IN_GROUP, GRANT_IN_GROUP)
_group = stamdata.group
_DECIDED = sa.select(grant.c.role, grant.c.action, grant.c.relation, grant.c.allowed).where(
    grant.c.group_id == sa.bindparam("group_id", type_=Id),
    grant.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    grant.c.role.is_not(None),
)


@cache
def _one_group(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_group.c.municipality_id, _group.c.institution_id)
    return sa.select(*columns).where(_group.c.id == sa.bindparam("group_id", type_=Id), clause)


class _Cell(NamedTuple):
    role: str
    right: Right


class GroupMatrix:
    """Reads and decides the rights of groups."""

    def __init__(self, rights: Rights, is_active: IsActive) -> None:
        self._rights = rights
        self._catalogue: Catalogue = rights.catalogue
        self._is_active = is_active

    async def read(self, unit: ReadUnit, actor: Actor, group_id: UUID) -> Sequence[GroupLine]:
        """Return the lines of the features that are on where the group is."""
        place = await self._place(unit, actor, group_id)
        given = {"group_id": group_id, "municipality_id": place.municipality_id}
        chosen = {
            _Cell(row.role, (row.action, row.relation)): row.allowed
            for row in await unit.rows(_DECIDED, given)
        }
        bundles = {
            kind: await read_bundle(unit, self._catalogue, place, kind.value) for kind in Kind
        }
        delegation = Delegation(self._catalogue, actor, place)
        lines = []
        for right in self._known(place):
            cells = []
            for kind in right.parts:
                held = {part: word.decided != "no" for part, word in bundles[kind].items()}
                here = {cell.right: yes for cell, yes in chosen.items() if cell.role == kind.value}
                cells.append(
                    GroupCell(
                        kind,
                        all(
                            self._is_held(action, held | here)
                            for action, _relation in right.parts[kind]
                        ),
                        _chosen([here[part] for part in right.parts[kind] if part in here]),
                        all(
                            delegation.may_give_in_group(action, group_id)
                            for action, _relation in right.parts[kind]
                        ),
                    )
                )
            lines.append(GroupLine(right.name, right.title, owner_of(right.name), tuple(cells)))
        return lines

    async def decide(
        self,
        write: WriteUnit,
        actor: Actor,
        group_id: UUID,
        kind: Kind,
        name: str,
        decided: Literal["yes", "no"] | None,
    ) -> None:
        """Give or take a right in one group; None: as it is elsewhere.

        Raises `NotYoursToGive` for what the actor may not do in the group, also when that would be
        the outcome of taking a decision back.
        """
        place = await self._place(write, actor, group_id)
        right = {one.name: one for one in self._known(place)}.get(name)
        if right is None or kind not in right.parts:
            raise NotFound
        delegation = Delegation(self._catalogue, actor, place)
        if decided != "no" and not all(
            delegation.may_give_in_group(action, group_id) for action, _via in right.parts[kind]
        ):
            raise NotYoursToGive
        writer = GrantWriter(write, place, _IN_GROUPS.decider(actor, place))
        await writer.begin()
        bundle = await read_bundle(write, self._catalogue, place, kind.value)
        for action, via in right.parts[kind]:
            # Closed is the action through whatever relation the kind has it, and not only this one.
            for part in self._catalogue.rights_of(action):
                await writer.take_back(part, role=kind.value, group_id=group_id)
                held = part in bundle and bundle[part].decided != "no"
                if decided == "no" and part[1] != NO_RELATION and (held or part[1] == via):
                    await writer.decide(part, "no", role=kind.value, group_id=group_id)
            word = bundle.get((action, via))
            if decided == "yes":
                more = self._catalogue.is_sensitive(action) or (
                    word is not None and word.decided == "two_factors"
                )
                kept: Literal["two_factors", "yes"] = "two_factors" if more else "yes"
                await writer.decide((action, via), kept, role=kind.value, group_id=group_id)

    def _is_held(self, action: str, held: Mapping[Right, bool]) -> bool:
        return any(held.get(part, False) for part in self._catalogue.rights_of(action))

    async def require_group(
        self, unit: ReadUnit, actor: Actor, group_id: UUID, place: Place
    ) -> None:
        """Raise `NotFound` unless the group is at this place, and the actor's to decide about."""
        if await self._place(unit, actor, group_id) != place:
            raise NotFound

    def _known(self, place: Place) -> list[GroupRight]:
        return [
            right
            for right in self._catalogue.group_rights.values()
            if self._is_active(owner_of(right.name), place.municipality_id, place.institution_id)
        ]

    async def _place(self, unit: ReadUnit, actor: Actor, group_id: UUID) -> Place:
        visible = self._rights.visible(actor, GRANT_IN_GROUP)
        params = {**visible.params, "group_id": group_id}
        found = await unit.first(_one_group(visible.clause), params)
        if found is None:
            raise NotFound
        return Place(found.municipality_id, found.institution_id)


def _chosen(here: list[bool]) -> Literal["yes", "no"] | None:
    if not here:
        return None
    return "yes" if all(here) else "no"
