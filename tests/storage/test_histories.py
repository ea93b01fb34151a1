"""Each owner's migrations, up, down and up again, over empty tables and over full ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from aula_platform.kernel import owners_of
from aula_platform.plugin_host import start_host
from aula_platform.storage import EVERYWHERE, OWNER, Owner, Storage
from aula_platform.storage.migrate import BASE, migrate, pending
from aula_platform.storage.tables import idempotency
from aula_sdk.ids import new_id
from tests.storage.filling import ROWS, fill
from tests.storage.side_by_side import (
    INCREMENTS,
    TASKS,
    count_up,
    migrate_all,
    run_side_by_side,
)
from tests.storage.snapshots import snapshot

PROCESSES = 6
READ_BY = {"audit": ("sampling",)}
"""Whose triggers read whose tables: what reads goes down first, and comes up last (0039)."""


@pytest.fixture(scope="module")
def owners() -> list[Owner]:
    """The kernel's rooms, and every plugin here that has tables."""
    found = owners_of(start_host())
    assert len(found) > 8 + 3
    return found


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    yield opened
    await opened.close()


async def _differences(storage: Storage, owner: Owner) -> list[Any]:
    """Return in what the database's tables are other than the code says."""

    def belongs(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or name in owner.metadata.tables

    def compare(connection: sa.Connection) -> list[Any]:
        options = {"include_name": belongs, "version_table": owner.version_table}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, owner.metadata))

    async with storage.engines.reading.connect() as connection:
        return await connection.run_sync(compare)


def _schema(lines: set[str]) -> set[str]:
    return {line for line in lines if not line.startswith("row ")}


def _of_others(lines: set[str], moved: Sequence[Owner]) -> set[str]:
    return {line for line in lines if not any(f"{one.name}_" in line for one in moved)}


@pytest.mark.parametrize("is_filled", [False, True], ids=["empty", "filled"])
async def test_every_owner_goes_up_down_and_up_again(
    is_filled: bool, storage: Storage, owners: list[Owner]
) -> None:
    """Down takes everything of the owner's and nothing of another's; up again makes what the code
    says. Rows or none, the whole schema is afterwards what it was.
    """
    await migrate(storage, owners)
    if is_filled:
        for owner in owners:
            held = await fill(storage, owner)
            assert min(held.values()) >= ROWS
    before = await snapshot(storage)
    schema = _schema(before)
    for owner in owners:
        readers = [one for one in owners if one.name in READ_BY.get(owner.name, ())]
        moved = [*readers, owner]
        for each in moved:
            await migrate(storage, [each], BASE)
        down = await snapshot(storage)
        left = {line for line in down if f" {owner.name}_" in line}
        assert {line for line in left if owner.version_table not in line} == set(), owner.name
        assert _of_others(down, moved) == _of_others(before, moved), owner.name
        assert await pending(storage, [owner]) == [owner.name]
        assert await migrate(storage, moved[::-1]) == [one.name for one in moved[::-1]]
        before = await snapshot(storage)
        assert _schema(before) == schema, owner.name
        assert await _differences(storage, owner) == [], owner.name


async def test_six_processes_that_migrate_at_once_move_each_owner_once(
    empty_database: str, storage: Storage, owners: list[Owner]
) -> None:
    """Real processes on an empty database: they wait for each other, and none fails."""
    moved = run_side_by_side(migrate_all, empty_database, PROCESSES)
    assert len(moved) == PROCESSES
    assert sorted(name for one in moved for name in one) == sorted(one.name for one in owners)
    assert await pending(storage, owners) == []
    for owner in owners:
        assert await _differences(storage, owner) == [], owner.name


async def test_read_modify_write_from_several_processes_loses_nothing(
    empty_database: str, storage: Storage
) -> None:
    """R23: four processes with four tasks each count one row up; every step is there in the end."""
    await migrate(storage, [OWNER])
    async with storage.write(EVERYWHERE) as write:
        row = {"account_id": new_id(), "key": "0", "object_id": new_id()}
        await write.execute(sa.insert(idempotency), {**row, "created_at": write.now})
    steps = run_side_by_side(count_up, empty_database, 4)
    assert steps == [TASKS * INCREMENTS] * 4
    async with storage.read(EVERYWHERE) as read:
        assert await read.scalar(sa.select(idempotency.c.key)) == str(sum(steps))
