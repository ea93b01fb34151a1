"""Units of work that write: one transaction each, or on PostgreSQL one statement that is whole.

A transaction on PostgreSQL is begun and ended by the unit itself, not by SQLAlchemy, to which the
connection is in autocommit: so its statements can go straight to the driver (decision 0048).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncConnection

from aula_platform.storage import straight
from aula_platform.storage.kept import KeptConnections
from aula_platform.storage.notes import AuditNote, Topic, Who
from aula_platform.storage.tables import idempotency
from aula_platform.storage.units import Answer, Params, Read
from aula_platform.storage.wall import Wall, forget_wall
from aula_sdk.audit import AuditKind
from aula_sdk.events import Event
from aula_sdk.people import Actor

_BUSY_PAUSE = 0.02
_BUSY_TRIES = 500
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
_COMMIT = "COMMIT"


class NotCommitted(Exception):
    """The database has rolled back what was to be committed: a statement of it had failed, and
    whoever asked went on.
    """


class Write(Read):
    """Implements `aula_sdk.protocols.WriteUnit`: one transaction, begun at its first statement."""

    _in_transaction = True

    def __init__(
        self,
        connections: KeptConnections,
        wall: Wall,
        lock: asyncio.Lock | None,
        actor: Actor | None,
        watchers: Sequence[Callable[["Write"], None]] = (),
    ) -> None:
        """``watchers`` are called with the unit when its transaction has begun."""
        super().__init__(connections, wall, actor)
        self._lock = lock
        self._watchers = watchers
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
    def is_under_way(self) -> bool:
        """Whether its transaction has begun and has not ended."""
        return self._open is not None and not self._is_durable

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
            for watch in self._watchers:
                watch(self)
        elif self._open.invalidated:
            # SQLAlchemy would open another one, and go on outside of any transaction.
            message = "the connection was lost, and with it what was written"
            raise PendingRollbackError(message)
        return self._open

    async def _begin(self) -> AsyncConnection:
        for _attempt in range(_BUSY_TRIES):
            connection = await self._connections.take()
            try:
                if self._goes_straight:
                    await straight.tell(connection, _BEGIN)
                else:
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
        """Make everything durable; called by `Storage` alone.

        Raises `NotCommitted` when there is nothing left to commit.
        """
        if self._open is None:
            return
        connection = await self.connection()
        if not self._goes_straight:
            await connection.commit()
        elif (done := await self._whole(straight.tell(connection, _COMMIT))) != _COMMIT:
            raise NotCommitted(done)
        self._is_durable = True

    async def abandon(self) -> None:
        """Close the connection, if there is one, instead of giving it back."""
        if self._open is not None:
            await self._open.invalidate()

    async def close(self) -> None:
        """Give the connection back, rolling back what was not committed."""
        try:
            if self._open is not None and not (self._is_durable or self._is_cut_off):
                opened, self._open, self._told = self._open, None, None
                forget_wall(opened)
                await self._connections.roll_back(opened)
            await super().close()
        finally:
            if self._lock is not None and self._holds_lock:
                self._holds_lock = False
                self._lock.release()

    async def execute(
        self, statement: sa.Executable, params: Params | Sequence[Params] | None = None
    ) -> Answer:
        """Carry out an INSERT, UPDATE or DELETE; an empty list of rows does nothing at all."""
        if isinstance(params, Sequence) and len(params) == 1:
            params = params[0]
        if params is None or isinstance(params, Mapping):
            return await self._ask(statement, params)
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

    _in_transaction = False

    async def _begin(self) -> AsyncConnection:
        return await self._connections.take()

    async def execute(self, statement: sa.Executable, params: Any = None) -> Any:
        """Carry out what one set of parameters says; durable when this returns."""
        return await self._ask(statement, params)

    async def commit(self) -> None:
        """Leave it as it is: there is nothing to commit."""

    async def close(self) -> None:
        """Give the connection back: there is nothing to roll back either."""
        self._is_durable = True
        await super().close()
