"""How much somebody reads: counted by `visible`, so by the rules that every list obeys."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.narrowing import keep_within
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.errors import NotFound
from aula_sdk.moving import MOST
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

_reach, _group = stamdata.reach, stamdata.group
_GROUPS = (
    sa.select(_group.c.id, _group.c.name, _group.c.sort_key)
    .join_from(_reach, _group, _group.c.id == _reach.c.group_id)
    .where(
        _reach.c.profile_id.in_(sa.bindparam("profiles", expanding=True, type_=Id)),
        stamdata.valid(_reach, sa.bindparam("now", type_=Instant)),
    )
    .distinct()
    .order_by(_group.c.sort_key, _group.c.id)
)


class Measure(NamedTuple):
    """What somebody has and reads at one moment, at the institutions that were asked about."""

    is_somebody: bool
    """Whether they can sign in as what they are at one of these; of elsewhere nothing is told."""
    groups: Mapping[UUID, str]
    own: Mapping[str, int]
    """Things by the action by which they are read."""
    old: Mapping[str, int]
    """The same, of what was theirs at places that they have left."""


_NOTHING = Measure(False, {}, {}, {})


class Measuring:
    """Measures people, before and after something has changed."""

    def __init__(self, checks: PermissionChecks, actors: ActorLoader) -> None:
        self._checks = checks
        self._actors = actors
        actions = checks.catalogue.actions.values()
        self._reading = tuple(one.name for one in actions if one.only_reads and one.resource)

    @property
    def reading(self) -> Sequence[str]:
        """The actions by which things are counted."""
        return self._reading

    async def measure(
        self, unit: ReadUnit, profile_id: UUID, institutions: Collection[UUID]
    ) -> Measure:
        """Return what the person who has this profile, or had it, has at these institutions."""
        try:
            whole = await self._actors.for_profile(unit, profile_id)
        except NotFound:
            return _NOTHING
        # Whoever can prove a second factor reads what takes one.
        proved = msgspec.structs.replace(whole, stepped_up=whole.may_step_up)
        actor = keep_within(proved, institutions)
        groups: dict[UUID, str] = {}
        if actor.profiles:
            params = {"profiles": [one.id for one in actor.profiles], "now": unit.now}
            groups = {row.id: row.name for row in await unit.rows(_GROUPS, params)}
        own = await self._count(unit, self._of(actor, former=False))
        old = await self._count(unit, self._of(actor, former=True)) if actor.former else {}
        return Measure(bool(actor.profiles), groups, own, old)

    def _of(self, actor: Actor, *, former: bool) -> Actor:
        """Return the actor with what is held through relations of those who have left, or with
        everything else.
        """
        is_former = self._checks.catalogue.is_former
        holdings = {
            action: tuple(
                one
                for one in actor.holdings.get(action, ())
                if is_former(action, one.relation) is former
            )
            for action in self._reading
        }
        return msgspec.structs.replace(actor, holdings=holdings)

    async def _count(self, unit: ReadUnit, actor: Actor) -> dict[str, int]:
        """Count everything in one statement, none of it further than it is told."""
        clauses: list[tuple[str, sa.ColumnElement[bool]]] = []
        params: dict[str, object] = {}
        for action in self._reading:
            if actor.usable_holdings(action):
                visible = self._checks.visible(actor, action)
                clauses.append((action, visible.clause))
                params |= visible.params
        if not clauses:
            return {}
        columns: list[sa.ColumnElement[Any]] = [
            _up_to_most(self._checks.catalogue.resource_of(action).table, clause).label(
                f"count_{number}"
            )
            for number, (action, clause) in enumerate(clauses)
        ]
        row = await unit.first(sa.select(*columns), params)
        counts: Iterable[Any] = row or ()
        return dict(zip((action for action, _clause in clauses), counts, strict=True))


@cache
def _up_to_most(table: sa.Table, clause: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    some = sa.select(sa.literal(1).label("one")).select_from(table).where(clause).limit(MOST + 1)
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
