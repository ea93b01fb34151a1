"""Carries out a run in small batches, each of which is whole: gone with its tombstones, or there.

A thing goes when it was in the preview, is due now by the policy of now and by the moment that the
preview has looked up to, and is not frozen now. What is left to do is what is left in the items, so
that a run that was cut off (even by kill -9) goes on where it was.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.failures import describe
from aula_platform.files.tables import file
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.retention.archive import Archive
from aula_platform.privacy.retention.calendar import boundary
from aula_platform.privacy.retention.due import things
from aula_platform.privacy.retention.held import hold_off_decisions, read_held
from aula_platform.privacy.retention.policies import read_months
from aula_platform.privacy.retention.preserving import formal_of, preserve
from aula_platform.privacy.retention.tables import count, item, run, tombstone
from aula_platform.storage import Write
from aula_sdk.protocols import ReadUnit
from aula_sdk.retention import RetentionSubject, RunState

DONE = "privacy.retention_done"
FEWEST, MOST = 1, 100
_FIRST = 10
_SHORT, _LONG = 0.05, 0.2
"""Seconds: a batch that took less is doubled, one that took more is halved."""
_log = structlog.get_logger("aula.privacy")


class Outcome(NamedTuple):
    """What became of a batch."""

    gone: frozenset[UUID] = frozenset()
    spared: frozenset[UUID] = frozenset()
    preserved: frozenset[UUID] = frozenset()
    failed: frozenset[UUID] = frozenset()

    @property
    def finished(self) -> frozenset[UUID]:
        """Which things the run has nothing to do with any more."""
        return self.gone | self.spared | self.failed


class _Over(Exception):
    """The run was cancelled meanwhile."""


class NotRemoved(Exception):
    """The owner of some things said that they were removed, and they are still there."""


class Execution:
    """The carrying out of one run."""

    def __init__(
        self,
        installation: Installation,
        archive: Archive,
        place: Place,
        run_id: UUID,
        subjects: Mapping[str, RetentionSubject],
        *,
        size: int = _FIRST,
        pause: float = 2.0,
    ) -> None:
        """Begin with ``size`` things at a time; between batches others have ``pause`` times as
        long as one took.
        """
        self._installation, self._storage = installation, installation.storage
        self._archive, self._place, self._run = archive, place, run_id
        self._subjects, self._size, self._pause = subjects, size, pause

    async def work(self, seconds: float) -> bool:
        """Go on for about so long; return whether the run is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (some := await self._next()) is not None:
            began = loop.time()
            try:
                has_worked = await self._batch(*some)
            except _Over:
                return True
            took = loop.time() - began
            if has_worked:
                self._adapt(took)
            if loop.time() >= end:
                return False
            await asyncio.sleep(took * self._pause)
        await self._finish()
        return True

    def _adapt(self, took: float) -> None:
        if took < _SHORT:
            self._size = min(self._size * 2, MOST)
        elif took > _LONG:
            self._size = max(self._size // 2, FEWEST)

    async def _next(self) -> tuple[str, Sequence[UUID]] | None:
        """Return the next things, all of one kind; None when none are left."""
        some = (
            sa.select(item.c.subject, item.c.object_id)
            .where(item.c.run_id == self._run)
            .order_by(item.c.subject, item.c.object_id)
            .limit(self._size)
        )
        async with self._storage.read(self._place.wall) as read:
            rows = await read.rows(some)
        if not rows:
            return None
        return rows[0].subject, [row.object_id for row in rows if row.subject == rows[0].subject]

    async def _batch(self, name: str, ids: Sequence[UUID]) -> bool:
        """Let the things go; return False when that failed, and go on one by one then."""
        subject = self._subjects.get(name)
        if subject is None:
            # The plugin has left, and its things with it or kept: they are not the run's any more.
            await self._settle(name, Outcome(spared=frozenset(ids)))
            return True
        try:
            await self._delete(subject, ids)
        except _Over:
            raise
        except Exception as error:  # noqa: BLE001  # One thing that cannot go holds up no other.
            if len(ids) == 1:
                _log.error("retention failed", run=self._run.hex, subject=name, why=describe(error))
                await self._settle(name, Outcome(failed=frozenset(ids)))
            # Which one it was is found out one by one, with others' turn between two attempts.
            self._size = FEWEST
            return False
        return True

    async def _delete(self, subject: RetentionSubject, ids: Sequence[UUID]) -> None:
        preserved = await self._preserve(subject, ids)
        async with self._storage.write(self._place.wall) as write:
            await self._require_open(write)
            await hold_off_decisions(write, self._place.id)
            due = await self._due(write, subject, ids)
            waiting = await self._formal(write, subject, due) - preserved
            going = [one for one in due if one not in waiting]
            if going:
                await subject.remove(going, write)
                await _check_removed(write, subject, going)
                await self._let_files_go(write, going)
                await self._bury(write, subject.name, going)
            gone = frozenset(going)
            outcome = Outcome(gone, frozenset(ids).difference(due), preserved & gone)
            await self._note(write, subject.name, outcome)

    async def _preserve(self, subject: RetentionSubject, ids: Sequence[UUID]) -> frozenset[UUID]:
        """Archive what of the batch is formal and would go now; return which that was.

        Nothing else gets a copy, which the archive would keep for ever. What is asked again in the
        transaction that deletes, and is formal only then, waits for the next batch.
        """
        if subject.formal is None:
            return frozenset()
        async with self._storage.read(self._place.wall) as read:
            due = await self._due(read, subject, ids)
        place = self._place
        return await preserve(self._installation, self._archive, place, self._run, subject, due)

    async def _settle(self, name: str, outcome: Outcome) -> None:
        async with self._storage.write(self._place.wall) as write:
            await self._require_open(write)
            await self._note(write, name, outcome)

    async def _require_open(self, write: Write) -> None:
        still = run.c.id == self._run, run.c.state == RunState.EXECUTING
        changed = await write.execute(sa.update(run).where(*still).values(state=RunState.EXECUTING))
        if not changed.rowcount:
            raise _Over

    async def _due(
        self, unit: ReadUnit, subject: RetentionSubject, ids: Sequence[UUID]
    ) -> list[UUID]:
        """Return what of the batch is due now and not frozen."""
        before = await self._before(unit, subject)
        if before is None:
            return []
        held = await read_held(unit, self._place.id)
        key = subject.id_column
        due = things(subject, self._place.id, before, key.label("id"))
        rows = await unit.rows(due.where(key.in_(ids), ~held.holds(subject)))
        return [row.id for row in rows]

    async def _formal(
        self, write: Write, subject: RetentionSubject, ids: Sequence[UUID]
    ) -> frozenset[UUID]:
        """Return what must have been archived first."""
        formal = formal_of(subject, ids) if ids else None
        if formal is None:
            return frozenset()
        return frozenset(row.id for row in await write.rows(formal))

    async def _before(self, unit: ReadUnit, subject: RetentionSubject) -> datetime | None:
        """Return the earlier of the preview's moment and the one that holds by now."""
        months = await read_months(unit, self._place.id, {subject.name: subject})
        now = boundary(subject, months[subject.name], unit.now)
        seen = sa.select(count.c.before).where(
            count.c.run_id == self._run, count.c.subject == subject.name
        )
        previewed: datetime | None = await unit.scalar(seen.limit(1))
        return None if previewed is None else min(previewed, now)

    async def _let_files_go(self, write: Write, ids: Sequence[UUID]) -> None:
        """Let nobody fetch what hangs on the things; it is removed within minutes, name and all."""
        gone = {"expires_at": write.now, "action": None, "object_id": None, "part_id": None}
        hangs = sa.or_(file.c.object_id.in_(ids), file.c.part_id.in_(ids))
        here = file.c.municipality_id == self._place.id
        await write.execute(sa.update(file).where(here, hangs).values(gone))

    async def _bury(self, write: Write, name: str, ids: Sequence[UUID]) -> None:
        insert = (sqlite if self._storage.is_sqlite else postgresql).insert(tombstone)
        stones = [
            {
                "object_id": one, "municipality_id": self._place.id, "subject": name,
                "run_id": self._run, "deleted_at": write.now,
            }
            for one in ids
        ]  # fmt: skip
        # What came again and went again went by this run.
        anew = {key: insert.excluded[key] for key in ("subject", "run_id", "deleted_at")}
        known = insert.on_conflict_do_update(index_elements=("object_id",), set_=anew)
        await write.execute(known, stones)

    async def _note(self, write: Write, name: str, outcome: Outcome) -> None:
        """Count what became of the things at their institutions, and strike them off."""
        here = item.c.run_id == self._run, item.c.object_id.in_(outcome.finished)
        rows = await write.rows(sa.select(item.c.object_id, item.c.institution_id).where(*here))
        for place in {row.institution_id for row in rows}:
            mine = {row.object_id for row in rows if row.institution_id == place}
            added = {
                "deleted": len(outcome.gone & mine),
                "preserved": len(outcome.preserved & mine),
                "spared": len(outcome.spared & mine),
                "failed": len(outcome.failed & mine),
            }
            where = count.c.run_id == self._run, count.c.subject == name
            values = {key: count.c[key] + number for key, number in added.items() if number}
            await write.execute(
                sa.update(count).where(*where, count.c.institution_id == place).values(values)
            )
        await write.execute(sa.delete(item).where(*here))

    async def _finish(self) -> None:
        sums = ("deleted", "preserved", "spared", "failed")
        columns = [sa.func.coalesce(sa.func.sum(count.c[key]), 0).label(key) for key in sums]
        totals = sa.select(*columns)
        async with self._storage.write(self._place.wall) as write:
            still = run.c.id == self._run, run.c.state == RunState.EXECUTING
            over = {"state": RunState.DONE, "finished_at": write.now}
            changed = await write.execute(sa.update(run).where(*still).values(over))
            if not changed.rowcount:
                return
            row = await write.first(totals.where(count.c.run_id == self._run))
            assert row is not None  # noqa: S101  # An aggregate always has a row.
            write.audit(
                DONE,
                municipality_id=self._place.id,
                object_id=self._run,
                details={key: int(getattr(row, key)) for key in sums},
            )


async def _check_removed(write: Write, subject: RetentionSubject, ids: Sequence[UUID]) -> None:
    key = subject.id_column
    if await write.first(sa.select(key).where(key.in_(ids)).limit(1)) is not None:
        raise NotRemoved(f"{subject.name}: something is still there")
