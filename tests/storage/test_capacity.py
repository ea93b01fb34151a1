"""An operator is told before a crowd finds out that the database takes too few connections."""

from contextlib import AsyncExitStack
from pathlib import Path

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, OWNER, Storage
from aula_platform.storage.capacity import find_shortage, most_connections
from tests.databases import open_database

_TAKES = sa.text("SELECT current_setting('max_connections')::int")
_OPEN = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_too_many_workers_are_told_of(tmp_path: Path) -> None:
    """By both numbers and both ways out; what fits is not spoken of."""
    async with open_database("postgresql", tmp_path, [OWNER]) as storage:
        async with storage.engines.reading.connect() as connection:
            takes = int((await connection.execute(_TAKES)).scalar_one())
        assert await find_shortage(storage, 10, 1) == ""
        workers = takes // most_connections(10) + 1
        said = await find_shortage(storage, 10, workers)
        assert f"up to {workers * most_connections(10)} connections" in said
        assert "max_connections" in said
        assert "pool_size" in said


async def test_a_crowd_opens_no_more_than_was_counted(tmp_path: Path) -> None:
    """Units of both kinds, as many as are let in."""
    pool_size = 2
    async with open_database("postgresql", tmp_path, [OWNER]) as made:
        storage = Storage(made.url, pool_size=pool_size)
        async with AsyncExitStack() as stack:
            for _each in range(2 * pool_size):
                for open_unit in (storage.read, storage.write):
                    unit = await stack.enter_async_context(open_unit(EVERYWHERE))
                    assert await unit.scalar(sa.select(sa.literal(1))) == 1
            async with made.engines.writing.connect() as other:
                opened = int((await other.execute(_OPEN)).scalar_one())
        await storage.close()
    assert 4 * pool_size <= opened <= most_connections(pool_size)


async def test_the_embedded_database_takes_all(tmp_path: Path) -> None:
    """There is one process, and nothing to be told."""
    async with open_database("sqlite", tmp_path, [OWNER]) as storage:
        assert await find_shortage(storage, 1000, 1) == ""
