"""Statements that were run before go straight to PostgreSQL's driver (decision 0048).

What SQLAlchemy does around a short statement costs more than the driver and the way to the database
together: its cache is asked, a context, a cursor and a result are made, and a greenlet is entered
and left. Of a statement that the program holds on to all of it is the same each time. Here
SQLAlchemy is asked once how it is written and what is done to its values; everything that is not
an ordinary day (an error, a statement that is written anew for each value) is left to it.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine.result import result_tuple
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler

_NEEDED = object()
_FIT = (sa.Select, sa.CompoundSelect, sa.Insert)
_Change = Callable[[Any], Any]


class _Given(NamedTuple):
    """A parameter: what it is called, what it is when nobody says, and what the driver needs."""

    name: str
    otherwise: Any
    fit: _Change | None


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class _Held:
    """All that there is to know of a statement without the statement itself, which it outlives in
    no cache.
    """

    text: str
    given: tuple[_Given, ...]
    types: tuple[sa.types.TypeEngine[Any], ...]


class _Ready(NamedTuple):
    """A statement as one connection has prepared it."""

    fetch: Callable[..., Awaitable[list[Any]]]
    row: Callable[[Sequence[Any]], sa.Row[Any]]
    changes: tuple[tuple[int, _Change], ...]
    """What is done to which columns of the driver's rows."""


class _Way(NamedTuple):
    """The way past SQLAlchemy to one connection, for as long as the driver has it open."""

    driver: Any
    listened: Any
    """Who listens to SQLAlchemy on it."""
    prepared: WeakKeyDictionary[_Held, _Ready]


class Rows:
    """What a statement has found, with those methods of SQLAlchemy's results that units use."""

    def __init__(self, ready: _Ready, records: list[Any]) -> None:
        self._row = ready.row
        self._records: list[Sequence[Any]] = records
        if ready.changes:
            self._records = [_changed(record, ready.changes) for record in records]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self._records)

    def all(self) -> list[sa.Row[Any]]:
        """Return all rows."""
        return [self._row(record) for record in self._records]

    def first(self) -> sa.Row[Any] | None:
        """Return the first row, or None."""
        return self._row(self._records[0]) if self._records else None

    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        return self._records[0][0] if self._records else None


_NEVER_MET, _MET = _Held("", (), ()), _Held("", (), ())
"""Two that stand for what was not run yet, and for what was run once."""
_known: WeakKeyDictionary[sa.Executable, _Held | None] = WeakKeyDictionary()
"""None stands for what SQLAlchemy must write anew each time."""
_ways: WeakKeyDictionary[AsyncConnection, _Way] = WeakKeyDictionary()


async def ask(
    connection: AsyncConnection, statement: sa.Executable, params: Mapping[str, Any]
) -> Rows | None:
    """Return what the statement finds; None when SQLAlchemy is to be asked.

    The connection must be in autocommit: there, what has failed can be asked again, and SQLAlchemy
    then says what is wrong. Whoever is cut off in the middle, by a time limit of the driver too,
    must not give the connection to anybody else.
    """
    held = _find(statement, connection)
    if held is None:
        return None
    way = _way_of(connection)
    if way.listened.before_cursor_execute:
        return None  # Who listens to SQLAlchemy hears of every statement.
    values = _values(held, params)
    if values is None:
        return None
    try:
        try:
            return await _fetch(way, connection, held, values)
        except asyncpg.InvalidCachedStatementError:
            # A table of it has changed since it was prepared, as when a plugin is upgraded.
            way.prepared.pop(held, None)
            return await _fetch(way, connection, held, values)
    except TimeoutError:
        raise
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return None


async def _fetch(way: _Way, connection: AsyncConnection, held: _Held, values: list[Any]) -> Rows:
    ready = way.prepared.get(held)
    if ready is None:
        ready = way.prepared[held] = await _prepare(way.driver, held, connection.dialect)
    return Rows(ready, await ready.fetch(*values))


