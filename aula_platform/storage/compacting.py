"""Giving back the space of deleted rows, so that it is not read from the database's file later.

SQLite leaves what was deleted in free pages until something else is written there, by whatever
deleted it; VACUUM makes the file anew of the rows that are left (decision 0021). PostgreSQL's
VACUUM takes dead rows out of their tables while everybody works on.
"""

import asyncio
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from aula_platform.storage.database import Storage

_PAUSE = 0.1
_TRIES = 300


class HeldByOthers(Exception):
    """Somebody else held the file all the time; nothing is lost, and it can be tried again."""


async def compact(storage: Storage, tables: Iterable[sa.Table]) -> None:
    """Keep nothing of what was deleted in the database's own files.

    On SQLite writers wait meanwhile, and it takes as much free space as the file has; raises
    `HeldByOthers` when half a minute was not enough to find a moment in which nobody reads an old
    state. ``tables`` are those that PostgreSQL is to look through.
    """
    async with storage.engines.reading.connect() as connection:
        if not storage.is_sqlite:
            for table in tables:
                quoted = connection.dialect.identifier_preparer.format_table(table)
                await connection.exec_driver_sql(f"VACUUM (ANALYZE) {quoted}")
            return
        await _patiently(connection, "VACUUM")
        # What the log still holds is of before; only emptied it is gone from the disk's files.
        await _patiently(connection, "PRAGMA wal_checkpoint(TRUNCATE)")


async def _patiently(connection: AsyncConnection, statement: str) -> None:
    for _try in range(_TRIES):
        try:
            result = await connection.exec_driver_sql(statement)
            # A checkpoint answers, first of all, whether it was kept from its work.
            is_done = not (result.returns_rows and result.scalar())
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            is_done = False
        if is_done:
            return
        await asyncio.sleep(_PAUSE)
    raise HeldByOthers(f"{statement}: the database is held by others; try again")
