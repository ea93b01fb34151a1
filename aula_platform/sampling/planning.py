"""Draws what a plan asks for, once for each place and period, and what is asked for beside it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from aula_platform.audit.sealing import seal
from aula_platform.permissions import Catalogue
from aula_platform.sampling.acting import by_people_of
from aula_platform.sampling.chance import METHOD, new_seed
from aula_platform.sampling.drawing import Drawn, Pool, Wish, draw, find_busy, find_sealed
from aula_platform.sampling.due import Due, Place, find_due, find_eventful, first_unsealed
from aula_platform.sampling.period import Period, this_month
from aula_platform.sampling.signals import Condition, conditions
from aula_platform.sampling.tables import drawn, sample
from aula_platform.storage import Storage, Write, around
from aula_sdk.ids import new_id
from aula_sdk.log_samples import NothingToDraw, SamplePlan, SampleWaits, Signal, Stratum
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

DRAWN = "audit.sample_drawn"


class _Sample(NamedTuple):
    """What was drawn, before it is kept."""

    place: Place
    period: Period
    round: int
    seed: str
    sealed: Mapping[str, int]
    entries: list[Drawn]
    strata: list[Stratum]


class _Ground(NamedTuple):
    """What is drawn from in a municipality: the same for all of its places."""

    pool: Pool
    period: Period
    signals: Mapping[Signal, Condition]


class Planner:
    """Draws samples, for a job and for who asks for one."""

    def __init__(self, storage: Storage, catalogue: Catalogue) -> None:
        self._storage = storage
        self._catalogue = catalogue

    async def draw_due(self, municipality_id: UUID, plan: SamplePlan) -> int:
        """Draw for the municipality, then for its institutions; return how many samples that was.

        Of each place one period, the oldest that is due. Each sample is kept by itself, so that a
        run that is cut off is finished by the next one.
        """
        wall = around([municipality_id])
        async with self._storage.read(wall) as read:
            due = await find_due(read, municipality_id, plan)
        if not due:
            return 0
        # What is sealed after the draw would never be drawn.
        await seal(self._storage)
        unsealed = await first_unsealed(self._storage, municipality_id)
        grounds: dict[Period, _Ground] = {}
        kept = 0
        for one in due:
            async with self._storage.read(wall) as read:
                happened = await find_eventful(read, await _pool_of(read, one))
            for period in one.periods:
                if unsealed is not None and unsealed < period.end:
                    # The periods after it wait too, or this one would be passed over.
                    break
                if happened.isdisjoint(period.months):
                    continue
                if period not in grounds:
                    grounds[period] = await self._prepare(municipality_id, period, plan)
                wish = Wish(one.entries, plan.by_risk)
                found = await self._draw(grounds[period], one.place, wish, 0)
                if await self._keep(found, plan, None):
                    kept += 1
                    break
        return kept

    async def draw_extra(self, actor: Actor, municipality_id: UUID, plan: SamplePlan) -> UUID:
        """Draw of this month, what was done until now included; return the sample's id."""
        await seal(self._storage)
        async with self._storage.read(around([municipality_id])) as read:
            period = this_month(read.now)
            extra = sa.select(sample.c.signed_at).where(
                sample.c.place_id == municipality_id,
                sample.c.last_month == period.months[-1],
                sample.c.round > 0,
            )
            before = await read.rows(extra)
        if any(row.signed_at is None for row in before):
            raise SampleWaits
        ground = await self._prepare(municipality_id, period, plan)
        wish = Wish(plan.entries, plan.by_risk)
        found = await self._draw(ground, Place(municipality_id), wish, len(before) + 1)
        if not found.entries:
            raise NothingToDraw
        key = await self._keep(found, plan, actor)
        if key is None:
            raise SampleWaits
        return key

    async def _prepare(self, town: UUID, period: Period, plan: SamplePlan) -> _Ground:
        async with self._storage.snapshot(around([town])) as read:
            pool = Pool(town, await find_sealed(read, town, period), sa.true())
            busy = await find_busy(read, pool, period, plan.many_looks) if pool.sealed else []
        actions = self._catalogue.actions.values()
        sensitive = [one.name for one in actions if one.sensitive]
        return _Ground(pool, period, conditions(period, busy, sensitive))

    async def _draw(self, ground: _Ground, place: Place, wish: Wish, number: int) -> _Sample:
        pool, seed = ground.pool._replace(condition=_own(place)), new_seed()
        async with self._storage.snapshot(around([place.municipality_id])) as read:
            entries, strata = await draw(read, pool, ground.signals, wish, seed)
        return _Sample(place, ground.period, number, seed, pool.sealed, entries, strata)

    async def _keep(self, found: _Sample, plan: SamplePlan, by: Actor | None) -> UUID | None:
        """Keep the sample; return None where nothing is in it, or somebody else was faster."""
        if not found.entries:
            return None
        try:
            async with self._storage.write(around([found.place.municipality_id]), by) as write:
                return await _insert(write, found, plan.days)
        except IntegrityError:
            return None


async def _pool_of(read: ReadUnit, due: Due) -> Pool:
    sealed = await find_sealed(read, due.place.municipality_id, due.all_months)
    return Pool(due.place.municipality_id, sealed, _own(due.place))


def _own(place: Place) -> Condition:
    return by_people_of(place.institution_id) if place.institution_id else sa.true()


async def _insert(write: Write, found: _Sample, days: int) -> UUID:
    key, place = new_id(), found.place
    await write.execute(
        sa.insert(sample),
        {
            "id": key,
            "municipality_id": place.municipality_id,
            "place_id": place.id,
            "institution_id": place.institution_id,
            "first_month": found.period.months[0],
            "last_month": found.period.months[-1],
            "round": found.round,
            "drawn_at": write.now,
            "due_at": write.now + timedelta(days=days),
            "method": METHOD,
            "seed": found.seed,
            "sealed": dict(found.sealed),
            "strata": msgspec.to_builtins(found.strata),
            "size": len(found.entries),
        },
    )
    rows = [
        {
            "sample_id": key,
            "number": number,
            "municipality_id": place.municipality_id,
            "entry_id": one.entry_id,
            "drawn_as": one.drawn_as.value,
            "signals": [signal.value for signal in one.signals],
        }
        for number, one in enumerate(found.entries, 1)
    ]
    await write.execute(sa.insert(drawn), rows)
    # The seed goes into the chain at once: nobody can say later that it was another.
    write.audit(
        DRAWN,
        municipality_id=place.municipality_id,
        object_id=key,
        details={"seed": found.seed, "entries": len(rows), "month": found.period.months[-1]},
    )
    return key
