"""Asks every room how it is: implements `aula_sdk.health.Health`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from aula_platform.events import job_states, parked_lanes
from aula_platform.events.failures import describe
from aula_platform.plugin_host.host import Host
from aula_platform.plugin_host.records import fault_rows, restart_rows
from aula_platform.storage import EVERYWHERE, Read, Storage
from aula_sdk.db import utc_now
from aula_sdk.errors import Forbidden
from aula_sdk.health import (
    FailingJob,
    FaultyPlace,
    HealthReport,
    ParkedStream,
    Quarantine,
    RefusedPlugin,
    WorkerRestart,
)
from aula_sdk.people import Actor

READ_HEALTH = "health.read"
_PATIENCE_SECONDS = 5.0
_log = structlog.get_logger("aula.health")


class HealthCheck:
    """How the installation is."""

    def __init__(
        self,
        host: Host,
        storage: Storage,
        *,
        find_behind: Callable[[], Awaitable[Sequence[str]]],
        reach_files: Callable[[], Awaitable[object]],
    ) -> None:
        """``find_behind`` names the owners whose tables are behind; ``reach_files`` raises when the
        store of files does not answer.
        """
        self._host = host
        self._storage = storage
        self._find_behind = find_behind
        self._reach_files = reach_files

    async def report(self, actor: Actor) -> HealthReport:
        """Return the report to an actor who may know."""
        if not actor.can(READ_HEALTH):
            raise Forbidden
        return await self.look()

    async def look(self) -> HealthReport:
        """Return the report; never raises because something is unwell."""
        refused = tuple(
            RefusedPlugin(each.plugin, each.distribution, each.hook, each.problem, each.remedy)
            for each in self._host.refusals
        )
        has_files = await _goes_well(self._reach_files(), "files")
        found = HealthReport(utc_now(), False, has_files, refused=refused)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                behind = tuple(await self._find_behind())
                async with self._storage.read(EVERYWHERE) as read:
                    return await _add_rows(read, found, behind)
        except Exception as error:  # noqa: BLE001  # That it fails is what the report says.
            _log.warning("database_unreachable", error=describe(error))
            return found


async def _add_rows(read: Read, found: HealthReport, behind: tuple[str, ...]) -> HealthReport:
    rows = await fault_rows(read)
    return HealthReport(
        found.at,
        has_database=True,
        has_files=found.has_files,
        refused=found.refused,
        faults=tuple(
            FaultyPlace(row.plugin, row.place, row.failures, row.error, row.failed_at)
            for row in rows
        ),
        quarantines=tuple(
            Quarantine(row.plugin, row.place, row.reason, row.since, row.until)
            for row in rows
            if row.since is not None and row.until is not None
        ),
        failing_jobs=tuple(
            FailingJob(job.name, job.failures, job.error, job.next_run)
            for job in await job_states(read)
            if job.failures
        ),
        parked=tuple(
            ParkedStream(
                lane.subscriber,
                lane.stream,
                lane.parked_at,
                lane.error,
                lane.event_name,
                lane.waiting,
            )
            for lane in await parked_lanes(read)
        ),
        behind=behind,
        restarts=tuple(
            WorkerRestart(row.at, row.cause, row.plugin, row.place)
            for row in await restart_rows(read)
        ),
    )


async def _goes_well(asking: Awaitable[object], what: str) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asking
    except Exception as error:  # noqa: BLE001  # Whatever it is: it does not answer.
        _log.warning("unreachable", what=what, error=describe(error))
        return False
    return True
