"""Asks every room how it is: implements `aula_sdk.health.Health`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from aula_platform.events import ParkedLane, job_states, parked_lanes
from aula_platform.events.failures import describe
from aula_platform.events.municipal_lanes import parked_lanes_of, replay_of, skip_of
from aula_platform.plugin_host.host import Host
from aula_platform.plugin_host.records import fault_rows, restart_rows
from aula_platform.storage import EVERYWHERE, Read, Storage, around
from aula_sdk.db import utc_now
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.health import (
    READ_HEALTH,
    RELEASE,
    FailingJob,
    FaultyPlace,
    HealthReport,
    ParkedStream,
    Quarantine,
    RefusedPlugin,
    WorkerRestart,
)
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

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
        """Return the report to an actor who may know, with parked streams of their own alone."""
        return await self._look(_places(actor, READ_HEALTH))

    async def look(self) -> HealthReport:
        """Return the whole report, for operators; never raises because something is unwell."""
        return await self._look(None)

    async def parked(self, unit: ReadUnit, actor: Actor) -> Sequence[ParkedStream]:
        """Return the parked streams of the municipalities in which the actor may know."""
        lanes = await parked_lanes_of(unit, _places(actor, READ_HEALTH))
        return tuple(_parked(each) for each in lanes)

    async def replay(self, write: WriteUnit, actor: Actor, subscriber: str, stream: UUID) -> None:
        """Let a parked stream go on with the event on which it stopped."""
        if not await replay_of(write, _places(actor, RELEASE), subscriber, stream):
            raise NotFound

    async def skip(self, write: WriteUnit, actor: Actor, subscriber: str, stream: UUID) -> None:
        """Give up the event on which a parked stream stopped, and let it go on without."""
        if not await skip_of(write, _places(actor, RELEASE), subscriber, stream):
            raise NotFound

    async def _look(self, places: Sequence[UUID] | None) -> HealthReport:
        refused = tuple(
            RefusedPlugin(each.plugin, each.distribution, each.hook, each.problem, each.remedy)
            for each in self._host.refusals
        )
        has_files = await _goes_well(self._reach_files(), "files")
        found = HealthReport(utc_now(), False, has_files, refused=refused)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                behind = tuple(await self._find_behind())
                wall = EVERYWHERE if places is None else around(places)
                async with self._storage.read(wall) as read:
                    if places is None:
                        lanes = await parked_lanes(read)
                    else:
                        lanes = await parked_lanes_of(read, places)
                    return await _add_rows(read, found, behind, lanes)
        except Exception as error:  # noqa: BLE001  # That it fails is what the report says.
            _log.warning("database_unreachable", error=describe(error))
            return found


def _places(actor: Actor, action: str) -> list[UUID]:
    """Return the municipalities in which the actor holds the action; raise `Forbidden` for none."""
    if not actor.can(action):
        raise Forbidden
    held = actor.profiles_for(action)
    return list(dict.fromkeys(profile.municipality_id for profile in held))


def _parked(each: ParkedLane) -> ParkedStream:
    return ParkedStream(
        each.subscriber, each.stream, each.parked_at, each.error, each.event_name, each.waiting
    )


async def _add_rows(
    read: Read, found: HealthReport, behind: tuple[str, ...], lanes: Sequence[ParkedLane]
) -> HealthReport:
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
        parked=tuple(_parked(each) for each in lanes),
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
