"""Runs scheduled jobs: each by one worker at a time, again and again, whatever fails meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.failures import describe, pause_after
from aula_platform.events.lanes import NEVER
from aula_platform.events.tables import job as jobs_table
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform, ReadUnit

_LEASE = timedelta(minutes=2)
_POLL_SECONDS = 1.0
_FIRST_PAUSE = timedelta(seconds=30)

_log = structlog.get_logger("aula.jobs")
_now = sa.bindparam("at", type_=jobs_table.c.next_run.type)
_due = sa.and_(
    jobs_table.c.name.in_(sa.bindparam("names", expanding=True)),
    jobs_table.c.next_run <= _now,
    jobs_table.c.leased_until <= _now,
)
_has_due = sa.select(sa.exists().where(_due))
_first_due = (
    sa.select(jobs_table.c.name)
    .where(_due)
    .order_by(jobs_table.c.next_run)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_claim = (
    sa.update(jobs_table)
    .where(jobs_table.c.name == _first_due.c.name)
    .values(
        leased_by=sa.bindparam("worker"),
        leased_until=sa.bindparam("until", type_=jobs_table.c.leased_until.type),
        started_at=_now,
    )
    .returning(jobs_table.c.name, jobs_table.c.failures)
)


class JobState(msgspec.Struct, frozen=True):
    """What operators see of a job."""

    name: str
    next_run: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failures: int
    error: str
    """Type and place of the last failure; empty after a run that went well."""


async def job_states(read: ReadUnit) -> list[JobState]:
    """Return every job that has been scheduled, by name."""
    c = jobs_table.c
    columns = (c.name, c.next_run, c.started_at, c.finished_at, c.failures, c.error)
    return await read.structs(JobState, sa.select(*columns).order_by(c.name))


class _Due(NamedTuple):
    job: Job
    failures: int


class JobRunner:
    """Runs the due jobs of this worker one after the other."""

    def __init__(
        self,
        storage: Storage,
        platform: Platform,
        jobs: Sequence[Job],
        *,
        worker: str,
        is_paused: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        """While ``is_paused`` says so of a job's name, it does not run."""
        self._is_paused = is_paused
        self._storage = storage
        self._platform = platform
        self._jobs = {job.name: job for job in jobs}
        self._worker = worker
        self._stopping = asyncio.Event()

    async def schedule(self) -> None:
        """Give each job that is new a row; its first run is now."""
        if not self._jobs:
            return
        insert = (sqlite if self._storage.is_sqlite else postgresql).insert(jobs_table)
        async with self._storage.write(GLOBAL) as write:
            await write.execute(
                insert.on_conflict_do_nothing(),
                [
                    {"name": name, "next_run": write.now, "leased_until": NEVER}
                    for name in self._jobs
                ],
            )

    async def run(self) -> None:
        """Run due jobs until `stop`, looking every second."""
        while not self._stopping.is_set():
            try:
                await self.run_due()
            except Exception as error:  # noqa: BLE001  # The database may be away for a while.
                _log.warning("jobs_failed", error=describe(error))
            try:
                await asyncio.wait_for(self._stopping.wait(), _POLL_SECONDS)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """End after the job that is running now."""
        self._stopping.set()

    async def run_due(self) -> list[str]:
        """Run what is due now; return the names of the jobs that ran, well or not."""
        ran = []
        while not self._stopping.is_set() and (due := await self._claim()) is not None:
            await self._run_one(due)
            ran.append(due.job.name)
        return ran

    async def _claim(self) -> _Due | None:
        names = [name for name in self._jobs if not self._is_paused(name)]
        async with self._storage.read(GLOBAL) as read:
            if not names or not await read.scalar(_has_due, {"names": names, "at": read.now}):
                return None
        async with self._storage.write(GLOBAL) as write:
            until = write.now + _LEASE
            claimed = await write.execute(
                _claim, {"names": names, "at": write.now, "worker": self._worker, "until": until}
            )
            row = claimed.first()
        return None if row is None else _Due(self._jobs[row.name], row.failures)

    async def _run_one(self, due: _Due) -> None:
        keeping = asyncio.create_task(self._keep_lease(due.job.name))
        error = ""
        try:
            await due.job.run(self._platform)
        except Exception as failure:  # noqa: BLE001  # A job's failure is shown, and it runs again.
            error = describe(failure)
            _log.warning("job_failed", job=due.job.name, error=error)
        finally:
            keeping.cancel()
        await self._finish(due, error)

    async def _keep_lease(self, name: str) -> None:
        while True:
            await asyncio.sleep(_LEASE.total_seconds() / 3)
            async with self._storage.write(GLOBAL) as write:
                await write.execute(self._mine(name).values(leased_until=write.now + _LEASE))

    async def _finish(self, due: _Due, error: str) -> None:
        failures = due.failures + 1 if error else 0
        pause = pause_after(failures, _FIRST_PAUSE, due.job.every) if error else due.job.every
        async with self._storage.write(GLOBAL) as write:
            await write.execute(
                self._mine(due.job.name).values(
                    leased_by="",
                    leased_until=NEVER,
                    next_run=write.now + min(pause, due.job.every),
                    finished_at=write.now,
                    failures=failures,
                    error=error,
                )
            )

    def _mine(self, name: str) -> sa.Update:
        return sa.update(jobs_table).where(
            jobs_table.c.name == name, jobs_table.c.leased_by == self._worker
        )
