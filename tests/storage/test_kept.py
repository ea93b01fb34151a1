"""Connections between units: lent as they are, never with something of the last unit in them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.storage import EVERYWHERE, OWNER, Storage, kept
from aula_platform.storage.migrate import migrate
from aula_platform.storage.tables import idempotency
from aula_platform.storage.units import Read
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind
from tests.databases import open_database

ACTOR = Actor(new_id(), Kind.GUARDIAN, "Anne", (), (), {})
MOST = 20
"""How many units can read at once; half as many connections are kept."""
_ONE = sa.select(sa.literal(1))
_LONG = sa.text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000)"
    " SELECT count(*) FROM n"
)
_END_ALL = sa.text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_OPEN = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database, pool_size=1)
    await migrate(opened, [OWNER])
    yield opened
    await opened.close()


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_database("postgresql", tmp_path, [OWNER]) as opened:
        yield opened


async def _ask(storage: Storage, statement: sa.Executable = _ONE) -> int:
    async with storage.read(EVERYWHERE) as read:
        return int(await read.scalar(statement))


async def _ask_in(unit: AbstractAsyncContextManager[Read], statement: sa.Executable) -> int:
    async with unit as opened:
        return int(await opened.scalar(statement))


async def test_units_one_after_the_other_share_a_connection(storage: Storage) -> None:
    """It is taken out of the pool once, for reading as for writing."""
    taken: list[str] = []
    for name in ("reading", "writing"):
        pool = getattr(storage.engines, name).sync_engine.pool
        sa.event.listen(pool, "checkout", lambda *_all, name=name: taken.append(name))
    for number in range(3):
        assert await _ask(storage) == 1
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember(f"key-{number}", new_id())
    assert taken in (["reading", "writing"], ["writing"])  # Migrating has taken one before.


async def test_nothing_of_a_unit_that_failed_is_in_the_next(storage: Storage) -> None:
    """The connection of a write that raised is given on without what it wrote."""

    async def fail() -> None:
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember("lost", new_id())
            raise RuntimeError

    for number in range(3):
        with pytest.raises(RuntimeError):
            await fail()
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember(f"key-{number}", new_id())
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(idempotency.c.key).order_by(idempotency.c.key))
    assert [row.key for row in rows] == ["key-0", "key-1", "key-2"]


@pytest.mark.parametrize("moment", [0.0, 0.02])
async def test_who_is_cut_off_leaves_no_answer_behind(storage: Storage, moment: float) -> None:
    """A browser that hangs up in the middle of a statement: the next unit gets its own rows."""
    for _each in range(3):
        reading = asyncio.create_task(_ask(storage, _LONG))
        await asyncio.sleep(moment)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await _ask(storage) == 1


async def test_nobody_pays_for_a_statement_whose_asker_is_gone(tmp_path: Path) -> None:
    """SQLite's thread stops in the middle of it, and who was cut off does not wait for its end."""
    steps, all_of_them = [0], 3_000_000

    def step() -> int:
        steps[0] += 1
        return 1

    counting = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        f" WHERE step() AND i < {all_of_them}) SELECT count(*) FROM n"
    )
    async with open_database("sqlite", tmp_path, [OWNER]) as opened:
        for engine in (opened.engines.reading, opened.engines.writing):
            sa.event.listen(
                engine.sync_engine,
                "connect",
                lambda connection, _record: connection.create_function("step", 0, step),
            )
        for unit in (opened.read(EVERYWHERE), opened.write(EVERYWHERE, ACTOR)):
            steps[0] = 0
            asked = asyncio.create_task(_ask_in(unit, counting))
            while not (steps[0] or asked.done()):
                await asyncio.sleep(0.001)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            assert 0 < steps[0] < all_of_them


def test_a_thread_that_opens_a_connection_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off while SQLite is opened: when the storage is closed, nothing goes on by itself."""
    failed: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    before = set(threading.enumerate())

    async def cut_off(number: int) -> None:
        opened = Storage(f"sqlite:///{tmp_path}/{number}.sqlite", pool_size=1)
        asked = asyncio.create_task(_ask(opened, sa.text("SELECT 1")))
        for _turn in range(number % 12):
            await asyncio.sleep(0)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        await opened.close()

    for number in range(60):
        asyncio.run(cut_off(number))
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert failed == []


async def test_a_statement_that_fails_harms_nobody_after_it(storage: Storage) -> None:
    """Nor the unit that sent it: outside of a transaction there is nothing to be broken."""
    nowhere = sa.select(sa.table("nowhere", sa.column("x", sa.Integer)).c.x)
    for _each in range(3):
        async with storage.read(EVERYWHERE) as read:
            with pytest.raises(DBAPIError):
                await read.rows(nowhere)
            assert await read.scalar(_ONE) == 1
        assert await _ask(storage) == 1


async def test_who_comes_last_waits_and_then_gives_up(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once is all that there is here: the third waits for one of them, not for ever."""
    monkeypatch.setattr(kept, "PATIENCE", 0.1)
    one = sa.text("SELECT 1")  # Of a text nothing is held: it needs a connection.
    async with storage.read(EVERYWHERE) as first:
        assert await first.scalar(one) == 1
        async with storage.read(EVERYWHERE) as second:
            assert await second.scalar(one) == 1
            with pytest.raises(TimeoutError):
                await _ask(storage, one)
        assert await _ask(storage, one) == 1
    assert await _ask(storage, one) == 1


async def test_what_many_at_once_needed_is_there_for_the_next_who_are_many(
    postgres: Storage,
) -> None:
    """More at once than are kept: while they go on coming, nobody opens a connection anew."""
    opened: list[object] = []
    pool = postgres.engines.reading.sync_engine.pool
    sa.event.listen(pool, "connect", lambda *_all: opened.append(1))
    for _each in range(3):
        await _crowd(postgres)
    assert len(opened) == MOST


async def test_what_only_a_crowd_has_needed_is_closed_some_time_later(
    postgres: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many are kept as were before it, by each who comes afterwards one less."""
    crowd = await _crowd(postgres)
    assert await _ask(postgres) == 1
    assert await _count(postgres) == crowd
    monkeypatch.setattr(kept, "IDLE", 0.0)
    for _each in range(MOST):
        assert await _ask(postgres) == 1
    assert await _count(postgres) == crowd - MOST // 2


async def test_after_a_restart_one_unit_fails_and_the_next_does_not(postgres: Storage) -> None:
    """The database has ended all connections: who meets the first has all of them opened anew."""
    async with postgres.read(EVERYWHERE) as first, postgres.read(EVERYWHERE) as second:
        assert await first.scalar(_ONE) == await second.scalar(_ONE) == 1
    async with postgres.engines.writing.connect() as other:
        await other.execute(_END_ALL)
    with pytest.raises(DBAPIError):
        await _ask(postgres)
    assert await _ask(postgres) == 1
    async with postgres.read(EVERYWHERE) as first, postgres.read(EVERYWHERE) as second:
        assert await first.scalar(_ONE) == await second.scalar(_ONE) == 1


async def _crowd(postgres: Storage) -> int:
    """Let as many units read at once as may; return how many connections there were then."""
    async with AsyncExitStack() as stack:
        for _each in range(MOST):
            unit = await stack.enter_async_context(postgres.read(EVERYWHERE))
            assert await unit.scalar(_ONE) == 1
        return await _count(postgres)


async def _count(postgres: Storage) -> int:
    async with postgres.engines.writing.connect() as other:
        return int(await other.scalar(_OPEN) or 0)
