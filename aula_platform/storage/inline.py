"""Short statements on the embedded database are carried out where they are asked (decision 0050).

SQLite is a function call away. By aiosqlite each statement is handed to a thread, several times by
SQLAlchemy, and both threads wait for the interpreter's lock: that costs ten times as much as what
SQLite does. So what was run before, and is short, is asked from here. What is long would hold up
everybody else: it is broken off and asked in a thread, as is all that SQLAlchemy must write anew,
and what fails.
"""

import sqlite3
import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from aula_platform.storage.held import Held, find
from aula_platform.storage.lists import even_out
from aula_platform.storage.rows import Rows, Shape, make_shape

_STEP = 1000
MOST_STEPS = 20
"""How many thousand steps of SQLite's virtual machine are short: one or two milliseconds."""
LONG_FOR = 60.0
"""Seconds for which a statement that was too long is asked in a thread at once."""
_STATEMENTS_KEPT = 500


class InlineReader:
    """One connection that reads, for all units of a process: what is asked is over before anybody
    else can ask.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Connect when first used, to the database of ``engine``, which reads in autocommit."""
        self._engine = engine
        self._connection: sqlite3.Connection | None = None
        self._steps = 0
        self._shapes: WeakKeyDictionary[Held, Shape] = WeakKeyDictionary()
        self._long: WeakKeyDictionary[Held, float] = WeakKeyDictionary()

    def ask(self, statement: sa.Executable, params: Mapping[str, Any]) -> Rows | None:
        """Return what the statement finds; None when SQLAlchemy is to be asked."""
        if self._engine.sync_engine.dispatch.before_cursor_execute:
            return None  # Who listens to SQLAlchemy hears of every statement.
        params = even_out(params)
        held = find(statement, params, self._engine.dialect)
        if held is None or self._long.get(held, 0.0) > time.monotonic():
            return None
        values = held.values(params)
        if values is None:
            return None
        self._steps = 0
        try:
            return self._fetch(held, values)
        except (sqlite3.Error, OverflowError):
            if self._steps > MOST_STEPS:
                self._long[held] = time.monotonic() + LONG_FOR
            return None

    def optimize(self) -> None:
        """Let SQLite bring up to date what it knows of the tables that were asked here."""
        if self._connection is not None:
            self._steps = -1_000_000
            self._connection.execute("PRAGMA query_only=OFF")
            self._connection.execute("PRAGMA optimize")

    def close(self) -> None:
        """Close the connection; the next statement opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    def _fetch(self, held: Held, values: list[Any]) -> Rows:
        connection = self._connection or self._connect()
        cursor = connection.execute(held.text, values)
        records = cursor.fetchall()
        shape = self._shapes.get(held)
        if shape is None:
            shape = make_shape(held, cursor.description, self._engine.dialect)
            self._shapes[held] = shape
        return Rows(shape, records)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._engine.url.database or "",
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_KEPT,
        )
        for pragma in ("query_only=ON", "cache_size=-16000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.set_progress_handler(self._count, _STEP)
        self._connection = connection
        return connection

    def _count(self) -> bool:
        """Count a thousand steps more; return whether to break off."""
        self._steps += 1
        return self._steps > MOST_STEPS
