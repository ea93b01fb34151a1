"""`Storage`: opens units of work, commits them, and lets other rooms join a transaction."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.exc import OperationalError

from aula_platform.storage.engines import open_engines
from aula_platform.storage.kept import keep_connections
from aula_platform.storage.looks import LookKeeper
from aula_platform.storage.notes import AuditNote
from aula_platform.storage.units import Read, Snapshot
from aula_platform.storage.wall import EVERYWHERE, Wall
from aula_platform.storage.writes import Note, Write
from aula_sdk.people import Actor


class Storage:
    """The database of one installation.

    ``watchers`` are called with each write unit when its transaction has begun, ``recorders`` are
    awaited with it just before it commits (outbox, audit), ``listeners`` called just after.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """Open ``sqlite:///path`` or ``postgresql://user@host/name``; connects when first used."""
        self.url = url
        self.engines = open_engines(url, pool_size=pool_size)
        self.watchers: list[Callable[[Write], None]] = []
        self.recorders: list[Callable[[Write], Awaitable[None]]] = []
        self.listeners: list[Callable[[Write], None]] = []
        self._reading, self._writing, self._noting = keep_connections(self.engines, pool_size)
        self._writer = asyncio.Lock() if self.engines.is_sqlite else None
        self._has_written = False
        self._looks = LookKeeper(self._write_looks)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engines.is_sqlite

    @asynccontextmanager
    async def read(self, wall: Wall, actor: Actor | None = None) -> AsyncIterator[Read]:
        """Open a unit of reads that reaches as far as ``wall``; the connection goes back when the
        block ends.

        What was looked at in it is part of the audit then, whatever has become of the block.
        """
        unit = Read(self._reading, wall, actor)
        try:
            yield unit
        finally:
            await unit.close()
            await self.keep_looks(unit)

    @asynccontextmanager
    async def snapshot(self, wall: Wall) -> AsyncIterator[Snapshot]:
        """Open a unit of reads that all see the same moment, however long they take; writers are
        not kept waiting.
        """
        unit = Snapshot(self._reading, wall)
        try:
            yield unit
        finally:
            await unit.close()

    @asynccontextmanager
    async def write(self, wall: Wall, actor: Actor | None = None) -> AsyncIterator[Write]:
        """Open a transaction that reaches as far as ``wall``; it commits when the block ends, and
        rolls back on an exception; always, where somebody sees the site as the actor (R2).
        """
        unit = Write(self._writing, wall, self._writer, actor, self.watchers)
        try:
            yield unit
            await self._commit(unit)
        finally:
            await unit.close()
            await self.keep_looks(unit)
        for listener in self.listeners:
            listener(unit)

    @asynccontextmanager
    async def write_one(self, wall: Wall) -> AsyncIterator[Write]:
        """Open a unit for one statement, which is durable when the block ends. PostgreSQL has it at
        once, for it needs no transaction around it: the block has nothing else to do.

        Raises RuntimeError when there is something to tell or to write down beside it.
        """
        kind = Write if self.is_sqlite else Note
        unit = kind(self._writing, wall, self._writer, None)
        try:
            yield unit
            if unit.events or unit.topics or unit.audits or unit.looks:
                message = "one statement is all there is here: nothing is told beside it"
                raise RuntimeError(message)
            await unit.commit()
        finally:
            await unit.close()

    @asynccontextmanager
    async def rehearse(self, wall: Wall, actor: Actor | None = None) -> AsyncIterator[Write]:
        """Open a transaction of which nothing stays: rows, events, topics and audit of it are gone
        when the block ends. It holds up other writers meanwhile, so it is kept short, and is not
        opened while the caller's own transaction goes on.
        """
        unit = Write(self._writing, wall, self._writer, actor, self.watchers)
        try:
            yield unit
        finally:
            await unit.close()

    async def keep_looks(self, unit: Read) -> None:
        """Make what the unit has looked at part of the audit: durable when this returns.

        Looks of requests that come at the same time share a transaction. They are written though
        the unit itself is rolled back: what was read has been read (R19).
        """
        if unit.looks:
            looks, unit.looks = unit.looks, []
            await self._looks.keep(looks)

    async def _write_looks(self, looks: Sequence[AuditNote]) -> None:
        kind = Write if self.is_sqlite else Note
        unit = kind(self._noting, EVERYWHERE, self._writer, None)
        unit.audits.extend(looks)
        try:
            await self._commit(unit)
        except TimeoutError:
            # Nobody knows what the connection would answer next, or whether it ever does.
            await unit.abandon()
            raise
        finally:
            await unit.close()

    async def _commit(self, unit: Write) -> None:
        if unit.looks_on:
            unit.forget()
        if not unit.has_work or unit.looks_on:
            return
        for recorder in self.recorders:
            await recorder(unit)
        await unit.commit()
        self._has_written = True

    async def close(self) -> None:
        """Close all connections; SQLite first brings up to date what it knows of its tables.

        Without statistics it takes the index on the municipality for the best one of all, and
        reads a whole municipality to find one row.
        """
        if self.is_sqlite and self._has_written:
            await self._optimize()
        for kept in (self._reading, self._writing, self._noting):
            await kept.close()
        await self.engines.dispose()

    async def _optimize(self) -> None:
        # SQLite looks at the tables that this very connection has asked: one that units read with.
        connection = await self._reading.take()
        try:
            await connection.exec_driver_sql("PRAGMA optimize")
            if self._reading.inline is not None:
                await asyncio.to_thread(self._reading.inline.optimize)
        except (OperationalError, sqlite3.OperationalError) as error:
            # Another process is writing, and will do it when it closes.
            if "locked" not in str(error):
                raise
        finally:
            await self._reading.give_back(connection)
