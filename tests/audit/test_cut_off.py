"""A reading is in the audit also when the connection that notes readings is lost (R19).

On PostgreSQL: SQLite has no connection that could be.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from aula_platform import audit
from aula_platform.audit.tables import entry
from aula_platform.storage import EVERYWHERE, AuditNote, Storage, engines
from aula_platform.storage.looks import LookKeeper
from aula_sdk.people import Actor
from tests.audit.intruder import rows_of
from tests.databases import open_database


class Wire:
    """What lies between a program and its database, and can go dead without a word."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.Event] = []
        self.opened = 0

    async def carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes both ways until it is dead, or over."""
        far, onward = await asyncio.open_connection(*self._where)
        dead = asyncio.Event()
        self._ends.append(dead)
        self.opened += 1
        for source, target in ((near, onward), (far, back)):
            self._tasks.add(asyncio.create_task(self._pass_on(source, target, dead)))

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, dead: asyncio.Event
    ) -> None:
        while said := await source.read(65536):
            if not dead.is_set():
                target.write(said)
        target.close()

    def die(self) -> None:
        """Let nothing pass any more through what is open; nobody is told."""
        for dead in self._ends:
            dead.set()

    async def close(self) -> None:
        """End what is still carried."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def storage(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Storage]:
    async with open_database("postgresql", tmp_path, [audit.OWNER]) as opened:
        opened.recorders.append(audit.record)
        yield opened


async def _look(storage: Storage, actor: Actor) -> None:
    async with storage.read(EVERYWHERE, actor) as unit:
        unit.looked("probe.see", municipality_id=actor.profiles[0].municipality_id)


@pytest.mark.parametrize("readers", [1, 3], ids=["alone", "together"])
async def test_a_restart_of_the_database_keeps_nobody_from_reading(
    storage: Storage, actor: Actor, readers: int
) -> None:
    """The first who reads afterwards finds the connection gone; it is written on another one."""
    await _look(storage, actor)
    async with storage.engines.reading.connect() as reading:
        ended = sa.text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert (await reading.execute(ended)).scalars().all()
    await asyncio.gather(*(_look(storage, actor) for _each in range(readers)))
    assert len(await rows_of(storage, entry)) == 1 + readers


@asynccontextmanager
async def _noting_through(wire: Wire, storage: Storage) -> AsyncIterator[Storage]:
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    url = sa.make_url(storage.url).set(host=host, port=port)
    through = Storage(url.render_as_string(hide_password=False))
    through.recorders.append(audit.record)
    try:
        yield through
    finally:
        await through.close()
        server.close()
        await wire.close()


async def test_an_end_that_is_gone_without_a_word_is_not_waited_for(
    storage: Storage, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall forgets, a machine loses its power: all who read would wait for ever."""
    monkeypatch.setattr(engines, "NOTED_WITHIN", 0.5)
    where = sa.make_url(storage.url)
    assert where.host
    assert where.port
    wire = Wire(where.host, where.port)
    async with _noting_through(wire, storage) as through:
        await _look(through, actor)
        assert wire.opened == 1
        wire.die()
        async with asyncio.timeout(60):
            await _look(through, actor)
            await _look(through, actor)
    assert len(await rows_of(storage, entry)) == 3


async def test_who_waits_for_a_database_that_is_away_waits_together(actor: Actor) -> None:
    """It is tried twice for all of them, not for each: the last one would wait for minutes."""
    here = actor.profiles[0].municipality_id
    note = AuditNote("probe.see", here, None, (), {})
    tried: list[int] = []

    async def write(looks: Sequence[AuditNote]) -> None:
        tried.append(len(looks))
        raise TimeoutError

    keeper = LookKeeper(write)
    told = await asyncio.gather(*(keeper.keep([note]) for _one in range(5)), return_exceptions=True)
    assert [type(one) for one in told] == [TimeoutError] * 5
    assert tried == [5, 5]
