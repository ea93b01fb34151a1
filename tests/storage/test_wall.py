"""The wall between municipalities: what a unit reaches, and what PostgreSQL holds by itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.storage import EVERYWHERE, GLOBAL, NOWHERE, Owner, Storage, Wall, around
from aula_platform.storage.migrate import migrate
from aula_platform.storage.policies import find_open, is_bypassed
from aula_platform.storage.tables import idempotency
from aula_platform.storage.wall import BehindTheWall
from aula_sdk.ids import new_id
from tests.databases import open_database
from tests.storage.fence import NORTH, SOUTH, plant, thing, view

PLACES = sa.select(thing.c.municipality_id)


@pytest.fixture
async def postgres(tmp_path: Path, fence: Owner) -> AsyncIterator[Storage]:
    """A PostgreSQL with a thing in each of two municipalities."""
    async with open_database("postgresql", tmp_path, [fence]) as storage:
        await plant(storage)
        yield storage


async def _seen(storage: Storage, wall: Wall, what: sa.Select[Any] = PLACES) -> set[Any]:
    async with storage.read(wall) as read:
        return {row[0] for row in await read.rows(what)}


async def test_a_unit_sees_no_row_beyond_its_wall(postgres: Storage) -> None:
    """W1: a query without any condition, and one over a view, stay within the municipalities."""
    assert await _seen(postgres, around([NORTH])) == {NORTH}
    assert await _seen(postgres, around([SOUTH])) == {SOUTH}
    assert await _seen(postgres, around([NORTH, SOUTH])) == {NORTH, SOUTH}
    assert await _seen(postgres, NOWHERE) == set()
    assert await _seen(postgres, EVERYWHERE) == {NORTH, SOUTH}
    assert await _seen(postgres, around([SOUTH]), sa.select(view.c.municipality_id)) == {SOUTH}


async def test_a_connection_that_was_told_nothing_reaches_nothing(postgres: Storage) -> None:
    """W1: whoever goes round the units finds closed doors, not open ones."""
    async with postgres.engines.reading.connect() as connection:
        await connection.invalidate()
    async with postgres.engines.reading.connect() as connection:
        assert (await connection.execute(PLACES)).all() == []
        await connection.exec_driver_sql("RESET ALL")
        assert (await connection.execute(PLACES)).all() == []


async def test_a_unit_writes_nothing_beyond_its_wall(postgres: Storage) -> None:
    """W1: rows of others are neither changed nor removed, and none is made among them."""
    async with postgres.write(around([NORTH])) as write:
        changed = await write.execute(sa.update(thing).values(municipality_id=NORTH))
        removed = await write.execute(sa.delete(thing))
    assert (changed.rowcount, removed.rowcount) == (1, 1)
    assert await _seen(postgres, EVERYWHERE) == {SOUTH}
    with pytest.raises(DBAPIError, match="row-level security"):
        async with postgres.write(around([NORTH])) as write:
            await write.execute(sa.insert(thing).values(id=new_id(), municipality_id=SOUTH))


async def test_a_connection_is_told_only_what_is_new_to_it(postgres: Storage) -> None:
    """W2: where people share a municipality, the wall costs no statement from the second on."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    async def settings(*walls: Wall) -> int:
        told.clear()
        for wall in walls:
            await _seen(postgres, wall)
        return sum("set_config" in statement for statement in told)

    engine = postgres.engines.reading.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)

    await _seen(postgres, around([NORTH]))
    assert await settings(*[around([NORTH])] * 5) == 0
    assert await settings(around([SOUTH]), around([SOUTH]), around([NORTH])) == 2


async def _fail_on_the_way(storage: Storage, wall: Wall) -> None:
    async with storage.write(wall) as write:
        await write.rows(PLACES)
        raise ZeroDivisionError


async def test_a_transaction_that_rolls_back_takes_its_wall_with_it(postgres: Storage) -> None:
    """W1: PostgreSQL forgets then what it was told; the next unit of the connection tells it."""
    for wall, seen in ((around([NORTH]), {NORTH}), (around([SOUTH]), {SOUTH})):
        with pytest.raises(ZeroDivisionError):
            await _fail_on_the_way(postgres, wall)
        async with postgres.write(wall) as write:
            assert {row[0] for row in await write.rows(PLACES)} == seen


async def test_no_table_stays_open(postgres: Storage, fence: Owner) -> None:
    """W3: what was opened by hand is found by name, and closed by the next migration."""
    assert await find_open(postgres) == []
    for opened, how in (
        ("fence_thing", "ALTER TABLE fence_thing NO FORCE ROW LEVEL SECURITY"),
        ("fence_thing", "ALTER TABLE fence_thing DISABLE ROW LEVEL SECURITY"),
        ("fence_thing", "CREATE POLICY mine ON fence_thing USING (true)"),
        ("fence_thing", "DROP POLICY aula_wall ON fence_thing"),
        ("fence_view", "ALTER VIEW fence_view RESET (security_invoker)"),
    ):
        async with postgres.engines.writing.begin() as connection:
            await connection.exec_driver_sql(how)
        assert await find_open(postgres) == [opened]
        assert await migrate(postgres, [fence]) == ["fence"]
        assert await find_open(postgres) == []
    assert await migrate(postgres, [fence]) == []


async def test_the_tests_run_as_a_role_for_which_the_wall_holds(postgres: Storage) -> None:
    """W4: a superuser would see through it, and every test of it would prove nothing."""
    assert not await is_bypassed(postgres)


async def test_a_unit_without_a_wall_is_for_global_tables_alone(
    empty_database: str, fence: Owner
) -> None:
    """W1: before it is known who asks, nothing that belongs to a municipality can be asked for."""
    storage = Storage(empty_database)
    try:
        await migrate(storage, [fence])
        async with storage.write(GLOBAL) as write:
            for statement in (
                PLACES,
                sa.select(sa.exists().where(thing.c.id == new_id())),
                sa.insert(thing).values(id=new_id(), municipality_id=NORTH),
                sa.delete(thing),
                sa.text("SELECT municipality_id FROM fence_thing"),
            ):
                with pytest.raises(BehindTheWall):
                    await write.execute(statement)
            assert not write.has_work
        with pytest.raises(BehindTheWall):
            async with storage.read(GLOBAL) as read:
                await read.rows(sa.select(idempotency.c.key, PLACES.scalar_subquery()))
    finally:
        await storage.close()
