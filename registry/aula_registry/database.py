"""The registry's database: SQLite or PostgreSQL by its URL, migrations, transactions."""

import contextlib
import io
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine, TransactionType
from piccolo.querystring import QueryString
from piccolo.table import Table

from aula_registry import piccolo_conf
from aula_registry.piccolo_app import APP_CONFIG, APP_NAME
from aula_registry.tables import TABLES

Database = Engine[Any]
BUSY_SECONDS = 10
ALREADY_THERE = (sqlite3.IntegrityError, asyncpg.UniqueViolationError)
"""What the two databases raise when somebody else has just inserted the same thing."""


class DatabaseUnknown(Exception):
    """The URL names a database that the registry does not know."""


class MigrationFailed(Exception):
    """The database is not as the code needs it."""


def connect(url: str) -> Database:
    """Return the database at ``url``, to which the registry's tables belong from now on."""
    database = _engine(url)
    os.environ["PICCOLO_CONF"] = "aula_registry.piccolo_conf"
    piccolo_conf.DB = database
    tables: tuple[type[Table], ...] = (*TABLES, Migration)
    for table in tables:
        table._meta.db = database  # noqa: SLF001 - Piccolo's own place for it.
    return database


def _engine(url: str) -> Database:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SQLiteEngine(path=str(path), timeout=BUSY_SECONDS)
    if parts.scheme.partition("+")[0] in {"postgresql", "postgres"}:
        dsn = parts._replace(scheme="postgresql").geturl()
        return PostgresEngine(config={"dsn": dsn}, extensions=())
    raise DatabaseUnknown(f"{parts.scheme or url} is neither sqlite nor postgresql")


async def migrate() -> None:
    """Bring the connected database to the newest schema; a second time it does nothing."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        result = await run_forwards(APP_NAME)
    if not result.success:
        raise MigrationFailed(result.message or told.getvalue())


async def pending_migrations() -> list[str]:
    """Return the migrations that the connected database has not had yet."""
    manager = BaseMigrationManager()
    known = manager.get_migration_modules(APP_CONFIG.resolved_migrations_folder_path)
    if not await Migration.table_exists().run():
        return sorted(known)
    return sorted(set(known) - set(await Migration.get_migrations_which_ran(app_name=APP_NAME)))


async def ping(database: Database) -> None:
    """Ask the database for nothing; raises what it raises when it is not there."""
    await database.run_querystring(QueryString("SELECT 1"))


@contextlib.asynccontextmanager
async def pool(database: Database) -> AsyncIterator[None]:
    """Hold connections to PostgreSQL for as long as the service runs; SQLite needs none."""
    if not isinstance(database, PostgresEngine):
        yield
        return
    await database.start_connection_pool()
    try:
        yield
    finally:
        await database.close_connection_pool()


@contextlib.asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[None]:
    """All or nothing; on SQLite one writer at a time, from the first statement on."""
    if isinstance(database, SQLiteEngine):
        async with database.transaction(transaction_type=TransactionType.immediate):
            yield
    else:
        async with database.transaction():
            yield
