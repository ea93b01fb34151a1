"""Carrying out a comparison one statement at a time, so that no lock is held for long."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.applying import LIVE
from aula_platform.storage import Storage, Wall

BATCH = 2_000


class Stepwise:
    """A `Runner` with a transaction for each statement and each batch of rows.

    The staging tables are nobody else's, so nothing is lost by letting others write in between.
    """

    def __init__(self, storage: Storage, wall: Wall) -> None:
        self._storage = storage
        self._wall = wall

    async def execute(
        self, statement: sa.Executable, params: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        """Carry out the statement, long lists of rows in batches."""
        batches: Sequence[Sequence[Mapping[str, Any]] | None] = [None]
        if params is not None:
            batches = [params[at : at + BATCH] for at in range(0, len(params), BATCH)]
        for batch in batches:
            async with self._storage.write(self._wall) as write:
                await write.execute(statement, batch)

    async def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Return all rows."""
        async with self._storage.read(self._wall) as read:
            return await read.rows(statement)

    async def settle(self) -> None:
        """Let PostgreSQL know what is staged; its plans for empty tables would take hours."""
        if not self._storage.is_sqlite:
            await self._analyze(tables.ALL)

    async def settle_live(self) -> None:
        """Let the database know who belongs where now, for the plans of everybody's reads."""
        await self._analyze(LIVE)

    async def _analyze(self, which: Iterable[sa.Table]) -> None:
        for table in which:
            await self.execute(sa.text(f'ANALYZE "{table.name}"'))
