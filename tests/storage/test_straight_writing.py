"""What is written straight by the driver is what SQLAlchemy would have written (0048, 0050)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError, StatementError

from aula_platform.storage import EVERYWHERE, OWNER, Storage, held
from aula_platform.storage.writes import NotCommitted
from aula_sdk.db import JSON, Id, Instant, utc_now
from aula_sdk.ids import new_id
from aula_sdk.people import Kind
from tests.databases import open_database

_metadata = sa.MetaData()
_thing = sa.Table(
    "things",
    _metadata,
    sa.Column("id", Id(), primary_key=True),
    sa.Column("name", sa.String(10), nullable=False, unique=True),
    sa.Column("parent_id", Id(), sa.ForeignKey("things.id")),
    sa.Column("at", Instant()),
    sa.Column("document", JSON),
    sa.Column("kind", sa.Enum(Kind, native_enum=False)),
    sa.Column("number", sa.Integer, sa.CheckConstraint("number > 0")),
    sa.Column("made", sa.String(10), default=lambda: "by Python"),
)
_counted = sa.Table(
    "counted",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(10)),
)
_FULL = {
    "parent_id": None,
    "at": utc_now(),
    "document": {"a": [1, None, "å"]},
    "kind": Kind.GUARDIAN,
    "number": 3,
    "made": "here",
}
_TIMES = 4
"""The first time a statement is met, the second it is asked of SQLAlchemy how it is written."""


@asynccontextmanager
async def _open(kind: str, folder: Path) -> AsyncIterator[Storage]:
    async with open_database(kind, folder, [OWNER]) as opened:
        async with opened.engines.writing.begin() as connection:
            await connection.run_sync(_metadata.create_all)
        yield opened


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[Storage]:
    async with _open("postgresql", tmp_path) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    async with _open(request.param, tmp_path) as opened:
        yield opened


def _row(name: str, **values: Any) -> dict[str, Any]:
    return {"id": new_id(), "name": name, **_FULL, **values}


def _is_held(storage: Storage, statement: sa.Executable) -> bool:
    forms = held._known[storage.engines.writing.dialect.name][statement]
    return forms is not None and bool(forms.of_lengths)


async def _names(storage: Storage) -> list[str]:
    async with storage.read(EVERYWHERE) as read:
        return [row.name for row in await read.rows(sa.select(_thing.c.name).order_by("name"))]


async def _write(storage: Storage, *asked: tuple[sa.Executable, dict[str, Any]]) -> None:
    async with storage.write(EVERYWHERE) as write:
        for statement, params in asked:
            await write.execute(statement, params)


async def _hold(storage: Storage, statement: sa.Executable, params: dict[str, Any]) -> None:
    """Run it often enough, and leave nothing of it."""
    for _each in range(_TIMES):
        async with storage.rehearse(EVERYWHERE) as write:
            await write.execute(statement, params)
    assert _is_held(storage, statement)


async def test_what_is_written_is_what_sqlalchemy_would_write(storage: Storage) -> None:
    """Values of all types come back as those of the first row, which SQLAlchemy wrote."""
    statement = sa.insert(_thing)
    for number in range(_TIMES):
        async with storage.write(EVERYWHERE) as write:
            done = await write.execute(statement, _row(f"n{number}"))
            assert done.rowcount == 1
    assert _is_held(storage, statement)
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(*(_thing.c[name] for name in _FULL)))
    assert [row._asdict() for row in rows] == [_FULL] * _TIMES


async def test_how_many_were_written_and_what_is_returned(storage: Storage) -> None:
    """Of an UPDATE, a DELETE, and an INSERT that meets what is there: each time the same."""
    change = (
        sa.update(_thing)
        .where(_thing.c.number >= sa.bindparam("least", type_=sa.Integer))
        .values(number=_thing.c.number + 1)
    )
    remove = sa.delete(_thing).where(_thing.c.name == sa.bindparam("gone"))
    take = remove.returning(_thing.c.kind, _thing.c.at)
    meet = insert(_thing).on_conflict_do_nothing(index_elements=[_thing.c.name])
    for _each in range(_TIMES):
        async with storage.rehearse(EVERYWHERE) as write:
            await write.execute(sa.insert(_thing), [_row("a"), _row("b"), _row("c", number=1)])
            assert (await write.execute(change, {"least": 2})).rowcount == 2
            assert (await write.execute(meet, _row("a"))).rowcount == 0
            assert (await write.execute(meet, _row("d"))).rowcount == 1
            assert (await write.execute(remove, {"gone": "nobody"})).rowcount == 0
            assert (await write.execute(remove, {"gone": "b"})).rowcount == 1
            taken = await write.execute(take, {"gone": "a"})
            assert [tuple(row) for row in taken.all()] == [(Kind.GUARDIAN, _FULL["at"])]
            row = (await write.execute(take, {"gone": "c"})).first()
            assert row is not None
            assert (row.kind, row.at) == (Kind.GUARDIAN, _FULL["at"])
            assert (await write.execute(take, {"gone": "d"})).scalar() is Kind.GUARDIAN
            assert (await write.execute(take, {"gone": "d"})).first() is None
    assert all(_is_held(storage, one) for one in (change, remove, take, meet))


async def test_other_columns_are_another_statement(storage: Storage) -> None:
    """An INSERT says what its parameters are: with fewer of them the rest stays empty."""
    statement = sa.insert(_thing)
    await _hold(storage, statement, _row("full"))
    async with storage.write(EVERYWHERE) as write:
        await write.execute(statement, {"id": new_id(), "name": "bare", "made": "here"})
        await write.execute(statement, _row("full"))
    async with storage.read(EVERYWHERE) as read:
        found = await read.rows(sa.select(_thing.c.name, _thing.c.number).order_by("name"))
    assert [tuple(row) for row in found] == [("bare", None), ("full", 3)]


async def test_values_that_sqlalchemy_makes_up_are_made_up_each_time(storage: Storage) -> None:
    """A default of Python's, and a key that the database makes: those are not held."""
    by_python = {name: value for name, value in _row("x").items() if name != "made"}
    makes, counts = sa.insert(_thing), sa.insert(_counted)
    for number in range(_TIMES):
        async with storage.write(EVERYWHERE) as write:
            await write.execute(makes, {**by_python, "id": new_id(), "name": f"n{number}"})
            await write.execute(counts, {"name": "one"})
    assert not _is_held(storage, makes)
    # SQLite tells such a key without being asked for it.
    assert _is_held(storage, counts) == storage.is_sqlite
    async with storage.read(EVERYWHERE) as read:
        made = await read.rows(sa.select(_thing.c.made))
        assert [row.made for row in made] == ["by Python"] * _TIMES
        assert await read.scalar(sa.select(sa.func.count()).select_from(_counted)) == _TIMES


