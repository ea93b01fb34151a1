"""The matrix of rights in a group: what each kind of person may do there (RGT-4, appendix E)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.catalogue import Catalogue, IsActive, owner_of
from aula_platform.permissions.granting.bundles import Right, Said, read_bundles
from aula_platform.permissions.granting.delegation import Delegation
from aula_platform.permissions.granting.writing import GrantWriter
from aula_platform.permissions.places import Deciding
from aula_platform.permissions.rights import Rights
from aula_platform.permissions.tables import grant
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.errors import NotFound, StepUpRequired
from aula_sdk.grants import GRANT_IN_GROUP, Decided, NotYoursToGive
from aula_sdk.group_grants import GroupCell, GroupDecision, GroupLine
from aula_sdk.many import many
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import NO_RELATION, GroupRight
from aula_sdk.protocols import ReadUnit, WriteUnit

_IN_GROUPS = Deciding(GRANT_IN_GROUP, GRANT_IN_GROUP)
_KINDS = tuple(kind.value for kind in Kind)
_group = stamdata.group
_DECIDED = sa.select(
    grant.c.group_id, grant.c.role, grant.c.action, grant.c.relation, grant.c.allowed
).where(
    grant.c.group_id.in_(many("group_ids", Id())),
    grant.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    grant.c.role.is_not(None),
)
Bundles = Mapping[str, Mapping[Right, Said]]
"""What each kind of person holds at a place, whatever the group."""


@cache
def _of_groups(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_group.c.id, _group.c.municipality_id, _group.c.institution_id)
    return sa.select(*columns).where(_group.c.id.in_(many("group_ids", Id())), clause)


class _Cell(NamedTuple):
    role: str
    right: Right


class _Matrix(NamedTuple):
    """What is the same for every group of a place, as one actor sees it."""

    rights: list[GroupRight]
    bundles: Bundles
    delegation: Delegation


class GroupMatrix:
    """Reads and decides the rights of groups."""

    def __init__(self, rights: Rights, is_active: IsActive) -> None:
        self._rights = rights
        self._catalogue: Catalogue = rights.catalogue
        self._is_active = is_active

    async def read(self, unit: ReadUnit, actor: Actor, group_id: UUID) -> Sequence[GroupLine]:
        """Return the lines of the features that are on where the group is, also to whoever will be
        asked for a second factor to decide about it; raise `NotFound` to others.
        """
        (place,) = await self._places(unit, _proved(actor), [group_id])
        matrix = await self._matrix(unit, actor, place)
        chosen = await _chosen_in(unit, place, [group_id])
        return self._lines(matrix, group_id, chosen[group_id], decides=True)

    async def read_new(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[GroupLine]:
        """Return the lines of a group that would be made there now."""
        matrix = await self._matrix(unit, actor, place)
        return self._lines(matrix, None, {}, decides=_decides(_proved(actor), place))

    async def read_several(
        self, unit: ReadUnit, actor: Actor, place: Place, group_ids: Sequence[UUID]
    ) -> dict[UUID, Sequence[GroupLine]]:
        """Return the lines of each of the groups there; nothing is open in one about which the
        actor does not decide.
        """
        matrix = await self._matrix(unit, actor, place)
        chosen = await _chosen_in(unit, place, group_ids)
        found = await self._decided_by(unit, _proved(actor), group_ids)
        own = set(found.get(place, ()))
        return {one: self._lines(matrix, one, chosen[one], decides=one in own) for one in group_ids}

    async def _matrix(self, unit: ReadUnit, actor: Actor, place: Place) -> _Matrix:
        bundles: Bundles = await read_bundles(unit, self._catalogue, place, _KINDS)
        delegation = Delegation(self._catalogue, _proved(actor), place)
        return _Matrix(self._known(place), bundles, delegation)

    def _lines(
        self,
        matrix: _Matrix,
        group_id: UUID | None,
        chosen: Mapping[_Cell, bool],
        *,
        decides: bool,
    ) -> Sequence[GroupLine]:
        lines = []
        for right in matrix.rights:
            cells = []
            for kind, parts in right.parts.items():
                held = {part: word.decided != "no" for part, word in matrix.bundles[kind].items()}
                here = {cell.right: yes for cell, yes in chosen.items() if cell.role == kind.value}
                cells.append(
                    GroupCell(
                        kind,
                        all(self._is_held(action, held | here) for action, _relation in parts),
                        _chosen([here[part] for part in parts if part in here]),
                        decides and _may_give(matrix.delegation, right, kind, group_id),
                        decides,
                    )
                )
            lines.append(GroupLine(right.name, right.title, owner_of(right.name), tuple(cells)))
        return lines

    async def decide(
        self,
        write: WriteUnit,
        actor: Actor,
        group_ids: Sequence[UUID],
        decisions: Sequence[GroupDecision],
    ) -> None:
        """Give or take rights in each of the groups; None: as it is elsewhere.

        Raises `NotYoursToGive` for what the actor may not do in a group, also when that would be
        the outcome of taking a decision back, and `StepUpRequired` where a fresh second factor is
        all that is missing (LOG-15); nothing is decided then.
        """
        places = await self._places(write, actor, group_ids)
        for place, there in places.items():
            self._require(actor, place, there, decisions)
        if not decisions:
            return
        for place, there in places.items():
            writer = GrantWriter(write, place, _IN_GROUPS.decider(actor, place))
            await writer.begin()
            bundles: Bundles = await read_bundles(write, self._catalogue, place, _KINDS)
            words: dict[tuple[str, Right], Decided | None] = {}
            for one in decisions:
                words |= self._words(one, bundles)
            await writer.decide_in_groups(there, words)

    def _require(
        self, actor: Actor, place: Place, groups: Sequence[UUID], decisions: Sequence[GroupDecision]
    ) -> None:
        known = {right.name: right for right in self._known(place)}
        given = []
        for one in decisions:
            right = known.get(one.right)
            if right is None or one.kind not in right.parts:
                raise NotFound
            if one.decided != "no":
                given.append((right, one.kind))

        def may_give(giver: Actor) -> bool:
            delegation = Delegation(self._catalogue, giver, place)
            return all(
                _may_give(delegation, right, kind, group_id)
                for right, kind in given
                for group_id in groups
            )

        if not may_give(actor):
            raise StepUpRequired if may_give(_proved(actor)) else NotYoursToGive

    def _words(
        self, one: GroupDecision, bundles: Bundles
    ) -> dict[tuple[str, Right], Decided | None]:
        """Return what the decision says of each right that it is about; None: nothing."""
        words: dict[tuple[str, Right], Decided | None] = {}
        role, bundle = one.kind.value, bundles[one.kind]
        for action, via in self._catalogue.group_rights[one.right].parts[one.kind]:
            # Closed is the action through whatever relation the kind has it, and not only this one.
            for part in self._catalogue.rights_of(action):
                held = part in bundle and bundle[part].decided != "no"
                closes = one.decided == "no" and part[1] != NO_RELATION
                words[role, part] = "no" if closes and (held or part[1] == via) else None
            if one.decided == "yes":
                word = bundle.get((action, via))
                more = self._catalogue.is_sensitive(action) or (
                    word is not None and word.decided == "two_factors"
                )
                words[role, (action, via)] = "two_factors" if more else "yes"
        return words

    def _is_held(self, action: str, held: Mapping[Right, bool]) -> bool:
        return any(held.get(part, False) for part in self._catalogue.rights_of(action))

    async def require_group(
        self, unit: ReadUnit, actor: Actor, group_id: UUID, place: Place
    ) -> None:
        """Raise `NotFound` unless the group is at this place, and the actor's to decide about."""
        if place not in await self._places(unit, actor, [group_id]):
            raise NotFound

    def _known(self, place: Place) -> list[GroupRight]:
        return [
            right
            for right in self._catalogue.group_rights.values()
            if self._is_active(owner_of(right.name), place.municipality_id, place.institution_id)
        ]

    async def _places(
        self, unit: ReadUnit, actor: Actor, group_ids: Sequence[UUID]
    ) -> dict[Place, list[UUID]]:
        """Return where the groups are; raise `NotFound` unless the actor decides about them all,
        `StepUpRequired` where they would with a fresh second factor.
        """
        places = await self._decided_by(unit, actor, group_ids)
        if _is_whole(places, group_ids):
            return places
        proved = _proved(actor)
        if proved != actor and _is_whole(
            await self._decided_by(unit, proved, group_ids), group_ids
        ):
            raise StepUpRequired
        raise NotFound

    async def _decided_by(
        self, unit: ReadUnit, actor: Actor, group_ids: Sequence[UUID]
    ) -> dict[Place, list[UUID]]:
        """Return those of the groups about which the actor decides, by where they are."""
        visible = self._rights.visible(actor, GRANT_IN_GROUP)
        params = {**visible.params, "group_ids": list(group_ids)}
        places: dict[Place, list[UUID]] = {}
        for row in await unit.rows(_of_groups(visible.clause), params):
            places.setdefault(Place(row.municipality_id, row.institution_id), []).append(row.id)
        return places


