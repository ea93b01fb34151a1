"""The two questions: which objects are visible, and may this actor do that to this one?"""

from collections.abc import Iterable
from functools import lru_cache
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
_REMEMBERED = 4096
"""For how many actors and actions together it is remembered what is asked."""


class _Same:
    """An actor as a key: equal to itself alone, whatever else holds the same."""

    __slots__ = ("actor",)

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.actor is self.actor

    def __hash__(self) -> int:
        return id(self.actor)


class _Shape(NamedTuple):
    """What a part of a clause depends on; actors of one shape differ in parameters alone."""

    relations: tuple[str, ...]
    """Held by the same profiles at the same places: they share what is gathered about the actor."""
    profiles: int
    only: bool = False
    """Whether it is limited to some groups."""
    without: bool = False
    """Whether some groups are left out."""


class _Part(NamedTuple):
    """What an actor holds of an action through some relations."""

    shape: _Shape
    profiles: tuple[UUID, ...]
    institutions: tuple[UUID, ...]
    municipalities: tuple[UUID, ...]
    groups: tuple[UUID, ...] = ()
    without: tuple[UUID, ...] = ()
    """Those to which it is limited, and those left out: objects, not what the actor is in."""


class PermissionChecks:
    """Implements ``visible``, ``may`` and ``require`` of `aula_sdk.protocols.Permissions`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._clauses: dict[tuple[str, tuple[_Shape, ...]], sa.ColumnElement[bool]] = {}
        self._by_id: dict[int, tuple[sa.ColumnElement[bool], sa.Select[Any]]] = {}
        self._timeless = lru_cache(_REMEMBERED)(self._gather)

    def resource(self, name: str) -> Resource:
        """Return the resource of that name; raise KeyError when there is none."""
        return self.catalogue.resources[name]

    def visible(self, actor: Actor, action: str) -> Visible:
        """Return the condition that the actor may do ``action`` to a row of its resource.

        Grants that need a second factor count only in a session that was just proved with one.
        """
        clause, params = self._timeless(_Same(actor), action)
        return Visible(clause, {**params, **Me.moment(utc_now())})

    def _gather(self, same: _Same, action: str) -> tuple[sa.ColumnElement[bool], dict[str, object]]:
        """Return the condition, and the values that are the same as long as the actor is."""
        parts = _list_parts(same.actor.usable_holdings(action))
        if not parts:
            return _NOTHING, {}
        shapes = tuple(part.shape for part in parts)
        return self._clause(action, shapes), _params(action, parts, same.actor)

    def _clause(self, action: str, shapes: tuple[_Shape, ...]) -> sa.ColumnElement[bool]:
        key = (action, shapes)
        if key not in self._clauses:
            resource = self.catalogue.resource_of(action)
            wall = many(f"{_prefix(action)}_wall", Id())
            conditions = [
                _condition(resource, shape, _prefix(action, number))
                for number, shape in enumerate(shapes)
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


def _list_parts(holdings: Iterable[Holding]) -> list[_Part]:
    """Return what is asked together: relations that one and the same actor's profiles hold.

    What is limited to groups stands by itself, so that nobody gets another profile's groups.
    """
    of_relation: dict[str, list[Holding]] = {}
    apart: list[_Part] = []
    for holding in holdings:
        if holding.groups or holding.without:
            shape = _Shape(
                (holding.relation,),
                len(holding.profiles),
                bool(holding.groups),
                bool(holding.without),
            )
            apart.append(_Part(shape, *_scope([holding]), holding.groups, holding.without))
        else:
            of_relation.setdefault(holding.relation, []).append(holding)
    together: dict[_Scope, list[str]] = {}
    for relation, found in of_relation.items():
        together.setdefault(_scope(found), []).append(relation)
    shared = [
        _Part(_Shape(tuple(relations), len(scope[0])), *scope)
        for scope, relations in together.items()
    ]
    return [*shared, *apart]


_Scope = tuple[tuple[UUID, ...], tuple[UUID, ...], tuple[UUID, ...]]


def _scope(holdings: list[Holding]) -> _Scope:
    if len(holdings) == 1:
        return holdings[0].profiles, holdings[0].institutions, holdings[0].municipalities
    return (
        tuple(dict.fromkeys(value for holding in holdings for value in holding.profiles)),
        tuple(dict.fromkeys(value for holding in holdings for value in holding.institutions)),
        tuple(dict.fromkeys(value for holding in holdings for value in holding.municipalities)),
    )


def _condition(resource: Resource, shape: _Shape, prefix: str) -> sa.ColumnElement[bool]:
    me = Me.named(prefix, shape.profiles)
    related = (resource.relation(name).condition(me) for name in shape.relations)
    conditions = [sa.or_(*related)]
    if shape.only:
        conditions.append(resource.id.in_(many(f"{prefix}_groups", Id())))
    if shape.without:
        conditions.append(resource.id.not_in(many(f"{prefix}_without", Id())))
    return sa.and_(*conditions)


def _prefix(action: str, number: int = 0) -> str:
    name = action.replace(".", "_").replace("-", "_")
    return f"{name}_{number}" if number else name


def _params(action: str, parts: list[_Part], actor: Actor) -> dict[str, object]:
    params: dict[str, object] = {}
    reaching = {profile.id: profile.groups for profile in actor.profiles}
    wall: dict[UUID, None] = {}
    for number, part in enumerate(parts):
        prefix = _prefix(action, number)
        reached = dict.fromkeys(
            group for profile in part.profiles for group in reaching.get(profile, ())
        )
        params |= Me.values(
            prefix, part.profiles, part.institutions, part.municipalities, list(reached)
        )
        if part.groups:
            params[f"{prefix}_groups"] = part.groups
        if part.without:
            params[f"{prefix}_without"] = part.without
        wall |= dict.fromkeys(part.municipalities)
    params[f"{_prefix(action)}_wall"] = list(wall)
    return params
