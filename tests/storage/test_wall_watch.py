"""The test kit's own wall on SQLite: it finds the query that looks through, and lets others be."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.storage import EVERYWHERE, Storage, around
from aula_platform.storage.migrate import Owner, migrate
from aula_platform.testing_wall import ThroughTheWall, WallWatch
from tests.databases import open_database
from tests.storage.fence import NORTH, SOUTH, plant, thing, view


@pytest.fixture
async def watched(tmp_path: Path, fence: Owner) -> AsyncIterator[tuple[Storage, WallWatch]]:
    async with open_database("sqlite", tmp_path, [fence]) as planted:
        await plant(planted)
        storage = Storage(planted.url)
        await migrate(storage, [fence])
        yield storage, WallWatch(storage)
        await storage.close()


PLACES = sa.select(thing.c.municipality_id)
LEAKS: dict[str, sa.Select[Any]] = {
    "a list": PLACES,
    "a count": sa.select(sa.func.count()).select_from(thing),
    "an alias": sa.select(thing.alias("other").c.id),
    "a view": sa.select(view.c.municipality_id),
    "a subquery": sa.select(sa.literal(1)).where(
        sa.exists().where(thing.c.municipality_id == SOUTH)
    ),
    "one row": PLACES.order_by(thing.c.id.desc()).limit(1),
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_query_that_looks_through_the_wall_is_refused(
    watched: tuple[Storage, WallWatch], leak: str
) -> None:
    """W5: whatever its shape, in units that read and in units that write; outside it may."""
    storage, watch = watched
    for opened in (storage.read, storage.write):
        with pytest.raises(ThroughTheWall):
            async with opened(around([NORTH])) as unit:
                await unit.rows(LEAKS[leak])
    assert len(watch.leaks) == 2
    async with storage.read(EVERYWHERE) as read:
        assert await read.rows(LEAKS[leak])


async def test_a_query_with_a_wall_of_its_own_passes(watched: tuple[Storage, WallWatch]) -> None:
    """W5: what asks for its municipalities is answered as ever."""
    storage, watch = watched
    for place in (NORTH, SOUTH):
        async with storage.read(around([place])) as read:
            mine = PLACES.where(thing.c.municipality_id == place)
            assert [row[0] for row in await read.rows(mine)] == [place]
    async with storage.read(around([NORTH, SOUTH])) as read:
        assert {row[0] for row in await read.rows(PLACES)} == {NORTH, SOUTH}
    assert watch.leaks == []


async def test_nothing_is_written_beyond_the_wall(watched: tuple[Storage, WallWatch]) -> None:
    """W5: neither new rows nor changes nor removals; within it all three."""
    storage, _watch = watched
    for statement in (
        sa.insert(thing).values(id=SOUTH, municipality_id=SOUTH),
        sa.update(thing).values(municipality_id=NORTH),
        sa.delete(thing),
    ):
        with pytest.raises(DBAPIError, match="beyond the wall"):
            async with storage.write(around([NORTH])) as write:
                await write.execute(statement)
    async with storage.write(around([SOUTH])) as write:
        await write.execute(sa.insert(thing).values(id=NORTH, municipality_id=SOUTH))
        gone = await write.execute(sa.delete(thing).where(thing.c.municipality_id == SOUTH))
    assert gone.rowcount == 2
