"""Statements of the embedded database's transactions are handed to its thread once (decision 0050).

By SQLAlchemy's way a statement goes there and back for its cursor, for itself, for its rows and for
the end. Of a statement that was run before, all is known that SQLAlchemy does around it (`held`).
"""

import sqlite3
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from aula_platform.storage.held import Held, find
from aula_platform.storage.rows import Rows, Shape, make_shape

_NOTHING = Shape(None, ())
_shapes: WeakKeyDictionary[Held, Shape] = WeakKeyDictionary()


async def ask(
    connection: AsyncConnection, statement: sa.Executable, params: Mapping[str, Any]
) -> Rows | None:
    """Return what the statement finds or does; None when SQLAlchemy is to be asked. What fails has
    done nothing, so it can be asked again, and SQLAlchemy then says what is wrong.

    Raises OperationalError when SQLite has rolled the whole transaction back, as for want of room.
    """
    if connection.engine.sync_engine.dispatch.before_cursor_execute:
        return None  # Who listens to SQLAlchemy hears of every statement.
    held = find(statement, params, connection.dialect)
    values = held.values(params) if held else None
    lent = connection.sync_connection
    if held is None or values is None or lent is None:
        return None
    driver: Any = lent.connection.driver_connection
    try:
        return await _carry_out(driver, held, values, connection.dialect)
    except (sqlite3.Error, OverflowError) as error:
        if driver.in_transaction:
            return None
        raise OperationalError(held.text, None, error, hide_parameters=True) from error


async def _carry_out(
    driver: aiosqlite.Connection, held: Held, values: list[Any], dialect: sa.Dialect
) -> Rows:
    if not held.types:
        cursor = await driver.execute(held.text, values)
        return Rows(_NOTHING, [], cursor.rowcount)
    shape = _shapes.get(held)
    if shape is not None:
        records = list(await driver.execute_fetchall(held.text, values))
    else:
        async with driver.execute(held.text, values) as cursor:
            records = list(await cursor.fetchall())
            shape = _shapes[held] = make_shape(held, cursor.description, dialect)
    return Rows(shape, records, -1 if held.names is None else len(records))
