"""Faults in the database: one worker's quarantine is soon everybody's, and outlives a restart."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.failures import describe
from aula_platform.plugin_host.faults import Fault, Faults, next_pause
from aula_platform.plugin_host.running import Place
from aula_platform.plugin_host.tables import fault, restart
from aula_platform.settings import WatchdogSettings
from aula_platform.storage import GLOBAL, Storage, Write
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit

_QUIET_SECONDS = 0.5
_KEEP_RESTARTS = timedelta(days=30)
_MOST_RESTARTS = 20
_log = structlog.get_logger("aula.plugins")


class FaultRow(msgspec.Struct, frozen=True):
    """A row of ``plugin_host_fault``."""

    plugin: str
    place: str
    failures: int
    error: str
    failed_at: datetime
    reason: str
    since: datetime | None
    until: datetime | None
    times: int


class RestartRow(msgspec.Struct, frozen=True):
    """A row of ``plugin_host_restart``."""

    at: datetime
    cause: str
    plugin: str
    place: str


_all_faults = sa.select(*fault.c).order_by(fault.c.plugin, fault.c.place)
_last_restarts = (
    sa.select(restart.c.at, restart.c.cause, restart.c.plugin, restart.c.place)
    .order_by(restart.c.at.desc())
    .limit(_MOST_RESTARTS)
)


async def fault_rows(read: ReadUnit) -> list[FaultRow]:
    """Return every place that has ever failed."""
    return await read.structs(FaultRow, _all_faults)


async def restart_rows(read: ReadUnit) -> list[RestartRow]:
    """Return the last workers that were ended, the newest first."""
    return await read.structs(RestartRow, _last_restarts)


class SharedFaults:
    """Keeps a process's `Faults` and the table alike."""

    def __init__(self, storage: Storage, faults: Faults) -> None:
        self._storage = storage
        self._faults = faults
        self._changed = asyncio.Event()
        self._is_ending = False

    @asynccontextmanager
    async def sharing(self) -> AsyncIterator[None]:
        """Share while the block runs: soon after a change here, and now and then for the others'.

        What has failed by the end of the block is shared as well.
        """
        self._faults.on_change = self._changed.set
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            # Told, not cancelled: drivers can swallow a cancellation that meets a result (see
            # `events.worker`), and the loop would go on for ever.
            self._is_ending = True
            self._changed.set()
            await asyncio.wait({task})

    async def _run(self) -> None:
        is_last = False
        while not is_last:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._faults.settings.share_seconds):
                    await self._changed.wait()
                    if not self._is_ending:
                        # What fails at the same time is written at once.
                        await asyncio.sleep(_QUIET_SECONDS)
            is_last = self._is_ending
            if is_last and not any(known.is_changed for known in self._faults):
                return
            try:
                await self.share()
            except Exception as error:  # noqa: BLE001  # The database may be away for a while.
                _log.warning("faults_not_shared", error=describe(error))

    async def share(self) -> None:
        """Write what has changed here, then take over what others have written."""
        self._changed.clear()
        changed = [known for known in self._faults if known.is_changed]
        if changed:
            await self._write(changed)
        async with self._storage.read(GLOBAL) as read:
            rows = await fault_rows(read)
        for row in rows:
            self._take(row)

    async def _write(self, changed: Sequence[Fault]) -> None:
        rows = [_row(known) for known in changed]
        async with self._storage.write(GLOBAL) as write:
            for row in rows:
                await write.execute(_upsert(self._storage, row))
        for known, row in zip(changed, rows, strict=True):
            known.unshared -= row["failures"]
            # It may have failed again meanwhile.
            known.is_changed = known.unshared > 0

    def _take(self, row: FaultRow) -> None:
        known = self._faults.of(Place(row.plugin, row.place))
        if known.is_changed:
            return
        if row.until != known.until:
            known.is_tried = False
        known.failures, known.error, known.failed_at = row.failures, row.error, row.failed_at
        known.reason, known.since = row.reason, row.since
        known.until, known.times = row.until, row.times


async def record_restart(
    storage: Storage, cause: str, place: Place | None, watchdog: WatchdogSettings
) -> None:
    """Write that a worker was ended, and leave the place alone that ran in it then.

    Called by whoever watches the workers: the new one starts without that place.
    """
    async with storage.write(GLOBAL) as write:
        named = place or Place("", "")
        row = {"id": new_id(), "at": write.now, "cause": cause, **named._asdict()}
        row["place"] = row.pop("name")
        await write.execute(sa.insert(restart), row)
        old = restart.c.at < write.now - _KEEP_RESTARTS
        await write.execute(sa.delete(restart).where(old))
        if place is not None:
            await _leave_alone(storage, write, place, cause, watchdog)


async def _leave_alone(
    storage: Storage, write: Write, place: Place, cause: str, watchdog: WatchdogSettings
) -> None:
    mine = (fault.c.plugin == place.plugin, fault.c.place == place.name)
    before = await write.first(sa.select(fault.c.times, fault.c.since).where(*mine))
    times = before.times if before else 0
    pause = next_pause(times, watchdog.first_pause_seconds, watchdog.longest_pause_seconds)
    known = Fault(place, error=cause, failed_at=write.now, unshared=1)
    known.reason = f"a worker was ended because of it ({cause})"
    known.since = (before.since if before else None) or write.now
    known.until, known.times = write.now + pause, times + 1
    await write.execute(_upsert(storage, _row(known)))


async def record_failure(storage: Storage, place: Place, error: str) -> None:
    """Count a failure that is of no running worker, such as a migration's."""
    async with storage.write(GLOBAL) as write:
        known = Fault(place, error=error, failed_at=write.now, unshared=1)
        await write.execute(_upsert(storage, _row(known)))


def _row(known: Fault) -> dict[str, Any]:
    return {
        "plugin": known.place.plugin[:80],
        "place": known.place.name[:240],
        "failures": known.unshared,
        "error": known.error[:300],
        "failed_at": known.failed_at,
        "reason": known.reason[:400],
        "since": known.since,
        "until": known.until,
        "times": known.times,
    }


def _upsert(storage: Storage, row: dict[str, Any]) -> sa.Executable:
    insert: Any = (sqlite if storage.is_sqlite else postgresql).insert(fault).values(row)
    new = {name: insert.excluded[name] for name in row if name not in {"plugin", "place"}}
    new["failures"] = fault.c.failures + insert.excluded.failures
    statement: sa.Executable = insert.on_conflict_do_update(
        index_elements=["plugin", "place"], set_=new
    )
    return statement
