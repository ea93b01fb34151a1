"""One run of an import, from the file to the report."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from aula_platform.stamdata.changes import StamdataChanges, UnknownMunicipality, current_epoch
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.scope import Runner, Scope
from aula_platform.stamdata.importing import reports
from aula_platform.stamdata.importing.brake import DEFAULT_SHARE, Stop, find_stops
from aula_platform.stamdata.importing.freshness import find_outdated, remember
from aula_platform.stamdata.importing.preview import Count, count_changes
from aula_platform.stamdata.importing.reports import Report, State
from aula_platform.stamdata.importing.samples import Sample, take_samples
from aula_platform.stamdata.importing.stepwise import BATCH, Stepwise
from aula_platform.stamdata.queries import MunicipalityRow, municipality_by_key
from aula_platform.stamdata.tables import imported
from aula_platform.storage import GLOBAL, Storage, around
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from aula_sdk.stamdata_source import Record, RowError, StamdataSource

_ABANDONED = timedelta(days=1)
_MANY = 1_000
"""From so many changes on the database's idea of its tables is out of date."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an import."""

    municipality: str
    """The municipality's key in the settings."""
    apply: bool = False
    confirmed: bool = False
    """Whether a human has agreed to what the brake stops at."""
    owner: str = ""
    """The name under which the records are owned, where two systems deliver the same format; the
    format's own name otherwise."""
    share: float = DEFAULT_SHARE


@dataclass(slots=True)
class _Findings:
    counts: list[Count] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    samples: tuple[Sample, ...] = ()
    errors: int = 0
    fatal: bool = False
    """Whether an error spoils the whole delivery."""

    @property
    def changes(self) -> int:
        return sum(count.changes for count in self.counts)


async def run_import(storage: Storage, source: StamdataSource, path: Path, wish: Wish) -> Report:
    """Stage, compare, and apply when that is wished and nothing speaks against it.

    Afterwards a report is kept. Raises `aula_sdk.errors.Invalid` when the source does not know the
    format, `UnknownMunicipality`, and `StamdataMoved` when somebody else changed the municipality's
    stamdata between the comparison and the application; nothing has been applied then.
    """
    delivery = await asyncio.to_thread(source.inspect, path)
    place = await _find_municipality(storage, wish.municipality)
    scope = Scope(
        id=new_id(),
        municipality_id=place.id,
        source=wish.owner or source.name,
        bulk=delivery.mode == "bulk",
        kinds=delivery.kinds,
        now=utc_now(),
        institutions=delivery.institutions,
        left_out=delivery.left_out,
    )
    wall = around([place.id])
    await clear_abandoned(storage, place.id)
    async with storage.write(wall) as write:
        await reports.begin(write, scope, delivery)
    run = _Run(storage, scope, wish, delivery.as_of)
    state: State = "failed"
    try:
        state = await run.carry_out(source.read(path))
    finally:
        await run.clean_up()
        async with storage.write(wall) as write:
            found = run.findings
            await reports.finish(write, scope, state, found.counts, found.stops, found.errors)
    async with storage.read(wall) as read:
        shown = await reports.first_errors(read, scope.id)
    return Report(
        id=scope.id,
        municipality=place.key,
        source=scope.source,
        format=delivery.format,
        mode=delivery.mode,
        state=state,
        counts=tuple(found.counts),
        stops=tuple(found.stops),
        error_count=found.errors,
        errors=shown,
        samples=found.samples,
    )


async def _find_municipality(storage: Storage, key: str) -> MunicipalityRow:
    async with storage.read(GLOBAL) as read:
        found = await municipality_by_key(read, key)
    if found is None:
        raise UnknownMunicipality(key=key)
    return found


