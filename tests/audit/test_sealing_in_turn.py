"""Sealing looks a minute back; an hour every ten minutes, and first after a pause (R19)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit import housekeeping
from aula_platform.audit.anchors import AnchorStore
from aula_platform.audit.chain import first_id_of
from aula_platform.audit.sealing import SOON, seal
from aula_platform.audit.tables import entry
from aula_platform.audit.verifying import verify
from aula_platform.storage import EVERYWHERE, Storage, Write
from aula_sdk.db import utc_now
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform
from tests.audit import intruder


class Log:
    """One municipality's audit, and the job that seals it."""

    def __init__(self, storage: Storage, place: UUID) -> None:
        self._storage, self.place = storage, place

    def start(self) -> Callable[[], Awaitable[None]]:
        """Return the job of a process that has begun now: it knows of no run before."""
        jobs = housekeeping.make_jobs(self._storage, AnchorStore("memory:///"), SOON, {})
        (job,) = [one for one in jobs if one.every == housekeeping.SEAL_EVERY]
        return lambda: job.run(cast(Platform, None))

    async def write(self) -> None:
        """Write an entry now."""
        async with self._storage.write(EVERYWHERE) as write:
            write.audit("probe.do", municipality_id=self.place)

    async def put_in(self, begun: datetime) -> None:
        """Commit now what began then, or on a machine whose clock says so."""
        rows = await intruder.rows_of(self._storage, entry)
        old = {**rows[0], "id": UUID(int=first_id_of(begun).int + 1)}
        await intruder.run(self._storage, sa.insert(entry).values(**old))

    async def move_all(self, moment: datetime) -> None:
        """Make what there is that old."""
        await self.put_in(moment)
        await intruder.take_triggers_away(self._storage)
        young = sa.delete(entry).where(entry.c.id > first_id_of(moment + SOON))
        await intruder.run(self._storage, young)

    async def counts(self) -> tuple[int, int]:
        """Return how many are sealed and how many wait; nothing may be lost to the chain."""
        verdict = await verify(self._storage, self.place, intruder.KEPT)
        assert verdict.findings == []
        return verdict.sealed, verdict.waiting


@pytest.fixture
async def log(storage: Storage, actor: Actor) -> Log:
    one = Log(storage, actor.profiles[0].municipality_id)
    await one.write()
    return one


async def test_what_was_committed_late_is_found_in_its_turn(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frequent run looks through what is new alone; a clock that is set back delays nothing."""
    now = utc_now()
    monkeypatch.setattr(housekeeping, "utc_now", lambda: now)
    seal = log.start()
    await seal()
    await log.put_in(utc_now() - 2 * SOON)
    await log.write()
    await seal()
    assert await log.counts() == (2, 1)
    for number, moved in enumerate((housekeeping.LOOK_BACK_EVERY, -timedelta(hours=1)), 3):
        now += moved
        await log.put_in(utc_now() - number * SOON)
        await seal()
        assert (await log.counts())[1] == 0
    assert await log.counts() == (5, 0)


async def test_a_run_ends_with_what_there_was_when_it_began(log: Log, storage: Storage) -> None:
    """However much is written meanwhile: the next one looks back, and would find nothing that was
    committed behind a run without an end.
    """
    for _each in range(2):
        await log.write()

    async def write_more(unit: Write) -> None:
        unit.audit("probe.more", municipality_id=log.place)

    storage.recorders.insert(0, write_more)
    async with asyncio.timeout(20):
        assert await seal(storage, batch=1) >= 3
    sealed, waiting = await log.counts()
    assert sealed >= 3
    assert waiting >= 1
    storage.recorders.remove(write_more)
    assert await seal(storage) == waiting
    assert await log.counts() == (sealed + waiting, 0)


async def test_what_came_late_before_a_pause_is_found_after_it(log: Log) -> None:
    """A night without a worker: the first run looks back from where the last one ended."""
    evening = utc_now() - timedelta(hours=3)
    await log.move_all(evening)
    await log.start()()
    assert await log.counts() == (1, 0)
    await log.put_in(evening - 2 * SOON)
    await log.write()
    morning = log.start()
    await morning()
    await morning()
    assert await log.counts() == (3, 0)