_BAD: dict[str, dict[str, Any]] = {
    "there already": {"name": "taken"},
    "empty": {"name": None},
    "of nobody": {"parent_id": new_id()},
    "not allowed": {"number": -1},
    "too long": {"name": "a name of more than ten letters"},
    "too large": {"number": 2**40},
    "no date": {"at": datetime(2026, 1, 1)},  # noqa: DTZ001  # That is what is refused.
    "no number": {"number": "three"},
}


@pytest.mark.parametrize("bad", _BAD.values(), ids=_BAD)
async def test_what_is_refused_is_refused_as_by_sqlalchemy(
    postgres: Storage, bad: dict[str, Any]
) -> None:
    """The same error, without anybody's values; nothing is written, and the next unit goes on."""
    statement = sa.insert(_thing)
    await _hold(postgres, statement, _row("fits"))
    async with postgres.write(EVERYWHERE) as write:
        await write.execute(sa.insert(_thing), _row("taken"))
    told = []
    wrong = {**_row("other", made="secret"), **bad}
    for asked in (sa.insert(_thing), statement):
        with pytest.raises(StatementError) as refused:
            await _write(postgres, (statement, _row("before")), (asked, wrong))
        error = refused.value
        code = getattr(error.orig, "sqlstate", None)
        told.append((type(error), code, getattr(error, "connection_invalidated", None)))
        assert "secret" not in str(error)
    assert told[0] == told[1]
    assert await _names(postgres) == ["taken"]


