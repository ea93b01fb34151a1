"""Writes down what was looked at, for all requests that wait for it at the same time together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from aula_platform.storage.units import AuditNote


class _Waiting(NamedTuple):
    looks: Sequence[AuditNote]
    written: asyncio.Future[None]


class LookKeeper:
    """Joins looks into batches: one is written while the next gathers.

    A transaction of its own for each reading would cost a commit each, on SQLite in a queue. Under
    load some dozen share one; alone, nobody waits for anybody.
    """

    def __init__(self, write: Callable[[Sequence[AuditNote]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, looks: Sequence[AuditNote]) -> None:
        """Return when these looks are durable; raise when they could not be written.

        They are written though the caller is cancelled: what was read has been read.
        """
        mine = _Waiting(looks, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        await asyncio.shield(mine.written)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                if len(batch) == 1 or not await self._try(batch):
                    # Nobody's reading fails because of what somebody else's says.
                    for one in batch:
                        await self._write_one(one)
        finally:
            self._writer = None

    async def _try(self, batch: Sequence[_Waiting]) -> bool:
        try:
            await self._write([look for one in batch for look in one.looks])
        except Exception:  # noqa: BLE001  # Whose it is turns out when each is written alone.
            return False
        for one in batch:
            _settle(one.written)
        return True

    async def _write_one(self, one: _Waiting) -> None:
        try:
            await self._insist(one.looks)
        except Exception as error:  # noqa: BLE001  # It is raised to whoever has looked.
            _settle(one.written, error)
        else:
            _settle(one.written)

    async def _insist(self, looks: Sequence[AuditNote]) -> None:
        """Write them once more where the connection turns out to be lost: a new one is opened.

        What the database has written and could not say any more is there twice then, not never.
        """
        try:
            await self._write(looks)
        except (DBAPIError, TimeoutError) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated:
                raise
            await self._write(looks)


def _settle(written: asyncio.Future[None], error: Exception | None = None) -> None:
    if written.done():
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)
