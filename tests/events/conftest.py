"""A migrated database with the outbox's recorder, and a table in which effects are seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from aula_platform import events
from aula_platform.events import Patience, Relay
from aula_platform.storage import EVERYWHERE, Read, Storage, Write
from aula_sdk.db import Id, plugin_metadata
from aula_sdk.events import Event, Subscriber
from aula_sdk.people import Actor
from tests.databases import KINDS, open_database

probe = plugin_metadata("probe")
effects = sa.Table(
    "probe_effect",
    probe,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subscriber", sa.String(40)),
    sa.Column("stream", Id),
    sa.Column("number", sa.Integer),
)
Handle = Callable[[Any, Write, Any], Awaitable[None]]


class Counted(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "probe.counted.v1"
    lane: UUID
    number: int

    @property
    def stream(self) -> UUID:
        return self.lane


@dataclass
class Bench:
    """The database and what subscribers and jobs reach it through."""

    storage: Storage
    municipality: UUID

    def read(self) -> AbstractAsyncContextManager[Read]:
        return self.storage.read(EVERYWHERE)

    def write(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Write]:
        return self.storage.write(EVERYWHERE, actor)

    def event(self, lane: UUID, number: int) -> Counted:
        return Counted(municipality_id=self.municipality, lane=lane, number=number)

    async def emit(self, lane: UUID, *numbers: int) -> None:
        async with self.storage.write(EVERYWHERE) as write:
            for number in numbers:
                write.emit(self.event(lane, number))

    async def seen(self, subscriber: str = "probe.count") -> list[tuple[UUID, int]]:
        statement = sa.select(effects.c.stream, effects.c.number).order_by(effects.c.place)
        async with self.storage.read(EVERYWHERE) as read:
            rows = await read.rows(statement.where(effects.c.subscriber == subscriber))
        return [tuple(row) for row in rows]

    async def until(self, count: int) -> None:
        """Wait until so many effects have been seen."""
        async with asyncio.timeout(30):
            while len(await self.seen()) < count:  # The database is watched.
                await asyncio.sleep(0.02)

    async def count(self, table: sa.Table) -> int:
        async with self.storage.read(EVERYWHERE) as read:
            return int(await read.scalar(sa.select(sa.func.count()).select_from(table)))

    def subscriber(self, handle: Handle | None = None, name: str = "probe.count") -> Subscriber:
        return Subscriber(name, Counted, cast(Any, handle or self.note))

    async def note(self, event: Counted, write: Write, _platform: object = None) -> None:
        """The effect that is counted."""
        await write.execute(
            sa.insert(effects),
            {"subscriber": "probe.count", "stream": event.lane, "number": event.number},
        )

    def relay(self, *subscribers: Subscriber, worker: str = "one", **patience: Any) -> Relay:
        quick: dict[str, Any] = {"first_pause": timedelta(0), "poll": timedelta(seconds=0.05)}
        return Relay(
            self.storage,
            self,  # type: ignore[arg-type]  # The relay hands it on; no test asks it for more.
            subscribers,
            worker=worker,
            patience=Patience(**{**quick, **patience}),
        )


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=KINDS)
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Storage]:
    async with open_database(request.param, tmp_path, [events.OWNER]) as opened:
        async with opened.engines.writing.begin() as connection:
            await connection.run_sync(probe.create_all)
        opened.recorders.append(events.record)
        yield opened


@pytest.fixture
async def bench(storage: Storage) -> Bench:
    made = Bench(storage, uuid4())
    await events.register_subscribers(storage, [made.subscriber()])
    return made
