"""The registry's migrations: up, down and up again, over empty tables and over full ones."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from piccolo.apps.migrations.commands.backwards import run_backwards
from piccolo.apps.migrations.tables import Migration
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.querystring import QueryString

from aula_registry.database import Database, connect, migrate, pending_migrations
from aula_registry.piccolo_app import APP_NAME
from aula_registry.releases import publish
from aula_registry.tables import TABLES
from aula_registry.vendors import add_vendor, find_vendor
from aula_sdk.manifest import parse_manifest

_SQLITE = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master"
_POSTGRESQL = """
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
    || ' ' || coalesce(character_maximum_length::text, '') || ' ' || coalesce(column_default, '')
    AS line
FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' '
    || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = current_schema()
"""


async def _schema(database: Database) -> set[str]:
    """Return everything that is there, but for Piccolo's own notes, as lines."""
    query = _SQLITE if isinstance(database, SQLiteEngine) else _POSTGRESQL
    rows = await database.run_querystring(QueryString(query))
    notes = Migration._meta.tablename
    return {row["line"] for row in rows if notes not in row["line"]}


async def _publish(database: Database, manifest: Any) -> None:
    """Put at least one row into each table, as the service itself does."""
    await add_vendor(database, "fjordvang", "Fjordvang", "post@fjordvang.example")
    vendor = await find_vendor("fjordvang")
    await publish(database, vendor, parse_manifest(manifest), submit=True)


async def _there_and_back(database: Database, fill: Callable[[], Any]) -> None:
    known = await pending_migrations()
    assert known
    assert await _schema(database) == set()
    await migrate()
    whole = await _schema(database)
    assert all(any(table._meta.tablename in line for line in whole) for table in TABLES)
    await fill()
    for _again in range(2):
        for steps in (["1"] * len(known), ["all"]):
            for one in steps:
                await run_backwards(APP_NAME, one, auto_agree=True)
            assert await _schema(database) == set(), "down leaves nothing behind"
            assert await pending_migrations() == known
            await migrate()
            assert await pending_migrations() == []
            assert await _schema(database) == whole, "up again makes what was there"
    assert [await table.count() for table in TABLES] == [0] * len(TABLES)
    await fill()


@pytest.mark.parametrize("is_filled", [False, True], ids=["empty", "filled"])
def test_the_registry_goes_up_down_and_up_again(
    is_filled: bool, database_url: str, widget: Callable[..., dict[str, Any]]
) -> None:
    """Step by step and all at once; with rows in every table or none, and it works afterwards."""
    database = connect(database_url)

    async def fill() -> None:
        if is_filled:
            await _publish(database, widget())
            assert min([await table.count() for table in TABLES]) > 0

    asyncio.run(_there_and_back(database, fill))
