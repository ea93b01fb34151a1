"""Statements that were run before go straight to PostgreSQL's driver (decision 0048).

What SQLAlchemy does around a short statement costs more than the driver and the way to the database
together: its cache is asked, a context, a cursor and a result are made, and a greenlet is entered
and left. Of a statement that the program holds on to all of it is the same each time (`held`).
Everything that is not an ordinary day (a statement that is written anew for each value, outside of
a transaction any error) is left to SQLAlchemy.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, NoReturn
from weakref import WeakKeyDictionary

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from aula_platform.storage.held import Held, find
from aula_platform.storage.rows import Rows, Shape, make_shape

_DONE = re.compile(r"(?:UPDATE|DELETE|INSERT \d+) (\d+)")
_FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_KINDS: tuple[tuple[type[BaseException], type[DBAPIError]], ...] = (
    (asyncpg.IntegrityConstraintViolationError, IntegrityError),
    (asyncpg.SyntaxOrAccessError, ProgrammingError),
    (asyncpg.InterfaceError, InterfaceError),
)


class _Ready(NamedTuple):
    """A statement as one connection has prepared it."""

    fetch: Callable[..., Awaitable[list[Any]]]
    say: Callable[[], str]
    """Tells what was done when it was run last."""
    shape: Shape


class _Way(NamedTuple):
    """The way past SQLAlchemy to one connection, for as long as the driver has it open."""

    driver: Any
    listened: Any
    """Who listens to SQLAlchemy on it."""
    prepared: WeakKeyDictionary[Held, _Ready]


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
    done = None if held.names is None else _DONE.fullmatch(ready.say())
    return Rows(ready.shape, records, int(done[1]) if done else -1)


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
    columns = [(one.name, one.type.oid) for one in prepared.get_attributes()]
    return _Ready(prepared.fetch, prepared.get_statusmsg, make_shape(held, columns, dialect))
