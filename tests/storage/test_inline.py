"""What is asked of SQLite in the loop itself is what a thread would have found (decision 0050)."""

import asyncio
import gc
import sqlite3
import time
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError

from aula_platform.storage import EVERYWHERE, GLOBAL, OWNER, Storage, around, held, inline
from aula_platform.storage.wall import BehindTheWall
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.many import many
from tests.databases import open_database
from tests.storage.kinds_of_values import VALUES

_TIMES = 4
"""The first time a statement is met, the second it is asked of SQLAlchemy how it is written."""
_metadata = sa.MetaData()
_table = sa.Table(
    "kinds_of_values",
    _metadata,
    sa.Column("number_of_row", sa.Integer, primary_key=True),
    *(sa.Column(name, kind) for name, (kind, _value) in VALUES.items()),
)
_ROW = {name: value for name, (_kind, value) in VALUES.items()}
_COUNT = sa.select(sa.func.count()).select_from(_table)


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_database("sqlite", tmp_path, [OWNER]) as opened:
        async with opened.engines.writing.begin() as connection:
            await connection.run_sync(_metadata.create_all)
            rows = [{**_ROW, "number_of_row": 1}, {**dict.fromkeys(_ROW), "number_of_row": 2}]
            await connection.execute(sa.insert(_table), rows)
        yield opened


async def _ask_often(
    storage: Storage, statement: sa.Executable, params: dict[str, Any] | None = None
) -> list[list[sa.Row[Any]]]:
    """Return what is found each time, the first time by SQLAlchemy."""
    found = []
    for _each in range(_TIMES):
        async with storage.read(EVERYWHERE) as read:
            found.append(list(await read.rows(statement, params)))
    return found


def _reader(storage: Storage) -> inline.InlineReader:
    reader = storage._reading.inline
    assert reader is not None
    return reader


def _is_inline(
    storage: Storage, statement: sa.Executable, params: dict[str, Any] | None = None
) -> bool:
    """Whether it is asked in the loop from now on."""
    return _reader(storage).ask(statement, params or {}) is not None


async def test_each_type_comes_back_as_by_sqlalchemy(sqlite: Storage) -> None:
    """Values of all types, and nothing, under the same names and labels."""
    statement = sa.select(_table, _table.c.text.label("word"), sa.literal(1)).order_by(
        _table.c.number_of_row
    )
    first, *others = await _ask_often(sqlite, statement)
    assert _is_inline(sqlite, statement)
    assert [row._mapping for row in others[-1]] == [row._mapping for row in first]
    assert others == [first] * (_TIMES - 1)
    row = others[-1][0]
    assert {name: getattr(row, name) for name in _ROW} == _ROW
    assert [type(value) for value in row] == [type(value) for value in first[0]]


async def test_each_type_goes_in_as_by_sqlalchemy(sqlite: Storage) -> None:
    """Whatever a row is looked for by, it is found."""
    for name in _ROW.keys() - {"document"}:
        statement = sa.select(_table.c.number_of_row).where(
            _table.c[name] == sa.bindparam("wanted", type_=_table.c[name].type)
        )
        found = await _ask_often(sqlite, statement, {"wanted": _ROW[name]})
        assert [[row.number_of_row for row in rows] for rows in found] == [[1]] * _TIMES, name
        assert _is_inline(sqlite, statement, {"wanted": _ROW[name]}), name


class _Both(msgspec.Struct, frozen=True):
    number: int
    document: Any


async def test_every_way_of_asking_finds_the_same(sqlite: Storage) -> None:
    """Rows, Structs, the first row and the first value; of nothing, nothing."""
    statement = sa.select(_table.c.number, _table.c.document).where(
        _table.c.number == sa.bindparam("wanted")
    )
    here, nowhere = {"wanted": -3}, {"wanted": 0}
    for _each in range(_TIMES):
        async with sqlite.read(EVERYWHERE) as read:
            assert await read.structs(_Both, statement, here) == [_Both(-3, _ROW["document"])]
            assert await read.structs(_Both, statement, nowhere) == []
            row = await read.first(statement, here)
            assert row is not None
            assert (row.number, row.document) == (-3, _ROW["document"])
            assert await read.first(statement, nowhere) is None
            assert await read.scalar(statement, here) == -3
            assert await read.scalar(statement, nowhere) is None
            assert read.statements == 6
    assert _is_inline(sqlite, statement, here)


