"""The job: previews what was planned, begins what is announced for now, goes on with what began.

It works for some seconds at a time, so that the other jobs of its worker have their turn.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from aula_platform.events.failures import describe
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.retention.archive import Archive
from aula_platform.privacy.retention.executing import Execution
from aula_platform.privacy.retention.previewing import Preview
from aula_platform.privacy.retention.tables import item, run, tombstone
from aula_platform.storage import EVERYWHERE, Write
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform
from aula_sdk.retention import RetentionSubject, RunState

EVERY = timedelta(seconds=10)
BEGAN = "privacy.retention_began"
STONES_KEPT = timedelta(days=5 * 365)
"""For how long it is proved what went, and by which run."""
_SLICE = 5.0
_FEW = 1000
_log = structlog.get_logger("aula.privacy")


class RetentionWork:
    """The work of one process; a job calls it."""

    def __init__(
        self,
        installation: Installation,
        archive: Archive,
        subjects: Mapping[str, RetentionSubject],
        *,
        seconds: float = _SLICE,
        pause: float = 2.0,
    ) -> None:
        self._installation, self._storage = installation, installation.storage
        self._archive, self._subjects = archive, subjects
        self._seconds, self._pause = seconds, pause

    def job(self) -> Job:
        """Return the job that does it again and again."""

        async def work(_platform: Platform) -> None:
            await self.run()

        return Job("privacy.retention", EVERY, work)

    async def run(self, only: Place | None = None) -> None:
        """Do what waits, for some seconds for each municipality, or for one alone."""
        open_runs = sa.select(run).where(
            run.c.finished_at.is_(None), run.c.state != RunState.PREVIEWED
        )
        if only is not None:
            open_runs = open_runs.where(run.c.municipality_id == only.id)
        async with self._storage.read(EVERYWHERE) as read:
            rows = await read.rows(open_runs.order_by(run.c.planned_at))
            now = read.now
        places = {place.id: place for place in await self._installation.places()} if rows else {}
        for row in rows:
            try:
                await self._go_on(places[row.municipality_id], row, now)
            except Exception as error:  # noqa: BLE001  # One run that cannot go on holds up no other.
                _log.error("retention run failed", run=row.id.hex, why=describe(error))
        await self._drop_items_left()
        await self._drop_old_stones()

    async def _go_on(self, place: Place, row: sa.Row[Any], now: datetime) -> None:
        if row.state == RunState.PLANNED:
            await Preview(self._storage, place, row.id, self._subjects).make()
        elif row.state == RunState.EXECUTING or row.deletes_from <= now:
            await self._execute(place, row)

    async def _execute(self, place: Place, row: sa.Row[Any]) -> None:
        if row.state == RunState.ANNOUNCED:
            async with self._storage.write(place.wall) as write:
                await _begin(write, place, row)
        execution = Execution(
            self._installation, self._archive, place, row.id, self._subjects, pause=self._pause
        )
        await execution.work(self._seconds)

    async def _drop_items_left(self) -> None:
        """Remove some of what was still to do when a run was cancelled."""
        left = sa.exists().where(item.c.run_id == run.c.id)
        over = sa.select(run.c.id).where(run.c.finished_at.is_not(None), left).limit(1)
        async with self._storage.read(EVERYWHERE) as read:
            one = await read.scalar(over)
            if one is None:
                return
            some = sa.select(item.c.object_id).where(item.c.run_id == one).limit(_FEW)
            ids = [row.object_id for row in await read.rows(some)]
        async with self._storage.write(EVERYWHERE) as write:
            these = item.c.run_id == one, item.c.object_id.in_(ids)
            await write.execute(sa.delete(item).where(*these))

    async def _drop_old_stones(self) -> None:
        async with self._storage.read(EVERYWHERE) as read:
            old = sa.select(tombstone.c.object_id).where(
                tombstone.c.deleted_at < read.now - STONES_KEPT
            )
            ids = [one.object_id for one in await read.rows(old.limit(_FEW))]
        if ids:
            async with self._storage.write(EVERYWHERE) as write:
                await write.execute(sa.delete(tombstone).where(tombstone.c.object_id.in_(ids)))


async def _begin(write: Write, place: Place, row: sa.Row[Any]) -> None:
    still = run.c.id == row.id, run.c.state == RunState.ANNOUNCED
    began = {"state": RunState.EXECUTING, "began_at": write.now}
    changed = await write.execute(sa.update(run).where(*still).values(began))
    if changed.rowcount:
        write.audit(BEGAN, municipality_id=place.id, object_id=row.id)
