"""What goes straight to PostgreSQL's driver is what SQLAlchemy would have found (decision 0048)."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, PendingRollbackError, StatementError

from aula_platform.storage import EVERYWHERE, OWNER, Storage, held
from aula_platform.storage.writes import Note
from aula_sdk.db import Instant
from aula_sdk.many import many
from tests.databases import open_database
from tests.storage.kinds_of_values import VALUES

_TIMES = 4
"""The first time a statement is met, the second it is asked of SQLAlchemy how it is written."""
_VALUES = {**VALUES, "amount": (sa.Numeric(10, 2), Decimal("12.50"))}
_metadata = sa.MetaData()
_table = sa.Table(
    "kinds_of_values",
    _metadata,
    sa.Column("number_of_row", sa.Integer, primary_key=True),
    *(sa.Column(name, kind) for name, (kind, _value) in _VALUES.items()),
)
_ROW = {name: value for name, (_kind, value) in _VALUES.items()}


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_database("postgresql", tmp_path, [OWNER]) as opened:
        async with opened.engines.writing.begin() as connection:
            await connection.run_sync(_metadata.create_all)
            empty = dict.fromkeys(_ROW)
            rows = [{**_ROW, "number_of_row": 1}, {**empty, "number_of_row": 2}]
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


def _is_held(statement: sa.Executable) -> bool:
    forms = held._known["postgresql"][statement]
    return forms is not None and bool(forms.of_lengths)


async def test_each_type_comes_back_as_by_sqlalchemy(postgres: Storage) -> None:
    """Values of all types, and nothing, under the same names and labels."""
    statement = sa.select(_table, _table.c.text.label("word"), sa.literal(1)).order_by(
        _table.c.number_of_row
    )
    first, *others = await _ask_often(postgres, statement)
    assert _is_held(statement)
    assert [row._mapping for row in others[-1]] == [row._mapping for row in first]
    assert others == [first] * (_TIMES - 1)
    row = others[-1][0]
    assert {name: getattr(row, name) for name in _ROW} == _ROW
    assert [type(value) for value in row] == [type(value) for value in first[0]]
    assert row.word == "Ærø"


class _Both(msgspec.Struct, frozen=True):
    number: int
    document: Any


async def test_every_way_of_asking_finds_the_same(postgres: Storage) -> None:
    """Rows, Structs, the first row and the first value; of nothing, nothing."""
    statement = sa.select(_table.c.number, _table.c.document).where(
        _table.c.number == sa.bindparam("wanted")
    )
    for _each in range(_TIMES):
        async with postgres.read(EVERYWHERE) as read:
            here, nowhere = {"wanted": -3}, {"wanted": 0}
            assert await read.structs(_Both, statement, here) == [_Both(-3, _ROW["document"])]
            assert await read.structs(_Both, statement, nowhere) == []
            row = await read.first(statement, here)
            assert row is not None
            assert (row.number, row.document) == (-3, _ROW["document"])
            assert await read.first(statement, nowhere) is None
            assert await read.scalar(statement, here) == -3
            assert await read.scalar(statement, nowhere) is None
    assert _is_held(statement)


_LISTED = sa.select(_table.c.number_of_row).where(
    sa.or_(
        _table.c.number.in_((7, -3)),
        _table.c.text.in_(many("words", sa.String())),
        sa.and_(_table.c.kind.is_(None), _table.c.number_of_row.not_in((4, 5))),
    ),
    _table.c.number_of_row >= sa.bindparam("least", 1),
)


async def test_lists_of_any_length_are_one_statement(postgres: Storage) -> None:
    """A fixed list is part of the text, one of any length an array; else the statement's value."""
    for words in ([], ["Ærø"], ["b", "Ærø", "c"]):
        found = await _ask_often(postgres, _LISTED, {"words": words})
        assert [[row.number_of_row for row in rows] for rows in found] == [[1, 2]] * _TIMES
    found = await _ask_often(postgres, _LISTED, {"words": ["b"], "least": 2})
    assert [[row.number_of_row for row in rows] for rows in found] == [[2]] * _TIMES
    assert _is_held(_LISTED)


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(_table.c.number).where(
            _table.c.number.in_(sa.bindparam("numbers", expanding=True))
        ),
        sa.text("SELECT number FROM kinds_of_values WHERE number = -3"),
        sa.select(sa.text("number")).select_from(_table).where(_table.c.number == -3),
        sa.select(_table.c.number).where(
            _table.c.number == sa.bindparam("x", callable_=lambda: -3, type_=sa.Integer)
        ),
    ],
    ids=["written anew", "text", "text as column", "worked out"],
)
async def test_what_is_written_anew_each_time_is_left_to_sqlalchemy(
    postgres: Storage, statement: sa.Executable
) -> None:
    found = await _ask_often(postgres, statement, {"numbers": [-3, 4]})
    assert [[tuple(row) for row in rows] for rows in found] == [[(-3,)]] * _TIMES
    assert not _is_held(statement)


