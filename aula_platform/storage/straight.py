"""Statements that were run before go straight to PostgreSQL's driver (decision 0048).

What SQLAlchemy does around a short statement costs more than the driver and the way to the database
together: its cache is asked, a context, a cursor and a result are made, and a greenlet is entered
and left. Of a statement that the program holds on to all of it is the same each time (`held`).
Everything that is not an ordinary day (a statement that is written anew for each value, outside of
a transaction any error) is left to SQLAlchemy.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn
from weakref import WeakKeyDictionary

import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine.result import result_tuple
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from aula_platform.storage.held import Change, Held, find

_FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_KINDS: tuple[tuple[type[BaseException], type[DBAPIError]], ...] = (
    (asyncpg.IntegrityConstraintViolationError, IntegrityError),
    (asyncpg.SyntaxOrAccessError, ProgrammingError),
    (asyncpg.InterfaceError, InterfaceError),
)
_DONE = re.compile(r"(?:UPDATE|DELETE|INSERT \d+) (\d+)")


class _Ready(NamedTuple):
    """A statement as one connection has prepared it."""

    fetch: Callable[..., Awaitable[list[Any]]]
    say: Callable[[], str]
    """Tells what was done when it was run last."""
    row: Callable[[Sequence[Any]], sa.Row[Any]]
    changes: tuple[tuple[int, Change], ...]
    """What is done to which columns of the driver's rows."""


class _Way(NamedTuple):
    """The way past SQLAlchemy to one connection, for as long as the driver has it open."""

    driver: Any
    listened: Any
    """Who listens to SQLAlchemy on it."""
    prepared: WeakKeyDictionary[Held, _Ready]


class Rows:
    """What a statement has found or done, with those methods of SQLAlchemy's results that units
    use.
    """

    def __init__(self, ready: _Ready, records: list[Any], said: str) -> None:
        self._row = ready.row
        self._records: list[Sequence[Any]] = records
        self._said = said
        if ready.changes:
            self._records = [_changed(record, ready.changes) for record in records]

    @property
    def rowcount(self) -> int:
        """How many rows were written; -1 where that is not said, as of a SELECT."""
        done = _DONE.fullmatch(self._said)
        return int(done[1]) if done else -1

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


_ways: WeakKeyDictionary[AsyncConnection, _Way] = WeakKeyDictionary()


async def ask(
    connection: AsyncConnection,
    statement: sa.Executable,
    params: Mapping[str, Any],
    *,
    in_transaction: bool = False,
) -> Rows | None:
    """Return what the statement finds or does; None when SQLAlchemy is to be asked.

    The connection must be in autocommit for SQLAlchemy: where nothing else has begun a transaction
    in it, what has failed can be asked again, and SQLAlchemy then says what is wrong. In one that
    `tell` has begun it cannot: raises the error of SQLAlchemy's that it would be. Whoever is cut
    off in the middle, by a time limit of the driver too, must not give the connection to anybody
    else.
    """
    held = find(statement, params, connection.dialect)
    if held is None:
        return None
    way = _way_of(connection)
    if way.listened.before_cursor_execute:
        return None  # Who listens to SQLAlchemy hears of every statement.
    values = held.values(params)
    if values is None:
        return None
    try:
        return await _fetch(way, connection, held, values)
    except TimeoutError:
        raise
    except asyncpg.InvalidCachedStatementError as error:
        # A table of it has changed since it was prepared, as when a plugin is upgraded.
        _ways.clear()
        if in_transaction:
            await _refuse(error, way, connection, held.text)
    except _FAILED as error:
        if in_transaction:
            await _refuse(error, way, connection, held.text)
        return None
    return await ask(connection, statement, params)


async def tell(connection: AsyncConnection, command: str) -> str:
    """Carry out a command that finds nothing, and return what PostgreSQL says it has done.

    Raises the error of SQLAlchemy's that it would be.
    """
    way = _way_of(connection)
    try:
        return str(await way.driver.execute(command))
    except _FAILED as error:
        await _refuse(error, way, connection, command)


async def _fetch(way: _Way, connection: AsyncConnection, held: Held, values: list[Any]) -> Rows:
    ready = way.prepared.get(held)
    if ready is None:
        ready = way.prepared[held] = await _prepare(way.driver, held, connection.dialect)
    records = await ready.fetch(*values)
    return Rows(ready, records, "" if held.names is None else ready.say())


async def _refuse(error: Exception, way: _Way, connection: AsyncConnection, text: str) -> NoReturn:
    """Raise the error as SQLAlchemy would, and let it know of a connection that is lost. Values are
    people's, and are never in it.
    """
    is_lost = way.driver.is_closed()
    if is_lost:
        await connection.invalidate(error)
    kind = next((kind for raised, kind in _KINDS if isinstance(error, raised)), DBAPIError)
    named = "Error" if kind is DBAPIError else kind.__name__
    # Of what the database says the first line alone: its details quote the row.
    said = getattr(connection.dialect.dbapi, named)(str(error.args[0]), error)
    said.__cause__ = error
    raise kind(text, None, said, hide_parameters=True, connection_invalidated=is_lost) from said


def _way_of(connection: AsyncConnection) -> _Way:
    """Return the way to what the connection is connected to now: another, once that was lost."""
    way = _ways.get(connection)
    if way is None or way.driver.is_closed():
        lent = connection.sync_connection
        driver = lent.connection.driver_connection if lent else None
        listened = connection.engine.sync_engine.dispatch
        way = _ways[connection] = _Way(driver, listened, WeakKeyDictionary())
    return way


async def _prepare(driver: Any, held: Held, dialect: sa.Dialect) -> _Ready:
    prepared = await driver.prepare(held.text)
    attributes = prepared.get_attributes()
    changes = [
        (number, kind.dialect_impl(dialect).result_processor(dialect, attribute.type.oid))
        for number, (kind, attribute) in enumerate(zip(held.types, attributes, strict=True))
    ]
    return _Ready(
        prepared.fetch,
        prepared.get_statusmsg,
        result_tuple([attribute.name for attribute in attributes]),
        tuple((number, change) for number, change in changes if change is not None),
    )


def _changed(record: Sequence[Any], changes: tuple[tuple[int, Change], ...]) -> list[Any]:
    values = list(record)
    for number, change in changes:
        values[number] = change(values[number])
    return values
