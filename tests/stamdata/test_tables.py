"""The tables, their migration and the views that plugins read."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from aula_platform.stamdata import OWNER
from aula_platform.stamdata.tables import metadata
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from aula_sdk import stamdata

pytestmark = pytest.mark.anyio


def _columns(connection: sa.Connection, name: str) -> set[str]:
    return {column["name"] for column in sa.inspect(connection).get_columns(name)}


async def test_migration_makes_the_tables_that_the_code_describes(storage: Storage) -> None:
    async with storage.engines.reading.connect() as connection:
        for table in metadata.sorted_tables:
            there = await connection.run_sync(_columns, table.name)
            assert there == {column.name for column in table.columns}, table.name


async def test_published_views_have_the_columns_the_sdk_promises(storage: Storage) -> None:
    """Rule 11: plugins read stamdata through views whose columns never change."""
    async with storage.engines.reading.connect() as connection:
        for view in stamdata.views.sorted_tables:
            if view.name.startswith("stamdata_"):
                there = await connection.run_sync(_columns, view.name)
                assert there == {column.name for column in view.columns}, view.name
                await connection.execute(sa.select(view))


async def test_migration_can_be_undone_and_done_again(storage: Storage) -> None:
    """Rule 28: ``down`` is for purge and tests, and leaves nothing behind."""
    await migrate(storage, [OWNER], "base")
    async with storage.engines.reading.connect() as connection:
        left = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert set(left) <= {OWNER.version_table}
    await migrate(storage, [OWNER])


def test_no_column_can_hold_a_cpr_number() -> None:
    """R20: people are known without CPR."""
    names = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert not {name for name in names if "cpr" in name}