async def test_what_is_not_there_is_told_as_by_sqlalchemy(postgres: Storage) -> None:
    statement = sa.delete(_counted).where(_counted.c.name == sa.bindparam("gone"))
    await _hold(postgres, statement, {"gone": "x"})
    async with postgres.engines.writing.begin() as other:
        await other.execute(sa.schema.DropTable(_counted))
    told = []
    for asked in (sa.delete(_counted), statement):
        with pytest.raises(DBAPIError) as refused:
            await _write(postgres, (asked, {"gone": "x"} if asked is statement else {}))
        told.append(type(refused.value))
    assert told[0] is told[1]


async def test_a_table_that_changes_meanwhile_costs_one_unit(postgres: Storage) -> None:
    """What was prepared does not fit any more; the next unit has it prepared anew."""
    statement = sa.delete(_thing).where(_thing.c.name == sa.bindparam("gone"))
    take = statement.returning(_thing.c.number)
    await _hold(postgres, take, {"gone": "x"})
    async with postgres.write(EVERYWHERE) as write:
        await write.execute(sa.insert(_thing), _row("x"))
    async with postgres.engines.writing.begin() as other:
        await other.exec_driver_sql("ALTER TABLE things ALTER number TYPE bigint")
    with pytest.raises(DBAPIError):
        await _write(postgres, (take, {"gone": "x"}))
    async with postgres.write(EVERYWHERE) as write:
        assert (await write.execute(take, {"gone": "x"})).scalar() == 3
    assert await _names(postgres) == []


async def test_a_unit_that_fails_leaves_nothing(postgres: Storage) -> None:
    """Nor does one that is rehearsed; the connection is lent on."""
    statement, pid = sa.insert(_thing), sa.select(sa.func.pg_backend_pid())
    await _hold(postgres, statement, _row("lost"))
    used = set()

    async def fail() -> None:
        async with postgres.write(EVERYWHERE) as write:
            used.add(await write.scalar(pid))
            await write.execute(statement, _row("lost"))
            raise RuntimeError

    for _each in range(_TIMES):
        with pytest.raises(RuntimeError):
            await fail()
    async with postgres.write(EVERYWHERE) as write:
        used.add(await write.scalar(pid))
        await write.execute(statement, _row("kept"))
    assert len(used) == 1
    assert await _names(postgres) == ["kept"]


async def test_who_passes_over_a_failure_is_told_that_nothing_was_kept(postgres: Storage) -> None:
    """PostgreSQL answers such a COMMIT by rolling back, without an error of its own."""

    async def pass_over() -> None:
        async with postgres.write(EVERYWHERE) as write:
            await write.execute(sa.insert(_thing), _row("first"))
            with pytest.raises(IntegrityError):
                await write.execute(sa.insert(_thing), _row("first"))

    with pytest.raises(NotCommitted):
        await pass_over()
    assert await _names(postgres) == []


async def test_a_transaction_sees_what_others_commit_meanwhile(postgres: Storage) -> None:
    """As it always did: READ COMMITTED, whatever the database's own habit is."""
    async with postgres.engines.writing.connect() as other:
        name = await other.scalar(sa.text("SELECT quote_ident(current_database())"))
        await other.exec_driver_sql(
            f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"
        )
        await other.commit()
    await postgres._writing.close()
    await postgres.engines.writing.dispose()
    async with postgres.write(EVERYWHERE) as write:
        shown = await write.scalar(sa.select(sa.func.current_setting("transaction_isolation")))
    assert shown == "read committed"


_SLEEP = sa.select(sa.func.pg_sleep(sa.bindparam("seconds", type_=sa.Float)))