class _Run:
    """The steps of one import; what they find gathers in ``findings``."""

    def __init__(
        self, storage: Storage, scope: Scope, wish: Wish, told: Mapping[str, datetime]
    ) -> None:
        self.findings = _Findings()
        self._storage = storage
        self._scope = scope
        self._wish = wish
        self._told = told
        self._changes = StamdataChanges(scope)
        self._wall = around([scope.municipality_id])
        self._stepwise = Stepwise(storage, self._wall)

    async def carry_out(self, records: Iterator[Record | RowError]) -> State:
        await self._stage(records)
        async with self._storage.read(self._wall) as read:
            epoch = await current_epoch(read, self._scope.municipality_id)
            outdated = await find_outdated(read, self._scope, self._told)
        await self._keep(outdated)
        async with self._runner() as runner:
            await self._changes.compare(runner, self._stepwise.settle if self._large else None)
        await self._gather_problems()
        await self._look()
        state = self._decide()
        if state == "applied":
            await self._apply(epoch)
        return state

    @property
    def _large(self) -> bool:
        return self._changes.size > BATCH

    @asynccontextmanager
    async def _runner(self) -> AsyncIterator[Runner]:
        """A small delivery is over so soon that one transaction is kinder than a hundred."""
        if self._large:
            yield self._stepwise
        else:
            async with self._storage.write(self._wall) as write:
                yield write

    async def _stage(self, records: Iterator[Record | RowError]) -> None:
        """Read in a thread and stage a batch at a time; the file is never whole in memory."""
        while batch := await asyncio.to_thread(lambda: list(islice(records, BATCH))):
            refused = [record for record in batch if isinstance(record, RowError)]
            fit = [record for record in batch if not isinstance(record, RowError)]
            async with self._storage.write(self._wall) as write:
                refused += await self._changes.stage(write, fit)
                await self._changes.keep(write, refused)
            await self._keep(refused)
        if self._large:
            await self._stepwise.settle()

    async def _gather_problems(self) -> None:
        found: Sequence[RowError] = ()
        for at in count(0, BATCH):
            async with self._storage.read(self._wall) as read:
                found = await self._changes.problems(read, BATCH, at)
            await self._keep(found)
            if len(found) < BATCH:
                return

    async def _keep(self, refused: Sequence[RowError]) -> None:
        if refused:
            async with self._storage.write(self._wall) as write:
                await reports.keep_errors(write, self._scope, refused, self.findings.errors)
            self.findings.errors += len(refused)
            self.findings.fatal |= any(error.fatal for error in refused)

    async def _look(self) -> None:
        async with self._storage.read(self._wall) as read:
            self.findings.counts = await count_changes(read, self._scope)
            self.findings.stops = await find_stops(read, self._scope, self._wish.share)
            self.findings.samples = await take_samples(read, self._scope)

    def _decide(self) -> State:
        if self.findings.fatal:
            return "refused"
        if not self._wish.apply:
            return "preview"
        return "stopped" if self.findings.stops and not self._wish.confirmed else "applied"

    async def _apply(self, epoch: int) -> None:
        async with self._storage.write(self._wall) as write:
            await self._changes.apply(write, epoch)
            await remember(write, self._scope, self._told)
            write.audit(
                "stamdata.imported",
                municipality_id=self._scope.municipality_id,
                object_id=self._scope.id,
                details={"source": self._scope.source, "changes": self.findings.changes},
            )
        if self.findings.changes >= _MANY:
            await self._stepwise.settle_live()

    async def clean_up(self) -> None:
        async with self._runner() as runner:
            await self._changes.forget(runner)


async def clear_abandoned(storage: Storage, municipality_id: UUID) -> None:
    """Empty what imports that were killed have left in the staging tables."""
    wall = around([municipality_id])
    async with storage.read(wall) as read:
        old = sa.select(imported.c.id).where(
            imported.c.municipality_id == municipality_id,
            imported.c.state == "staging",
            imported.c.started_at < read.now - _ABANDONED,
        )
        abandoned = [row.id for row in await read.rows(old)]
    for import_id in abandoned:
        async with storage.write(wall) as write:
            for table in tables.ALL:
                await write.execute(sa.delete(table).where(table.c.delivery_id == import_id))
            await write.execute(
                sa.update(imported).where(imported.c.id == import_id).values(state="failed")
            )
