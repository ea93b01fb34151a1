"""Units of work that read: what a request or a job asks through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.contextvars import get_contextvars

from aula_platform.storage import in_thread, straight
from aula_platform.storage.kept import KeptConnections
from aula_platform.storage.lists import even_out
from aula_platform.storage.notes import AuditNote, Who
from aula_platform.storage.rows import Rows
from aula_platform.storage.wall import SET_WALL, SETTING, Wall, check_global, forget_wall
from aula_sdk.audit import AuditKind
from aula_sdk.db import utc_now
from aula_sdk.people import Actor

Row = TypeVar("Row", bound=msgspec.Struct)
_Found = TypeVar("_Found")
Params = Mapping[str, Any]
Answer = sa.CursorResult[Any] | Rows
_STREAMED = 500
_LONGEST_REQUEST = 64


class Read:
    """Implements `aula_sdk.protocols.ReadUnit`; takes a connection when first needed."""

    _in_transaction = False
    """Whether all that it asks belongs together: none of it can be asked apart from the rest."""

    def __init__(
        self, connections: KeptConnections, wall: Wall, actor: Actor | None = None
    ) -> None:
        self.wall = wall
        """How far the statements from now on reach; the kernel changes it when it has found out
        whom the unit is for."""
        self.actor = actor
        """Who reads and writes; None when it is the platform itself."""
        self.basis = ""
        """The action that the request's handler demands."""
        self.looks: list[AuditNote] = []
        """What was looked at and is not in the audit yet; `Storage.keep_looks` writes it."""
        self._connections = connections
        self._goes_straight = connections.go_straight
        self._inline = connections.inline
        self._is_cut_off = False
        self._told: str | None = None
        """How far the connection is known to reach, as `Wall.setting` says it. SQLAlchemy opens
        none that is lost anew before it has been given back."""
        self._turn = asyncio.Lock()
        self._open: AsyncConnection | None = None
        self.now: datetime = utc_now()
        self.statements = 0

    async def connection(self) -> AsyncConnection:
        """Return the unit's connection, opening it when this is the first use."""
        if self._open is None:
            self._open = await self._connections.take()
        return self._open

    async def close(self) -> None:
        """Give the connection back."""
        if self._open is not None:
            opened, self._open, self._told = self._open, None, None
            if self._is_cut_off:
                self._is_cut_off = False
                await self._connections.end(opened)
            else:
                await self._connections.give_back(opened)

    async def _ask(self, statement: sa.Executable, params: Params | None) -> Answer:
        """Return what a statement finds; those of one unit take turns."""
        async with self._turn:
            if self._inline is not None:
                if self.wall.setting is None:
                    check_global(statement)
                found = self._inline.ask(statement, params or {})
                if found is not None:
                    self.statements += 1
                    return found
            connection = await self._raise_wall(statement)
            self.statements += 1
            return await self._answer(connection, statement, params or {})

    async def _answer(
        self, connection: AsyncConnection, statement: sa.Executable, params: Params
    ) -> Answer:
        if self._goes_straight:
            asked = straight.ask(connection, statement, params, in_transaction=self._in_transaction)
            found = await self._whole(asked)
            if found is not None:
                return found
        if isinstance(statement, sa.Select | sa.CompoundSelect):
            params = even_out(params)
        if self._in_transaction and not self._goes_straight:
            found = await self._whole(in_thread.ask(connection, statement, params))
            if found is not None:
                return found
        return await connection.execute(statement, params)

    async def _whole(self, asked: Awaitable[_Found]) -> _Found:
        """Return what was asked for. Of a connection that is cut off in the middle of it nobody
        knows what it would answer next.
        """
        try:
            return await asked
        except DBAPIError:
            raise
        except BaseException:
            self._is_cut_off = True
            raise

    async def _raise_wall(self, statement: sa.Executable) -> AsyncConnection:
        if self.wall.setting is None:
            check_global(statement)
        connection = await self.connection()
        if self.wall.setting is not None and self._told != self.wall.setting:
            await self._tell_wall(connection, self.wall.setting)
            self._told = self.wall.setting
        return connection

    async def _tell_wall(self, connection: AsyncConnection, setting: str) -> None:
        if connection.info.get(SETTING) == setting:
            return
        # Cut off in the middle of it, nobody knows what PostgreSQL was told.
        forget_wall(connection)
        if connection.dialect.name == "postgresql":
            await self._answer(connection, SET_WALL, {"wall": setting})
        connection.info[SETTING] = setting

    async def rows(
        self, statement: sa.Executable, params: Params | None = None
    ) -> Sequence[sa.Row[Any]]:
        """Return all rows."""
        return (await self._ask(statement, params)).all()

    async def structs(
        self, into: type[Row], statement: sa.Executable, params: Params | None = None
    ) -> list[Row]:
        """Return all rows as Structs whose fields have the columns' order."""
        return [into(*row) for row in await self._ask(statement, params)]

    async def first(
        self, statement: sa.Executable, params: Params | None = None
    ) -> sa.Row[Any] | None:
        """Return the first row, or None."""
        return (await self._ask(statement, params)).first()

    async def scalar(self, statement: sa.Executable, params: Params | None = None) -> Any:
        """Return the first column of the first row, or None."""
        return (await self._ask(statement, params)).scalar()

    def looked(
        self,
        action: str,
        *,
        municipality_id: UUID,
        object_id: UUID | None = None,
        subjects: Sequence[UUID] = (),
        details: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        """Record that this was read: durable before the answer leaves, whatever becomes of it."""
        kind = AuditKind.LOOK
        self.looks.append(self._note(action, municipality_id, object_id, subjects, details, kind))

    def _note(
        self,
        action: str,
        municipality_id: UUID,
        object_id: UUID | None,
        subjects: Sequence[UUID],
        details: Mapping[str, str | int | bool] | None,
        kind: AuditKind,
        by: Who | None = None,
    ) -> AuditNote:
        return AuditNote(
            action,
            municipality_id,
            object_id,
            tuple(subjects),
            details or {},
            kind,
            by or self.actor,
            self.basis,
            str(get_contextvars().get("request_id", ""))[:_LONGEST_REQUEST],
        )


class Snapshot(Read):
    """Reads that all see the database as it was at the first of them, while others write on.

    It has a connection of its own, which is not lent to others before or after.
    """

    def __init__(self, connections: KeptConnections, wall: Wall) -> None:
        super().__init__(connections, wall)
        self._goes_straight, self._inline = False, None
        self._stack = AsyncExitStack()

    async def connection(self) -> AsyncConnection:
        """Return the connection inside the one transaction, which reads alone."""
        if self._open is None:
            connecting = self._connections.engine.connect()
            connection = await self._stack.enter_async_context(connecting)
            if connection.dialect.name == "postgresql":
                await connection.execution_options(  # type: ignore[unused-awaitable]  # It is the same connection.
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            else:
                # The engine that reads is in autocommit; SQLite takes its snapshot at the first
                # SELECT after this.
                await connection.exec_driver_sql("BEGIN")
            self._open = connection
        return self._open

    async def stream(self, statement: sa.Executable) -> AsyncIterator[sa.Row[Any]]:
        """Yield the rows while they come, some hundreds of them in memory at a time."""
        connection = await self._raise_wall(statement)
        self.statements += 1
        async with connection.stream(
            statement, execution_options={"yield_per": _STREAMED}
        ) as found:
            async for row in found:
                yield row

    async def close(self) -> None:
        """End the transaction, and close the connection."""
        async with self._stack:
            if self._open is None:
                return
            opened, self._open, self._told = self._open, None, None
            if opened.dialect.name == "sqlite":
                await opened.exec_driver_sql("ROLLBACK")
            else:
                await opened.rollback()
            forget_wall(opened)
