"""How the two databases are opened.

SQLite by its defaults starts a transaction only at the first write, so a read-modify-write loses
updates; here a write begins with BEGIN IMMEDIATE, one at a time in the process (decision 0003).
Reads use an engine of their own in autocommit, which spares a round trip to begin and to end.
No error of theirs has the parameters of its statement, which are people's.
"""

import sqlite3
import time
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_WAL_TRIES = 200
_STATEMENTS_KEPT = 500
"""How many statements a connection keeps ready: those of all plugins together, in all lengths of
their lists."""
POSTGRES_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "random_page_cost": "1.1",
}
"""A list joins a dozen views, so that planning it takes ten times as long as carrying it out:
a connection plans each statement once, whatever its parameters. Machine code for statements as
short as ours costs more than it saves. What is read is in memory or on a disk without a head: by
its default PostgreSQL would rather read a whole table than look fifty rows up."""
NOTED_WITHIN = 10.0
"""Seconds that PostgreSQL has to answer that a reading is written down. All readings wait behind
one connection; when the other end of it is gone without a word, the next one is opened."""
APART = 5
"""How many connections an engine has beside those that are kept for units: for listening to the
database, for snapshots, for what changes tables."""
BUSY_MILLISECONDS = 50
"""How long SQLite itself waits for another process; we wait on, without blocking the loop."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine that reads in autocommit, the one that writes in transactions, and the one that
    notes what was read.
    """

    reading: AsyncEngine
    writing: AsyncEngine
    noting: AsyncEngine
    """One connection for what is one statement and needs no transaction around it. It is nobody
    else's: who waits for what they have read to be noted holds a connection of ``reading``."""

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.writing.dialect.name == "sqlite"

    async def dispose(self) -> None:
        """Close all connections; aiosqlite's threads would otherwise keep the process alive."""
        await self.reading.dispose()
        await self.writing.dispose()
        await self.noting.dispose()


def open_engines(url: str, *, pool_size: int = 10) -> Engines:
    """Return the engines for ``sqlite:///path`` or ``postgresql://…``; connects to nothing yet."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed.set(drivername="sqlite+aiosqlite"), pool_size)
    parsed = parsed.set(drivername="postgresql+asyncpg")
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": pool_size + APART,
        # The connection that was used last knows the most statements.
        "pool_use_lifo": True,
        "hide_parameters": True,
        "json_deserializer": msgspec.json.decode,
        "connect_args": {
            "prepared_statement_cache_size": _STATEMENTS_KEPT,
            "server_settings": POSTGRES_SETTINGS,
        },
    }
    impatient = {**options["connect_args"], "command_timeout": NOTED_WITHIN}
    one = {**options, "pool_size": 1, "max_overflow": 0, "connect_args": impatient}
    return Engines(
        create_async_engine(parsed, isolation_level="AUTOCOMMIT", **options),
        create_async_engine(parsed, isolation_level="READ COMMITTED", **options),
        create_async_engine(parsed, isolation_level="AUTOCOMMIT", **one),
    )


def _open_sqlite(url: sa.URL, pool_size: int) -> Engines:
    pool: dict[str, Any] = {
        "poolclass": sa.pool.AsyncAdaptedQueuePool,
        "max_overflow": pool_size + APART,
        "pool_use_lifo": True,
        "hide_parameters": True,
        "json_deserializer": msgspec.json.decode,
        "connect_args": {"cached_statements": _STATEMENTS_KEPT},
    }
    reading = create_async_engine(url, pool_size=pool_size, **pool)
    writing = create_async_engine(url, pool_size=2, **pool)
    for engine in (reading, writing):
        sa.event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        sa.event.listen(engine.sync_engine, "invalidate", _break_off)
    sa.event.listen(writing.sync_engine, "begin", _begin_immediate)
    return Engines(reading, writing, writing)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own; ``begin`` below does it in time.
    connection.isolation_level = None
    cursor = connection.cursor()
    _make_wal(cursor)
    for pragma in (
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _break_off(connection: Any, _record: object, _error: object) -> None:
    """Stop the statement of a connection that is about to be closed because who asked is gone.

    Closing waits for the thread, which would finish it for nobody.
    """
    connection.run_async(lambda driver: driver.interrupt())


def _make_wal(cursor: Any) -> None:
    """Turn the write-ahead log on; of several that open a new file at once, one does it.

    SQLite refuses the others at once instead of letting them wait, so they ask again.
    """
    for attempt in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == _WAL_TRIES - 1:
                raise
            time.sleep(BUSY_MILLISECONDS / 1000)
        else:
            return


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
