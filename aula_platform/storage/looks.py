"""Writes down what was looked at, for all requests that wait for it at the same time together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from aula_platform.storage.notes import AuditNote


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
        await mine.written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                error = await self._insist(batch)
                if error is None or _is_lost(error) or len(batch) == 1:
                    # Who waits for a database that is away waits together, not one after the other.
                    for one in batch:
                        _settle(one.written, error)
                    continue
                # Nobody's reading fails because of what somebody else's says.
                for one in batch:
                    _settle(one.written, await self._insist([one]))
        finally:
            self._writer = None

    async def _insist(self, batch: Sequence[_Waiting]) -> Exception | None:
        """Write them, and once more where the connection turns out to be lost: a new one is opened.
        Return what is wrong, if anything; it is raised to whoever has looked.

        What the database has written and could not say any more is there twice then, not never.
        """
        error = await self._try(batch)
        return await self._try(batch) if error and _is_lost(error) else error

    async def _try(self, batch: Sequence[_Waiting]) -> Exception | None:
        try:
            await self._write([look for one in batch for look in one.looks])
        except Exception as error:  # noqa: BLE001  # Whose it is turns out when each is written alone.
            return error
        return None


def _is_lost(error: Exception) -> bool:
    """Whether the database, or the way to it, is what is wrong, and not what was to be written."""
    is_gone = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_gone or isinstance(error, TimeoutError)


def _settle(written: asyncio.Future[None], error: Exception | None) -> None:
    if written.done():
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)
