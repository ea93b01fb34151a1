"""Connections that stay open between units of work, and are lent without ceremony.

SQLAlchemy's pool wraps a connection anew for each who asks, and begins, ends and rolls back a
transaction around whatever is read, in autocommit too. That costs as much processor time as a short
statement (decision 0019). What is kept here is lent as it was given back.
"""

import asyncio
import time
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from aula_platform.storage import straight
from aula_platform.storage.engines import Engines
from aula_platform.storage.inline import InlineReader

PATIENCE = 30.0
"""Seconds for which a unit waits while all connections are lent, as it would for the pool."""
IDLE = 60.0
"""Seconds without use after which a connection is closed that only a crowd has needed. Opening one,
and planning anew what it is asked, costs more than a request: closed at once, it would be opened
again for the next."""


class _Idle(NamedTuple):
    connection: AsyncConnection
    since: float


class KeptConnections:
    """The connections of one engine, lent to one unit at a time; first the one used last."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        kept: int,
        most: int,
        go_straight: bool = False,
        inline: InlineReader | None = None,
    ) -> None:
        """Lend at most ``most``, and keep ``kept`` of them though nobody has needed them for long.

        ``go_straight`` says that they are PostgreSQL's. To SQLAlchemy they are in autocommit then,
        and who writes begins and ends transactions by `straight`. Who reads asks ``inline`` first,
        where there is one.
        """
        self.engine = engine
        self.go_straight = go_straight
        self.inline = inline
        self._kept = kept
        self._places = asyncio.Semaphore(most)
        self._idle: list[_Idle] = []
        """The one used last is the last."""

    async def take(self) -> AsyncConnection:
        """Return a connection that is nobody else's until it is given back.

        Raises TimeoutError when all have been lent for too long, and what the database's driver
        raises when there is no connection to be had.
        """
        if self._places.locked():
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            return self._idle.pop().connection if self._idle else await self._connect()
        except BaseException:
            self._places.release()
            raise

    async def _connect(self) -> AsyncConnection:
        if self.go_straight:
            connection = await self.engine.connect()
            return await connection.execution_options(isolation_level="AUTOCOMMIT")
        # A thread opens SQLite's and goes on when nobody waits for it, even after the loop's end.
        opening = asyncio.ensure_future(self.engine.connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await _close(await opening)
            raise

    async def give_back(self, connection: AsyncConnection) -> None:
        """Keep it for the next. Nothing may be open in it that was begun."""
        if connection.invalidated:
            await self.roll_back(connection)
            return
        self._places.release()
        now = time.monotonic()
        self._idle.append(_Idle(connection, now))
        if len(self._idle) > self._kept and now - self._idle[0].since > IDLE:
            await _close(self._idle.pop(0).connection, for_good=True)

    async def roll_back(self, connection: AsyncConnection) -> None:
        """Give it back without what was begun in it.

        Where the database has ended this one, it has ended the others too: all are opened anew.
        """
        if self.go_straight and not connection.invalidated:
            try:
                await straight.tell(connection, "ROLLBACK")
            except DBAPIError:
                await self.end(connection)
            except BaseException:
                await self.end(connection)
                raise
            else:
                await self.give_back(connection)
            return
        self._places.release()
        if connection.invalidated:
            await self.close()
        await _close(connection)

    async def end(self, connection: AsyncConnection) -> None:
        """Close it: it was cut off in the middle of something, and is of no use to anybody."""
        self._places.release()
        await _close(connection, for_good=True)

    async def close(self) -> None:
        """Close those that nobody uses."""
        if self.inline is not None:
            self.inline.close()
        idle, self._idle = self._idle, []
        for one in idle:
            await _close(one.connection)


async def _close(connection: AsyncConnection, *, for_good: bool = False) -> None:
    """Give it to the pool, or end it; who is cancelled meanwhile leaves nothing half closed."""

    async def work() -> None:
        if for_good:
            await connection.invalidate()
        await connection.close()

    await asyncio.shield(asyncio.ensure_future(work()))


def keep_connections(
    engines: Engines, pool_size: int
) -> tuple[KeptConnections, KeptConnections, KeptConnections]:
    """Return the connections that units read with, write with, and note with what was read."""
    most = 2 * pool_size
    if engines.is_sqlite:
        writing = KeptConnections(engines.writing, kept=1, most=most)
        inline = InlineReader(engines.reading) if engines.reading.url.database else None
        reading = KeptConnections(engines.reading, kept=pool_size, most=most, inline=inline)
        return reading, writing, writing
    return (
        KeptConnections(engines.reading, kept=pool_size, most=most, go_straight=True),
        KeptConnections(engines.writing, kept=pool_size, most=most, go_straight=True),
        KeptConnections(engines.noting, kept=1, most=1, go_straight=True),
    )