@pytest.mark.parametrize("moment", [0.0, 0.05])
async def test_who_is_cut_off_leaves_nothing_behind(postgres: Storage, moment: float) -> None:
    """A browser that hangs up in the middle of a transaction: no row, no lock, no answer."""
    statement = sa.insert(_thing)
    await _hold(postgres, statement, _row("x"))
    await _hold(postgres, _SLEEP, {"seconds": 0.0})

    async def write_slowly() -> None:
        async with postgres.write(EVERYWHERE) as write:
            await write.execute(statement, _row("x"))
            await write.scalar(_SLEEP, {"seconds": 30.0})

    for _each in range(3):
        writing = asyncio.create_task(write_slowly())
        await asyncio.sleep(moment)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        async with postgres.rehearse(EVERYWHERE) as write:
            assert (await write.execute(statement, _row("x"))).rowcount == 1
    assert await _names(postgres) == []


async def test_a_connection_that_is_lost_takes_the_transaction_with_it(postgres: Storage) -> None:
    """Nothing of the unit is written by another connection, outside of any transaction."""
    statement = sa.insert(_thing)
    await _hold(postgres, statement, _row("x"))

    async def lose() -> None:
        async with postgres.write(EVERYWHERE) as write:
            await write.execute(statement, _row("x"))
            async with postgres.engines.writing.connect() as other:
                await other.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            with pytest.raises(DBAPIError) as told:
                await write.execute(statement, _row("y"))
            assert told.value.connection_invalidated
            for again in (statement, sa.insert(_thing)):
                with pytest.raises(PendingRollbackError):
                    await write.execute(again, _row("z"))

    with pytest.raises(PendingRollbackError):
        await lose()
    async with postgres.write(EVERYWHERE) as write:
        await write.execute(statement, _row("kept"))
    assert await _names(postgres) == ["kept"]


async def test_held_statements_listen_to_the_day(storage: Storage) -> None:
    """What a unit reads inside of its transaction is as it has written it."""
    statement = sa.insert(_thing)
    count = sa.select(sa.func.count()).select_from(_thing)
    for number in range(_TIMES):
        async with storage.write(EVERYWHERE) as write:
            at = datetime(2026, 1, number + 1, tzinfo=UTC)
            await write.execute(statement, _row(f"n{number}", at=at))
            assert await write.scalar(count) == number + 1
            assert len(await _names(storage)) == number


async def test_what_fails_on_sqlite_spoils_nothing_else(tmp_path: Path) -> None:
    """As it always was there: the statement alone is undone, and is told as by SQLAlchemy."""
    async with _open("sqlite", tmp_path) as sqlite:
        statement = sa.insert(_thing)
        await _hold(sqlite, statement, _row("fits"))
        async with sqlite.write(EVERYWHERE) as write:
            await write.execute(statement, _row("first"))
            for bad in ({"name": "first"}, {"name": None}, {"parent_id": new_id()}, {"number": -1}):
                with pytest.raises(IntegrityError):
                    await write.execute(statement, {**_row("other"), **bad})
            with pytest.raises(StatementError):
                await write.execute(statement, _row("other", at=datetime(2026, 1, 1)))  # noqa: DTZ001  # Refused.
            await write.execute(statement, _row("second"))
        assert await _names(sqlite) == ["first", "second"]


async def test_what_sqlite_rolls_back_as_a_whole_is_not_written_by_half(tmp_path: Path) -> None:
    """Where there is no room left, nothing goes on outside of the transaction."""
    async with _open("sqlite", tmp_path) as sqlite:
        statement = sa.insert(_thing)
        await _hold(sqlite, statement, _row("fits"))
        end = sa.insert(_thing).prefix_with("OR ROLLBACK")
        await _hold(sqlite, end, _row("fits"))
        with pytest.raises(DBAPIError):
            await _write(sqlite, (statement, _row("first")), (end, _row("first")))
        assert await _names(sqlite) == []
        async with sqlite.write(EVERYWHERE) as write:
            await write.execute(statement, _row("kept"))
        assert await _names(sqlite) == ["kept"]