async def test_a_union_has_the_names_that_it_has_by_sqlalchemy(sqlite: Storage) -> None:
    one = sa.select(_table.c.number_of_row, _table.c.text.label("word"))
    statement = one.where(_table.c.number == -3).union_all(one.where(_table.c.number.is_(None)))
    found = await _ask_often(sqlite, statement)
    assert _is_inline(sqlite, statement)
    for rows in found:
        assert {(row.number_of_row, row.word) for row in rows} == {(1, "Ærø"), (2, None)}


_LISTED = sa.select(_table.c.number_of_row).where(
    sa.or_(
        _table.c.number.in_((7, -3)),
        _table.c.text.in_(many("words", sa.String())),
        sa.and_(_table.c.kind.is_(None), _table.c.number_of_row.not_in(many("not", sa.Integer()))),
    ),
    _table.c.number_of_row >= sa.bindparam("least", 1),
)


async def test_lists_of_any_length_and_kind(sqlite: Storage) -> None:
    """Each length is another statement to SQLite; they are few, because lengths are evened out."""
    for words in ([], ["Ærø"], ("b", "Ærø"), {"b", "Ærø", "c"}, [str(n) for n in range(100)]):
        for unwanted in ([], [4], frozenset({4, 5, 6})):
            params = {"words": words, "not": unwanted}
            found = await _ask_often(sqlite, _LISTED, params)
            assert [[row.number_of_row for row in rows] for rows in found] == [[1, 2]] * _TIMES
            assert _is_inline(sqlite, _LISTED, params)
    found = await _ask_often(sqlite, _LISTED, {"words": ["b"], "not": [2], "least": 2})
    assert found == [[]] * _TIMES


async def test_a_statement_is_held_in_so_many_lengths_and_no_more(sqlite: Storage) -> None:
    """What a thief could let grow without end does not; the answers are right all the same."""
    statement = sa.select(_table.c.number_of_row).where(
        *(_table.c.number.in_(many(f"list{number}", sa.Integer())) for number in range(3))
    )
    for first in range(5):
        for second in range(5):
            for third in range(5):
                lengths = (2**first, 2**second, 2**third)
                params = {f"list{n}": [-3, *range(lengths[n] - 1)] for n in range(3)}
                async with sqlite.read(EVERYWHERE) as read:
                    assert await read.scalar(statement, params) == 1
    forms = held._known["sqlite"][statement]
    assert forms is not None
    assert len(forms.of_lengths) == held._MOST_FORMS


@pytest.mark.parametrize(
    "statement",
    [
        sa.text("SELECT number FROM kinds_of_values WHERE number = -3"),
        sa.select(sa.text("number")).select_from(_table).where(_table.c.number == -3),
        sa.select(_table.c.number).where(
            _table.c.number == sa.bindparam("x", callable_=lambda: -3, type_=sa.Integer)
        ),
        sa.select(_table.c.number).where(
            sa.tuple_(_table.c.number, _table.c.text).in_(sa.bindparam("pairs", expanding=True))
        ),
        sa.select(_table.c.number).where(_table.c.text.regexp_match("^Æ")),
    ],
    ids=["text", "text as column", "worked out", "pairs", "function of Python's"],
)
async def test_what_is_not_held_is_found_all_the_same(
    sqlite: Storage, statement: sa.Executable
) -> None:
    params = {"pairs": [(-3, "Ærø")]}
    found = await _ask_often(sqlite, statement, params)
    assert [[tuple(row) for row in rows] for rows in found] == [[(-3,)]] * _TIMES
    assert not _is_inline(sqlite, statement, params)