async def test_who_says_something_wrong_hears_it_from_sqlalchemy(postgres: Storage) -> None:
    """A value that is missing, that its type refuses, that the driver or the database refuses;
    and the unit goes on.
    """
    statement = sa.select(_table.c.number).where(
        _table.c.at == sa.bindparam("at", type_=Instant),
        sa.literal(1) / sa.bindparam("by", type_=sa.Integer) == 1,
    )
    good = {"at": _ROW["at"], "by": 1}
    await _ask_often(postgres, statement, good)
    assert _is_held(statement)
    async with postgres.read(EVERYWHERE) as read:
        for bad in (
            {"at": _ROW["at"]},
            {**good, "at": datetime(2026, 1, 1)},  # noqa: DTZ001  # That is what is refused.
            {**good, "by": "one"},
            {**good, "by": 0},
        ):
            with pytest.raises(StatementError):
                await read.rows(statement, bad)
            assert await read.scalar(statement, good) == -3


async def test_a_table_that_changes_meanwhile(postgres: Storage) -> None:
    """What was prepared does not fit any more: it is prepared again (a plugin's migration)."""
    statement = sa.select(_table.c.number)
    await _ask_often(postgres, statement)
    async with postgres.engines.writing.begin() as other:
        await other.exec_driver_sql(
            "ALTER TABLE kinds_of_values ALTER number TYPE varchar(9), ADD also integer"
        )
    found = await _ask_often(postgres, statement)
    assert [[row.number for row in rows] for rows in found] == [["-3", None]] * _TIMES


_SLEEP = sa.select(sa.func.pg_sleep(sa.bindparam("seconds", type_=sa.Float)))
_ONE = sa.select(sa.literal(1).label("one"))
_PID = sa.select(sa.func.pg_backend_pid())


@pytest.mark.parametrize("moment", [0.0, 0.05])
async def test_who_is_cut_off_leaves_no_answer_behind(postgres: Storage, moment: float) -> None:
    """A browser that hangs up in the middle: nobody gets that connection any more."""
    await _ask_often(postgres, _SLEEP, {"seconds": 0.0})
    await _ask_often(postgres, _ONE)
    assert _is_held(_SLEEP)

    async def sleep() -> None:
        async with postgres.read(EVERYWHERE) as read:
            await read.rows(_SLEEP, {"seconds": 30.0})

    for _each in range(3):
        sleeping = asyncio.create_task(sleep())
        await asyncio.sleep(moment)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        async with postgres.read(EVERYWHERE) as read:
            assert await read.scalar(_ONE) == 1
    async with postgres.engines.writing.connect() as other:
        asleep = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND datname = current_database() AND query LIKE '%pg_sleep%'"
            " AND pid <> pg_backend_pid()"
        )
        assert await other.scalar(asleep) == 0


async def test_a_note_that_is_cut_off_ends_its_connection(postgres: Storage) -> None:
    """The one connection for what was read is not given back in the middle of something."""
    kept = postgres._noting

    async def note(statement: sa.Executable, **values: Any) -> int:
        unit = Note(kept, EVERYWHERE, None, None)
        try:
            pid = await unit.scalar(_PID)
            await unit.execute(statement, values)
            await unit.commit()
        finally:
            await unit.close()
        return int(pid)

    pids = [await note(_SLEEP, seconds=0.0) for _each in range(_TIMES)]
    assert len(set(pids)) == 1
    sleeping = asyncio.create_task(note(_SLEEP, seconds=30.0))
    await asyncio.sleep(0.05)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert await note(_SLEEP, seconds=0.0) not in pids


async def test_statements_of_one_unit_take_turns(postgres: Storage) -> None:
    """A plugin that asks for two things at once gets both."""
    await _ask_often(postgres, _SLEEP, {"seconds": 0.0})
    await _ask_often(postgres, _ONE)
    async with postgres.read(EVERYWHERE) as read:
        asked = (read.rows(_SLEEP, {"seconds": 0.05}), read.scalar(_ONE), read.scalar(_ONE))
        assert (await asyncio.gather(*asked))[1:] == [1, 1]


async def test_who_listens_hears_every_statement(postgres: Storage) -> None:
    """Watches, and what counts statements in plugins' tests, depend on it."""
    await _ask_often(postgres, _ONE)
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        heard.append(text)

    sa.event.listen(postgres.engines.reading.sync_engine, "before_cursor_execute", hear)
    await _ask_often(postgres, _ONE)
    assert len([text for text in heard if "AS one" in text]) == _TIMES


async def test_a_statement_that_is_gone_leaves_nothing(postgres: Storage) -> None:
    """Neither here nor in the connection that has prepared it."""
    statement = sa.select(sa.literal(datetime(2026, 1, 1, tzinfo=UTC), Instant).label("gone"))
    await _ask_often(postgres, statement)
    forms = held._known["postgresql"][statement]
    assert forms is not None
    kept = weakref.ref(next(iter(forms.of_lengths.values())))
    assert kept() is not None
    known = len(held._known["postgresql"])
    del forms
    del statement
    postgres.engines.reading.sync_engine.clear_compiled_cache()
    gc.collect()
    assert kept() is None
    assert len(held._known["postgresql"]) < known


async def test_an_ended_connection_is_told_as_ever(postgres: Storage) -> None:
    """As an error of the database's, whose connection is invalidated."""
    await _ask_often(postgres, _ONE)
    async with postgres.engines.writing.connect() as other:
        await other.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    async with postgres.read(EVERYWHERE) as read:
        with pytest.raises(DBAPIError) as told:
            await read.scalar(_ONE)
        assert told.value.connection_invalidated
        # No other takes its place in this unit, which would have to be told how far it reaches.
        with pytest.raises(PendingRollbackError):
            await read.scalar(_ONE)
    async with postgres.read(EVERYWHERE) as read:
        assert await read.scalar(_ONE) == 1