def _find(statement: sa.Executable, connection: AsyncConnection) -> _Held | None:
    """Return what is known of the statement; at first nothing, for many are made for one use."""
    held = _known.get(statement, _NEVER_MET)
    if held is _NEVER_MET:
        _known[statement] = _MET
        return None
    if held is _MET:
        held = _known[statement] = _hold(statement, connection.dialect)
    return held


def _hold(statement: sa.Executable, dialect: sa.Dialect) -> _Held | None:
    # Of columns that are an SQL text nobody knows the types, nor how many they are.
    if not isinstance(statement, _FIT) or _has_text(statement):
        return None
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or not _is_always_the_same(compiled):
        return None
    columns = () if isinstance(statement, sa.Insert) else statement.selected_columns
    needed = {bind.key: None for bind in compiled.binds.values() if bind.required}
    written = compiled.construct_expanded_state(needed)
    given = tuple(_list_given(compiled, written, dialect))
    return _Held(written.statement, given, tuple(column.type for column in columns))


def _has_text(statement: sa.ClauseElement) -> bool:
    return any(isinstance(part, sa.TextClause) for part in visitors.iterate(statement))


def _is_always_the_same(compiled: SQLCompiler) -> bool:
    """Whether neither the text nor a value in it depends on when or with what it is run."""
    is_as_long_as_its_list = any(bind.required for bind in compiled.post_compile_params)
    is_worked_out = any(bind.callable for bind in compiled.binds.values())
    is_unlike = compiled.literal_execute_params or compiled.escaped_bind_names
    return not (is_as_long_as_its_list or is_worked_out or is_unlike)


def _list_given(
    compiled: SQLCompiler, written: ExpandedState, dialect: sa.Dialect
) -> Iterator[_Given]:
    """Yield the parameters in the text's order; each value of a fixed list has become one."""
    lists = {one: name for name, ones in written.parameter_expansion.items() for one in ones}
    for name in written.positiontup or ():
        bind = compiled.binds[lists.get(name, name)]
        otherwise = _NEEDED if bind.required else written.parameters[name]
        yield _Given(name, otherwise, bind.type.dialect_impl(dialect).bind_processor(dialect))


def _values(held: _Held, params: Mapping[str, Any]) -> list[Any] | None:
    """Return the values as the driver takes them; None when one is missing or unfit."""
    values = []
    for name, otherwise, fit in held.given:
        value = params.get(name, otherwise)
        if value is _NEEDED:
            return None
        try:
            values.append(value if fit is None else fit(value))
        except Exception:  # noqa: BLE001  # SQLAlchemy says what is wrong with it.
            return None
    return values


def _way_of(connection: AsyncConnection) -> _Way:
    """Return the way to what the connection is connected to now: another, once that was lost."""
    way = _ways.get(connection)
    if way is None or way.driver.is_closed():
        lent = connection.sync_connection
        driver = lent.connection.driver_connection if lent else None
        listened = connection.engine.sync_engine.dispatch
        way = _ways[connection] = _Way(driver, listened, WeakKeyDictionary())
    return way


async def _prepare(driver: Any, held: _Held, dialect: sa.Dialect) -> _Ready:
    prepared = await driver.prepare(held.text)
    attributes = prepared.get_attributes()
    changes = [
        (number, kind.dialect_impl(dialect).result_processor(dialect, attribute.type.oid))
        for number, (kind, attribute) in enumerate(zip(held.types, attributes, strict=True))
    ]
    return _Ready(
        prepared.fetch,
        result_tuple([attribute.name for attribute in attributes]),
        tuple((number, change) for number, change in changes if change is not None),
    )


def _changed(record: Sequence[Any], changes: tuple[tuple[int, _Change], ...]) -> list[Any]:
    values = list(record)
    for number, change in changes:
        values[number] = change(values[number])
    return values
