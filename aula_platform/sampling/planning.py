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
from aula_platform.sampling.period import Period, last_period, this_month
from aula_platform.sampling.signals import Condition, conditions
from aula_platform.sampling.tables import drawn, sample
from aula_platform.stamdata.tables import institution
from aula_platform.storage import Storage, Write, around
from aula_sdk import stamdata
from aula_sdk.ids import new_id
from aula_sdk.log_samples import NothingToDraw, SamplePlan, SampleWaits, Signal, Stratum
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

DRAWN = "audit.sample_drawn"


class _Place(NamedTuple):
    """A municipality, or one institution in it."""

    municipality_id: UUID
    institution_id: UUID | None = None

    @property
    def id(self) -> UUID:
        return self.institution_id or self.municipality_id


class _Sample(NamedTuple):
    """What was drawn, before it is kept."""

    place: _Place
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

        Each is kept by itself, so that a run that is cut off is finished by the next one.
        """
        async with self._storage.read(around([municipality_id])) as read:
            period = last_period(read.now, plan.months)
            wanted = await _find_wanted(read, municipality_id, period, plan)
        if not wanted:
            return 0
        ground = await self._prepare(municipality_id, period, plan)
        kept = 0
        for place, entries in wanted if ground.pool.sealed else ():
            found = await self._draw(ground, place, Wish(entries, plan.by_risk), 0)
            kept += await self._keep(found, plan, None) is not None
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
        found = await self._draw(ground, _Place(municipality_id), wish, len(before) + 1)
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

    async def _draw(self, ground: _Ground, place: _Place, wish: Wish, number: int) -> _Sample:
        own = by_people_of(place.institution_id) if place.institution_id else sa.true()
        pool, seed = ground.pool._replace(condition=own), new_seed()
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


async def _find_wanted(
    read: ReadUnit, town: UUID, period: Period, plan: SamplePlan
) -> list[tuple[_Place, int]]:
    """Return of which places nothing was drawn for the period, and how much is to be."""
    done = sa.select(sample.c.place_id).where(
        sample.c.municipality_id == town,
        sample.c.last_month == period.months[-1],
        sample.c.round == 0,
    )
    known = {row.place_id for row in await read.rows(done)}
    wanted = [(_Place(town), plan.entries)]
    if plan.entries_of_institution:
        now = sa.literal(read.now, sample.c.drawn_at.type)
        there = sa.select(institution.c.id).where(
            institution.c.municipality_id == town, stamdata.valid(institution, now)
        )
        wanted += [
            (_Place(town, row.id), plan.entries_of_institution)
            for row in await read.rows(there.order_by(institution.c.id))
        ]
    return [(place, entries) for place, entries in wanted if place.id not in known]


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