async def test_who_says_something_wrong_hears_it_from_sqlalchemy(sqlite: Storage) -> None:
    """A value that is missing, that its type refuses, that SQLite cannot hold; the unit goes on."""
    statement = sa.select(_table.c.number).where(
        _table.c.at == sa.bindparam("at", type_=Instant),
        _table.c.number < sa.bindparam("below", type_=sa.Integer),
    )
    good = {"at": _ROW["at"], "below": 1}
    await _ask_often(sqlite, statement, good)
    assert _is_inline(sqlite, statement, good)
    async with sqlite.read(EVERYWHERE) as read:
        for bad, error in (
            ({"at": _ROW["at"]}, StatementError),
            ({**good, "at": datetime(2026, 1, 1)}, StatementError),  # noqa: DTZ001  # Refused.
            ({**good, "below": 2**70}, OverflowError),
            ({**good, "below": object()}, StatementError),
        ):
            with pytest.raises(error):
                await read.rows(statement, bad)
            assert await read.scalar(statement, good) == -3


_LONG = sa.select(sa.func.count()).select_from(
    sa.select(sa.literal(1).label("n"))
    .cte("numbers", recursive=True)
    .union_all(
        sa.select(sa.column("n", sa.Integer) + 1)
        .select_from(sa.table("numbers"))
        .where(sa.column("n", sa.Integer) < sa.bindparam("most", type_=sa.Integer))
    )
)


async def test_what_is_long_holds_up_nobody(sqlite: Storage) -> None:
    """It is broken off at once and asked in a thread, for a minute without trying again; what is
    short with other values is asked here after that.
    """
    short, long = {"most": 10}, {"most": 3_000_000}
    await _ask_often(sqlite, _LONG, short)
    assert _is_inline(sqlite, _LONG, short)
    reader = _reader(sqlite)
    began = time.thread_time()
    assert reader.ask(_LONG, long) is None
    assert reader._steps == inline.MOST_STEPS + 1
    assert time.thread_time() - began < 0.5
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count_turns())
    async with sqlite.read(EVERYWHERE) as read:
        assert await read.scalar(_LONG, long) == long["most"]
    counting.cancel()
    assert turns > 100
    assert not _is_inline(sqlite, _LONG, short)
    reader._long.clear()
    assert _is_inline(sqlite, _LONG, short)


async def test_what_was_committed_is_seen_and_nothing_else(sqlite: Storage) -> None:
    add = sa.insert(_table)
    await _ask_often(sqlite, _COUNT)
    assert _is_inline(sqlite, _COUNT)
    async with sqlite.write(EVERYWHERE) as write:
        await write.execute(add, {**_ROW, "number_of_row": 3})
        assert await write.scalar(_COUNT) == 3
        async with sqlite.read(EVERYWHERE) as read:
            assert await read.scalar(_COUNT) == 2
    async with sqlite.read(EVERYWHERE) as read:
        assert await read.scalar(_COUNT) == 3


async def test_a_snapshot_stays_as_it_was(sqlite: Storage) -> None:
    await _ask_often(sqlite, _COUNT)
    async with sqlite.snapshot(EVERYWHERE) as snapshot:
        assert await snapshot.scalar(_COUNT) == 2
        async with sqlite.write(EVERYWHERE) as write:
            await write.execute(sa.delete(_table))
        assert await snapshot.scalar(_COUNT) == 2
    async with sqlite.read(EVERYWHERE) as read:
        assert await read.scalar(_COUNT) == 0


async def test_a_table_that_changes_meanwhile(sqlite: Storage) -> None:
    """SQLite looks at it again by itself; one that is gone is told as ever."""
    statement = sa.select(_table.c.number).where(_table.c.number_of_row == 1)
    await _ask_often(sqlite, statement)
    async with sqlite.engines.writing.begin() as other:
        await other.exec_driver_sql("ALTER TABLE kinds_of_values ADD COLUMN also INTEGER")
        await other.exec_driver_sql("UPDATE kinds_of_values SET number = 5")
    assert [[row.number for row in rows] for rows in await _ask_often(sqlite, statement)] == [
        [5]
    ] * _TIMES
    async with sqlite.engines.writing.begin() as other:
        await other.exec_driver_sql("DROP TABLE kinds_of_values")
    async with sqlite.read(EVERYWHERE) as read:
        with pytest.raises(DBAPIError, match="no such table"):
            await read.rows(statement)