async def _chosen_in(
    unit: ReadUnit, place: Place, group_ids: Sequence[UUID]
) -> dict[UUID, dict[_Cell, bool]]:
    """Return what has been decided in each of the groups."""
    chosen: dict[UUID, dict[_Cell, bool]] = {one: {} for one in group_ids}
    given = {"group_ids": list(group_ids), "municipality_id": place.municipality_id}
    for row in await unit.rows(_DECIDED, given):
        chosen[row.group_id][_Cell(row.role, (row.action, row.relation))] = row.allowed
    return chosen


def _proved(actor: Actor) -> Actor:
    """Return the actor after a fresh second factor, where such is for them: what is shown is what
    they could decide, and they are asked for the factor when they do (LOG-17).
    """
    return msgspec.structs.replace(actor, stepped_up=actor.stepped_up or actor.may_step_up)


def _is_whole(places: Mapping[Place, Sequence[UUID]], group_ids: Sequence[UUID]) -> bool:
    return {one for there in places.values() for one in there} == set(group_ids)


def _decides(actor: Actor, place: Place) -> bool:
    """Whether the actor would decide about a group that is made there: about all of them, then."""
    return any(
        not holding.groups
        and (
            place.institution_id in holding.institutions
            if holding.relation == "own"
            else place.municipality_id in holding.municipalities
        )
        for holding in actor.usable_holdings(GRANT_IN_GROUP)
    )


def _may_give(delegation: Delegation, right: GroupRight, kind: Kind, group_id: UUID | None) -> bool:
    return all(delegation.may_give_in_group(action, group_id) for action, _via in right.parts[kind])


def _chosen(here: list[bool]) -> Literal["yes", "no"] | None:
    if not here:
        return None
    return "yes" if all(here) else "no"
