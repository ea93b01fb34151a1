"""Units of work: what a request or a job reads and writes through."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.contextvars import get_contextvars

from aula_platform.storage import straight
from aula_platform.storage.kept import KeptConnections
from aula_platform.storage.lists import even_out
from aula_platform.storage.tables import idempotency
from aula_platform.storage.wall import SET_WALL, SETTING, Wall, check_global, forget_wall
from aula_sdk.audit import AuditKind
from aula_sdk.db import utc_now
from aula_sdk.events import Event
from aula_sdk.people import Actor

Row = TypeVar("Row", bound=msgspec.Struct)
Params = Mapping[str, Any]
Answer = sa.CursorResult[Any] | straight.Rows
_BUSY_PAUSE = 0.02
_BUSY_TRIES = 500
_STREAMED = 500
_LONGEST_REQUEST = 64


class Topic(NamedTuple):
    """A live topic that has changed for these profiles."""

    name: str
    profiles: tuple[UUID, ...]


class Who(NamedTuple):
    """Somebody who acts though there is no `Actor` yet: at the door, signing in."""

    account_id: UUID | None
    person_id: UUID | None
    profiles: tuple[UUID, ...]
    role: str
    assurance: int


class AuditNote(NamedTuple):
    """What is to be written into the audit: by the transaction itself, or of a reading."""

    action: str
    municipality_id: UUID
    object_id: UUID | None
    subjects: tuple[UUID, ...]
    details: Mapping[str, str | int | bool]
    kind: AuditKind = AuditKind.WRITE
    by: Actor | Who | None = None
    basis: str = ""
    """The action whose holding let the request in."""
    request_id: str = ""


class Read:
    """Implements `aula_sdk.protocols.ReadUnit`; takes a connection at its first statement."""

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
        self._is_cut_off = False
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
            opened, self._open = self._open, None
            if self._is_cut_off:
                await self._connections.end(opened)
            else:
                await self._connections.give_back(opened)

    async def _ask(self, statement: sa.Executable, params: Params | None) -> Answer:
        """Return what a statement finds; those of one unit take turns."""
        async with self._turn:
            connection = await self._raise_wall(statement)
            self.statements += 1
            return await self._answer(connection, statement, params or {})

    async def _answer(
        self, connection: AsyncConnection, statement: sa.Executable, params: Params
    ) -> Answer:
        if self._goes_straight:
            try:
                found = await straight.ask(connection, statement, params)
            except BaseException:
                # Nobody knows what the connection would answer next.
                self._is_cut_off = True
                raise
            if found is not None:
                return found
        if isinstance(statement, sa.Select | sa.CompoundSelect):
            params = even_out(params)
        return await connection.execute(statement, params)

    async def _raise_wall(self, statement: sa.Executable) -> AsyncConnection:
        if self.wall.setting is None:
            check_global(statement)
        connection = await self.connection()
        if self.wall.setting is not None and connection.info.get(SETTING) != self.wall.setting:
            if connection.dialect.name == "postgresql":
                await self._answer(connection, SET_WALL, {"wall": self.wall.setting})
            connection.info[SETTING] = self.wall.setting
        return connection

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
        self._goes_straight = False
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
            opened, self._open = self._open, None
            if opened.dialect.name == "sqlite":
                await opened.exec_driver_sql("ROLLBACK")
            else:
                await opened.rollback()
            forget_wall(opened)


class Write(Read):
    """Implements `aula_sdk.protocols.WriteUnit`: one transaction, begun at its first statement."""

    def __init__(
        self,
        connections: KeptConnections,
        wall: Wall,
        lock: asyncio.Lock | None,
        actor: Actor | None,
    ) -> None:
        super().__init__(connections, wall, actor)
        self._lock = lock
        self._holds_lock = False
        self._is_durable = False
        self.events: list[Event] = []
        self.topics: list[Topic] = []
        self.audits: list[AuditNote] = []

    @property
    def has_work(self) -> bool:
        """Whether there is anything to commit."""
        return self._open is not None or bool(self.events or self.topics or self.audits)

    @property
    def looks_on(self) -> bool:
        """Whether somebody sees the site as the actor: nothing that they set off takes effect."""
        return self.actor is not None and self.actor.seen_by is not None

    def forget(self) -> None:
        """Leave nothing to be told or written down of what has no effect."""
        self.events, self.topics, self.audits = [], [], []

    async def connection(self) -> AsyncConnection:
        """Return the connection inside the transaction, beginning it when this is the first use.

        On SQLite one writer at a time enters, in the order of asking; another process that holds
        the file is waited for without blocking the loop.
        """
        if self._open is None:
            if self._lock is not None and not self._holds_lock:
                await self._lock.acquire()
                self._holds_lock = True
            self._open = await self._begin()
        return self._open

    async def _begin(self) -> AsyncConnection:
        for _attempt in range(_BUSY_TRIES):
            connection = await self._connections.take()
            try:
                await connection.begin()  # type: ignore[unused-awaitable]  # The connection keeps its transaction.
            except BaseException as error:
                await self._connections.roll_back(connection)
                if not isinstance(error, OperationalError) or "locked" not in str(error):
                    raise
                await asyncio.sleep(_BUSY_PAUSE)
            else:
                return connection
        message = "the database is held by another process"
        raise TimeoutError(message)

    async def commit(self) -> None:
        """Make everything durable; called by `Storage` alone."""
        if self._open is not None:
            await self._open.commit()
            self._is_durable = True

    async def abandon(self) -> None:
        """Close the connection, if there is one, instead of giving it back."""
        if self._open is not None:
            await self._open.invalidate()

    async def close(self) -> None:
        """Give the connection back, rolling back what was not committed."""
        try:
            if self._open is not None and not self._is_durable:
                opened, self._open = self._open, None
                forget_wall(opened)
                await self._connections.roll_back(opened)
            await super().close()
        finally:
            if self._lock is not None and self._holds_lock:
                self._holds_lock = False
                self._lock.release()

    async def execute(
        self, statement: sa.Executable, params: Params | Sequence[Params] | None = None
    ) -> sa.CursorResult[Any]:
        """Carry out an INSERT, UPDATE or DELETE; an empty list of rows does nothing at all."""
        async with self._turn:
            connection = await self._raise_wall(statement)
            self.statements += 1
            return await connection.execute(statement, params)

    def emit(self, event: Event) -> None:
        """Deliver the event after the commit."""
        self.events.append(event)

    def changed(self, topic: str, profiles: Sequence[UUID]) -> None:
        """After the commit, tell open pages of these profiles to fetch ``topic`` again."""
        self.topics.append(Topic(topic, tuple(profiles)))

    def audit(
        self,
        action: str,
        *,
        municipality_id: UUID,
        object_id: UUID | None = None,
        subjects: Sequence[UUID] = (),
        details: Mapping[str, str | int | bool] | None = None,
        kind: AuditKind = AuditKind.WRITE,
        by: Who | None = None,
    ) -> None:
        """Record that the actor (or ``by``, at the door) did this; it commits with the write."""
        self.audits.append(
            self._note(action, municipality_id, object_id, subjects, details, kind, by)
        )

    async def once(self, key: str) -> UUID | None:
        """Return what an earlier request of this account with this key made, if anything."""
        account = self._account()
        found = await self.scalar(
            sa.select(idempotency.c.object_id).where(
                idempotency.c.account_id == account, idempotency.c.key == key
            )
        )
        return found if found is None else UUID(str(found))

    async def remember(self, key: str, object_id: UUID) -> None:
        """Keep what was made under this key; two at once meet at the primary key, and one fails."""
        await self.execute(
            sa.insert(idempotency),
            {
                "account_id": self._account(),
                "key": key,
                "object_id": object_id,
                "created_at": self.now,
            },
        )

    def _account(self) -> UUID:
        if self.actor is None:
            message = "idempotency keys belong to an account: there is none in this unit"
            raise RuntimeError(message)
        return self.actor.account_id


class Note(Write):
    """What PostgreSQL is told in statements each of which is whole by itself, with no transaction
    around them (decision 0029).
    """

    async def _begin(self) -> AsyncConnection:
        return await self._connections.take()

    async def execute(
        self, statement: sa.Executable, params: Params | Sequence[Params] | None = None
    ) -> Any:
        """Carry out what one set of parameters says; durable when this returns."""
        if not isinstance(params, Mapping):
            return await super().execute(statement, params)
        return await self._ask(statement, params)

    async def commit(self) -> None:
        """Leave it as it is: there is nothing to commit."""
        self._is_durable = True
