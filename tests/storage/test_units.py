"""Units of work: nothing is lost, nothing is half done, and nobody waits in vain."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from aula_platform.cli.tracebacks import tell_error
from aula_platform.storage import EVERYWHERE, OWNER, Read, Storage, Write
from aula_platform.storage.housekeeping import KEPT, forget_old_keys
from aula_platform.storage.migrate import migrate
from aula_platform.storage.tables import idempotency
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, Kind

ACCOUNT = new_id()
ACTOR = Actor(ACCOUNT, Kind.GUARDIAN, "Anne", (), (), {})


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    await migrate(opened, [OWNER])
    yield opened
    await opened.close()


async def _keys(storage: Storage) -> list[str]:
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(idempotency.c.key).order_by(idempotency.c.key))
    return [row.key for row in rows]


async def test_what_was_remembered_is_found_by_the_same_account_alone(storage: Storage) -> None:
    """Rule 15: a key says what its account made before; another's key is another key."""
    made = new_id()
    async with storage.write(EVERYWHERE, ACTOR) as write:
        assert await write.once("send-1") is None
        await write.remember("send-1", made)
    other = Actor(new_id(), Kind.GUARDIAN, "Bo", (), (), {})
    async with storage.write(EVERYWHERE, ACTOR) as write:
        assert await write.once("send-1") == made
    async with storage.write(EVERYWHERE, other) as write:
        assert await write.once("send-1") is None


async def test_a_key_is_kept_for_seven_days_and_no_longer(storage: Storage) -> None:
    """Rule 15: a retry within a week finds what was made; afterwards the row is gone."""
    async with storage.write(EVERYWHERE, ACTOR) as write:
        await write.remember("recent", new_id())
        await write.remember("old", new_id())
        await write.execute(
            sa.update(idempotency)
            .where(idempotency.c.key == "old")
            .values(created_at=write.now - KEPT)
        )
    async with storage.write(EVERYWHERE) as write:
        assert await forget_old_keys(write) == 1
    assert await _keys(storage) == ["recent"]


async def test_an_exception_rolls_everything_back(storage: Storage) -> None:
    """Rows, events and topics of a block that fails are as if they had never been."""
    told: list[Write] = []
    storage.listeners.append(told.append)

    async def fail() -> None:
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember("lost", new_id())
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        await fail()
    assert await _keys(storage) == []
    assert told == []


async def test_a_failing_recorder_rolls_the_write_back(storage: Storage) -> None:
    """Rule 18: what cannot be audited does not happen."""

    async def refuse(_unit: Write) -> None:
        raise RuntimeError("the audit is full")

    storage.recorders.append(refuse)

    async def write_one() -> None:
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember("lost", new_id())

    with pytest.raises(RuntimeError, match="the audit is full"):
        await write_one()
    storage.recorders.clear()
    assert await _keys(storage) == []


async def test_a_unit_without_statements_takes_no_connection(storage: Storage) -> None:
    """A handler that is refused before it writes never holds the writer's place."""
    async with (
        storage.write(EVERYWHERE, ACTOR) as first,
        storage.write(EVERYWHERE, ACTOR) as second,
    ):
        assert not first.has_work
        await second.remember("only", new_id())
    assert await _keys(storage) == ["only"]


async def test_read_modify_write_from_sixteen_tasks_loses_nothing(storage: Storage) -> None:
    """R23: each of 160 increments by 16 tasks at once is there in the end."""
    async with storage.write(EVERYWHERE, ACTOR) as write:
        await write.remember("0", ACCOUNT)
    mine = idempotency.c.account_id == ACCOUNT

    async def count(times: int) -> None:
        for _time in range(times):
            async with storage.write(EVERYWHERE) as write:
                row = await write.first(sa.select(idempotency.c.key).where(mine).with_for_update())
                assert row is not None
                await write.execute(
                    sa.update(idempotency).where(mine).values(key=str(int(row.key) + 1))
                )

    await asyncio.gather(*(count(10) for _task in range(16)))
    assert await _keys(storage) == ["160"]


async def test_one_key_at_the_same_time_makes_one_thing(storage: Storage) -> None:
    """Rule 15: of two requests with one key that meet, one makes the thing and the other fails."""

    async def make() -> bool:
        try:
            async with storage.write(EVERYWHERE, ACTOR) as write:
                if await write.once("twice") is None:
                    await write.remember("twice", new_id())
                    return True
        except sa.exc.IntegrityError:
            pass
        return False

    made = await asyncio.gather(*(make() for _request in range(8)))
    assert made.count(True) == 1


async def test_a_closed_unit_of_reads_can_be_used_again(storage: Storage) -> None:
    """A stream gives its connection back between reads and goes on with the same unit."""
    async with storage.read(EVERYWHERE) as read:
        assert isinstance(read, Read)
        assert await read.rows(sa.select(idempotency.c.key)) == []
        await read.close()
        assert await read.scalar(sa.select(sa.func.count()).select_from(idempotency)) == 0


async def test_closing_while_another_process_writes(empty_database: str) -> None:
    """What was written is kept, and closing waits for nobody: a command ends as it should."""
    store, other = Storage(empty_database), Storage(empty_database)
    await migrate(store, [OWNER])
    # SQLite brings up to date what it knows of a table when a connection has looked into it.
    async with store.write(EVERYWHERE, ACTOR) as write:
        await write.remember("first", new_id())
    assert await _keys(store) == ["first"]
    async with store.read(EVERYWHERE) as read:
        await read.rows(sa.select(idempotency.c.key).where(idempotency.c.created_at < read.now))
    async with other.write(EVERYWHERE, ACTOR) as write:
        await write.remember("held", new_id())
        await store.close()
    assert await _keys(other) == ["first", "held"]
    await other.close()


async def test_no_log_line_quotes_a_row(storage: Storage) -> None:
    """Neither the parameters of a statement, nor the key that a database says is there already."""
    secret = "0101701234"

    async def write_twice() -> None:
        async with storage.write(EVERYWHERE, ACTOR) as write:
            await write.remember(secret, new_id())
            await write.remember(secret, new_id())

    with pytest.raises(sa.exc.IntegrityError) as raised:
        await write_twice()
    assert "[parameters:" not in str(raised.value)
    told = tell_error(raised.value)
    assert secret not in told
    assert "Traceback (most recent call last):" in told
    assert told.endswith(
        ("IntegrityError (23505)", "IntegrityError (SQLITE_CONSTRAINT_PRIMARYKEY)")
    )
    assert secret not in tell_error(ExceptionGroup("in a group", [raised.value]))
    ours = ValueError("ours")
    ours.__context__ = raised.value
    assert secret not in tell_error(ours)
    assert tell_error(ours).endswith("ValueError: ours")
