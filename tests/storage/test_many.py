"""A parameter with several values: the same on both databases, one text on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid5

import pytest
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import Id
from aula_sdk.many import many

IDS = [uuid5(UUID(int=0), name) for name in ("first", "second", "third")]
NAMES = {"first": IDS[0], "second": IDS[1], "third": IDS[2]}
_things = sa.union_all(
    *(
        sa.select(sa.literal(id_, Id).label("id"), sa.literal(name, sa.String).label("name"))
        for name, id_ in NAMES.items()
    )
).subquery("things")
_INSIDE = sa.select(_things.c.name).where(_things.c.id.in_(many("wanted", Id())))
_OUTSIDE = sa.select(_things.c.name).where(_things.c.id.not_in(many("wanted", Id())))
_WORDS = sa.select(_things.c.name).where(_things.c.name.in_(many("words", sa.String())))


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    yield opened
    await opened.close()


@pytest.mark.parametrize("wanted", [[], IDS[:1], IDS[:2], [*IDS, UUID(int=7)], IDS[:1] * 40])
async def test_any_number_of_values_is_given(storage: Storage, wanted: Sequence[UUID]) -> None:
    async with storage.read(EVERYWHERE) as read:
        inside = await read.rows(_INSIDE, {"wanted": list(wanted)})
        outside = await read.rows(_OUTSIDE, {"wanted": list(wanted)})
    assert {row.name for row in inside} == {name for name, id_ in NAMES.items() if id_ in wanted}
    assert {row.name for row in outside} == set(NAMES) - {row.name for row in inside}


async def test_words_can_be_given_too(storage: Storage) -> None:
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(_WORDS, {"words": ["second", "æ', ("]})
    assert [row.name for row in rows] == ["second"]


async def test_postgresql_gets_the_same_text_for_any_number(storage: Storage) -> None:
    """It plans a statement by its text, so a list of any length is planned once."""
    texts: set[str] = set()

    @sa.event.listens_for(storage.engines.reading.sync_engine, "before_cursor_execute")
    def keep(*given: object) -> None:
        texts.add(str(given[2]))

    async with storage.read(EVERYWHERE) as read:
        await read.rows(_INSIDE, {"wanted": []})
        texts.clear()
        for count in (0, 1, 2):
            await read.rows(_INSIDE, {"wanted": IDS[:count]})
    assert len(texts) == (3 if storage.is_sqlite else 1)
