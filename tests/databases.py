"""A fresh, migrated database for one test of the kernel, on either of the two."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from aula_platform.storage import Owner, Storage
from aula_platform.storage.migrate import migrate

POSTGRES = os.environ.get("AULA_TEST_POSTGRES", "")
KINDS = ("sqlite", "postgresql")


@asynccontextmanager
async def open_database(kind: str, folder: Path, owners: Sequence[Owner]) -> AsyncIterator[Storage]:
    """Yield a storage with the owners' tables; the database is gone afterwards."""
    name = f"test_{uuid4().hex[:16]}"
    if kind == "sqlite":
        url = f"sqlite:///{folder}/{name}.db"
    else:
        assert POSTGRES, "PostgreSQL is needed: `make test` starts one"
        await _administer(f"CREATE DATABASE {name}")
        url = sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    storage = Storage(url)
    try:
        await migrate(storage, owners)
        yield storage
    finally:
        await storage.close()
        if kind == "postgresql":
            await _administer(f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(statement: str) -> None:
    server = Storage(POSTGRES, pool_size=1)
    async with server.engines.reading.connect() as connection:
        await connection.execute(sa.text(statement))
    await server.close()