async def test_while_another_process_holds_the_file(sqlite: Storage) -> None:
    """What cannot be asked here is left to SQLAlchemy at once; nobody's turn is waited for."""
    await _ask_often(sqlite, _COUNT)
    for kept in (sqlite._reading, sqlite._writing):
        await kept.close()
    await sqlite.engines.dispose()
    path = sqlite.engines.reading.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    assert not _is_inline(sqlite, _COUNT)
    other.close()
    assert [[row[0] for row in rows] for rows in await _ask_often(sqlite, _COUNT)] == [[2]] * _TIMES
    assert _is_inline(sqlite, _COUNT)


async def test_nothing_can_be_written_by_it(sqlite: Storage) -> None:
    """Even of a statement that is taken for a reading."""
    reader = _reader(sqlite)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        (reader._connection or reader._connect()).execute("DELETE FROM kinds_of_values")


async def test_a_unit_without_a_wall_reads_global_tables_alone(sqlite: Storage) -> None:
    """Held or not."""
    walled = sa.Table(
        "walled", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("municipality_id", Id())
    )
    async with sqlite.engines.writing.begin() as other:
        await other.run_sync(walled.metadata.create_all)
    statement = sa.select(walled.c.id)
    await _ask_often(sqlite, statement)
    assert _is_inline(sqlite, statement)
    async with sqlite.read(GLOBAL) as read:
        with pytest.raises(BehindTheWall):
            await read.rows(statement)
    async with sqlite.read(around([new_id()])) as read:
        assert await read.rows(statement) == []


async def test_who_listens_hears_every_statement(sqlite: Storage) -> None:
    """Watches, and what counts statements in plugins' tests, depend on it."""
    await _ask_often(sqlite, _COUNT)
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        heard.append(text)

    sa.event.listen(sqlite.engines.reading.sync_engine, "before_cursor_execute", hear)
    await _ask_often(sqlite, _COUNT)
    assert len(heard) == _TIMES


async def test_a_statement_that_is_gone_leaves_nothing(sqlite: Storage) -> None:
    statement = sa.select(sa.literal(datetime(2026, 1, 1, tzinfo=UTC), Instant).label("gone"))
    await _ask_often(sqlite, statement)
    forms = held._known["sqlite"][statement]
    assert forms is not None
    kept = weakref.ref(next(iter(forms.of_lengths.values())))
    del statement, forms
    sqlite.engines.reading.sync_engine.clear_compiled_cache()
    gc.collect()
    assert kept() is None
    assert not _reader(sqlite)._shapes


async def test_closing_brings_statistics_up_to_date(tmp_path: Path) -> None:
    """Of tables that were asked here alone, too."""
    async with open_database("sqlite", tmp_path, [OWNER]) as opened:
        async with opened.engines.writing.begin() as connection:
            await connection.run_sync(_metadata.create_all)
            await connection.exec_driver_sql("CREATE INDEX by_text ON kinds_of_values (text)")
        async with opened.write(EVERYWHERE) as write:
            rows = [{"number_of_row": n, "text": str(n % 7)} for n in range(500)]
            await write.execute(sa.insert(_table), rows)
        wanted = sa.select(_table.c.number_of_row).where(
            _table.c.text == sa.bindparam("text"), _table.c.number_of_row > 1
        )
        await _ask_often(opened, wanted, {"text": "3"})
        assert _is_inline(opened, wanted, {"text": "3"})
        path = opened.engines.reading.url.database
    assert path is not None
    with sqlite3.connect(path) as other:
        known = other.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'kinds_of_values'")
        assert known.fetchone()[0] > 0
    other.close()
