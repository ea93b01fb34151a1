"""The two questions: which objects are visible, and may this actor do that to this one?"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.catalogue import Catalogue
from aula_sdk.db import Id, utc_now
from aula_sdk.errors import Forbidden, NotFound, StepUpRequired
from aula_sdk.many import many
from aula_sdk.people import Actor, Holding
from aula_sdk.permissions import Me, Resource, Visible
from aula_sdk.protocols import ReadUnit

_NOTHING = sa.false()


class _Shape(NamedTuple):
    """What a clause depends on; actors of one shape differ in parameters alone."""

    relation: str
    only: bool
    """Whether it is limited to some groups."""
    without: bool
    """Whether some groups are left out."""


class PermissionChecks:
    """Implements ``visible``, ``may`` and ``require`` of `aula_sdk.protocols.Permissions`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._clauses: dict[tuple[str, tuple[_Shape, ...]], sa.ColumnElement[bool]] = {}
        self._by_id: dict[int, tuple[sa.ColumnElement[bool], sa.Select[Any]]] = {}

    def resource(self, name: str) -> Resource:
        """Return the resource of that name; raise KeyError when there is none."""
        return self.catalogue.resources[name]

    def visible(self, actor: Actor, action: str) -> Visible:
        """Return the condition that the actor may do ``action`` to a row of its resource.

        Grants that need a second factor count only in a session that was just proved with one.
        """
        holdings = usable_holdings(actor, action)
        if not holdings:
            return Visible(_NOTHING, {})
        shape = tuple(_shape(found[0]) for found in holdings)
        return Visible(self._clause(action, shape), _params(action, holdings, utc_now()))

    def _clause(self, action: str, shape: tuple[_Shape, ...]) -> sa.ColumnElement[bool]:
        key = (action, shape)
        if key not in self._clauses:
            resource = self.catalogue.resource_of(action)
            wall = many(f"{_prefix(action, '')}_wall", Id())
            conditions = [
                _condition(resource, one, _prefix(action, one.relation, number))
                for number, one in enumerate(shape)
            ]
            self._clauses[key] = sa.and_(
                resource.table.c.municipality_id.in_(wall), sa.or_(*conditions)
            )
        return self._clauses[key]

    async def may(self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID) -> bool:
        """Whether the actor may do this to this object: `visible` with one id."""
        visible = self.visible(actor, action)
        if visible.clause is _NOTHING:
            return False
        statement = self._one(action, visible.clause)
        found = await unit.scalar(statement, {**visible.params, "object_id": object_id})
        return found is not None

    def _one(self, action: str, clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
        kept = self._by_id.get(id(clause))
        if kept is None:
            column = self.catalogue.resource_of(action).id
            wanted = sa.bindparam("object_id", type_=Id)
            kept = (clause, sa.select(sa.literal(1)).where(column == wanted, clause))
            self._by_id[id(clause)] = kept
        return kept[1]

    async def require(
        self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID, *, sees: str
    ) -> None:
        """Pass when the actor may; `Forbidden` to who may ``sees``, `NotFound` to strangers.

        Raises `StepUpRequired` where a fresh second factor is all that is missing; so it tells of
        the object to those alone who may read it with one (rule 26).
        """
        if await self.may(unit, actor, action, object_id):
            return
        if not actor.stepped_up and any(one.step_up for one in actor.holdings.get(action, ())):
            proved = msgspec.structs.replace(actor, stepped_up=True)
            if await self.may(unit, proved, action, object_id):
                raise StepUpRequired
        if action != sees and await self.may(unit, actor, sees, object_id):
            raise Forbidden
        raise NotFound


def usable_holdings(actor: Actor, action: str) -> list[list[Holding]]:
    """Return the actor's holdings of an action, in the session as it is proved now.

    Those of one relation that are limited to no groups ask the same and are put together; what is
    limited stands by itself, so that nobody gets another profile's groups.
    """
    together: dict[str, list[Holding]] = {}
    apart: list[list[Holding]] = []
    for holding in actor.usable_holdings(action):
        if holding.groups or holding.without:
            apart.append([holding])
        else:
            together.setdefault(holding.relation, []).append(holding)
    return [*together.values(), *apart]


def _shape(holding: Holding) -> _Shape:
    return _Shape(holding.relation, bool(holding.groups), bool(holding.without))


def _condition(resource: Resource, shape: _Shape, prefix: str) -> sa.ColumnElement[bool]:
    me = Me.named(prefix)
    conditions = [resource.relation(shape.relation).condition(me)]
    if shape.only:
        only = many(f"{prefix}_groups", Id())
        conditions.append(resource.id.in_(only))
    if shape.without:
        left_out = sa.bindparam(f"{prefix}_without", expanding=True, type_=Id)
        conditions.append(resource.id.not_in(left_out))
    return sa.and_(*conditions)


def _prefix(action: str, relation: str, number: int = 0) -> str:
    # Two holdings of one relation differ by number; the first has none, as most have no second.
    name = f"{action}_{relation}_{number}" if number else f"{action}_{relation}"
    return name.replace(".", "_").replace("-", "_")


def _params(action: str, holdings: list[list[Holding]], now: datetime) -> dict[str, object]:
    params: dict[str, object] = {"actor_now": now}
    wall: list[UUID] = []
    for number, found in enumerate(holdings):
        prefix = _prefix(action, found[0].relation, number)
        for name in ("profiles", "institutions", "municipalities"):
            values = dict.fromkeys(value for holding in found for value in getattr(holding, name))
            params[f"{prefix}_{name}"] = list(values)
        if found[0].groups:
            params[f"{prefix}_groups"] = list(found[0].groups)
        if found[0].without:
            params[f"{prefix}_without"] = list(found[0].without)
        wall.extend(place for holding in found for place in holding.municipalities)
    params[f"{_prefix(action, '')}_wall"] = list(dict.fromkeys(wall))
    return params
