"""Somebody who has the database itself, and takes its triggers away first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import checkpoint, entry, link, subject
from aula_platform.audit.verifying import Fault, verify
from aula_platform.storage import EVERYWHERE, Storage

TABLES = (entry, subject, link, checkpoint)
KEPT = 12
"""How many months the municipalities keep."""


async def take_triggers_away(storage: Storage) -> None:
    """Let rows of the audit be changed and removed from now on."""
    async with storage.write(EVERYWHERE) as write:
        if storage.is_sqlite:
            names = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for row in await write.rows(names):
                await write.execute(sa.text(f"DROP TRIGGER {row.name}"))
            return
        for table in TABLES:
            await write.execute(sa.text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))


async def run(storage: Storage, *statements: sa.Executable) -> None:
    """Carry out the statements in one transaction."""
    async with storage.write(EVERYWHERE) as write:
        for statement in statements:
            await write.execute(statement)


def where(table: sa.Table, row: dict[str, Any]) -> sa.ColumnElement[bool]:
    """Return the condition for one row by its key."""
    return sa.and_(*(column == row[column.name] for column in table.primary_key.columns))


@asynccontextmanager
async def changed(
    storage: Storage, table: sa.Table, row: dict[str, Any], **values: Any
) -> AsyncIterator[None]:
    """Have a row say something else while the block lasts."""
    now = {**row, **values}
    await run(storage, sa.update(table).where(where(table, row)).values(**values))
    yield
    before = {name: row[name] for name in values}
    await run(storage, sa.update(table).where(where(table, now)).values(**before))


@asynccontextmanager
async def removed(storage: Storage, table: sa.Table, row: dict[str, Any]) -> AsyncIterator[None]:
    """Have a row (and whom an entry is about) gone while the block lasts."""
    about = [one for one in await rows_of(storage, subject) if one["entry_id"] == row.get("id")]
    await run(storage, *(sa.delete(subject).where(where(subject, one)) for one in about))
    await run(storage, sa.delete(table).where(where(table, row)))
    yield
    again = [sa.insert(subject).values(**one) for one in about]
    await run(storage, sa.insert(table).values(**row), *again)


@asynccontextmanager
async def inserted(storage: Storage, table: sa.Table, row: dict[str, Any]) -> AsyncIterator[None]:
    """Have one row more while the block lasts."""
    await run(storage, sa.insert(table).values(**row))
    yield
    await run(storage, sa.delete(table).where(where(table, row)))


async def rows_of(storage: Storage, table: sa.Table) -> Sequence[dict[str, Any]]:
    """Return all rows of a table, by its key."""
    async with storage.read(EVERYWHERE) as read:
        found = await read.rows(sa.select(table).order_by(*table.primary_key.columns))
    return [dict(row._mapping) for row in found]  # SQLAlchemy's public name for it.


async def faults(storage: Storage, municipality: UUID) -> set[Fault]:
    """Return what is wrong with a municipality's audit."""
    return {one.fault for one in (await verify(storage, municipality, KEPT)).findings}
