"""What flows are given: the running site, its people and conversations, and the floor below it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.tables import entry, link
from aula_platform.events.tables import delivery
from aula_platform.plugin_host import Host, start_host
from aula_platform.storage import EVERYWHERE, Storage
from aula_plugins.messages.models import thread
from aula_sdk.db import Id
from benchmarks.installation import TOWN, Installation, find_postmaster
from benchmarks.load import Load, Outcome, Request, WrongAnswer, run_load
from benchmarks.processes import read_cpu
from benchmarks.town.conversations import fill_conversations
from benchmarks.town.people import write_people
from benchmarks.town.roster import Room, read_rooms
from benchmarks.town.sharing import fill_sharing
from benchmarks.town.size import Size
from benchmarks.town.visitors import Visitor, choose_visitors, sign_in

_PATIENCE = 60.0
"""Seconds after which what a load has left behind ought to be done."""
_STREAMS_EACH = 4
"""So many streams one account has open; the platform allows twice as many in each process."""
_WAITING = sa.select(sa.func.count()).where(delivery.c.delivered_at.is_(None))


def _newest(ids: sa.Column[UUID]) -> sa.ScalarSelect[UUID]:
    return sa.select(ids).order_by(ids.desc()).limit(1).scalar_subquery()


_UNSEALED = sa.select(sa.literal(1)).where(
    _newest(entry.c.id) > sa.func.coalesce(_newest(link.c.entry_id), sa.literal(UUID(int=0), Id))
)


class Effort(msgspec.Struct, frozen=True):
    """How much is measured."""

    requests: int = 1200
    warm_up: int = 400
    """Each connection to the database plans what is asked by it for the first time."""
    seconds: float = 40.0
    connections: int = 32
    """More than a process keeps connections to its database for."""
    visitors: int = 24
    """Who take turns in a flow; half of them teach, as far as there are teachers."""
    recorded: int = 12
    """Requests of which the statements are counted and repeated by the bare driver."""
    repeated: int = 40
    """How often the bare driver repeats them."""
    streams: int = 1000
    imports: int = 3
    long: bool = False


ROUNDS = 3
"""How often what costs little is measured: what else the machine does can only add to it, so the
least is told (as of the figures that the aims were made from)."""


class Measured(msgspec.Struct, frozen=True):
    """A load, and the processor time that all our processes spent on it."""

    outcome: Outcome
    cpu_seconds: float
    database_seconds: float
    """What of it the database's own processes have used; of an embedded one nothing."""

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time for each request."""
        return 1000 * self.cpu_seconds / self.outcome.count

    @property
    def database_ms(self) -> float:
        """Milliseconds of it in the database."""
        return 1000 * self.database_seconds / self.outcome.count


class World(msgspec.Struct):
    """One site under measurement."""

    installation: Installation
    size: Size
    effort: Effort
    host: Host
    storage: Storage
    rooms: list[Room]
    threads: dict[UUID, list[UUID]]
    """The long conversations of each class, by its group."""
    visitors: list[Visitor]
    bystanders: list[Visitor]
    """More people with sessions, for flows that need many accounts."""
    municipalities: Mapping[str, UUID]
    """Ids by key of the configuration."""
    rng: random.Random
    site: int = 0
    """The pid of the site, below which all its processes are; 0 while it does not run."""
    postmaster: int = 0

    @property
    def roots(self) -> list[int]:
        """The processes whose time is counted, with all below them."""
        return [pid for pid in (self.site, self.postmaster) if pid]

    def _read_cpu(self) -> tuple[float, float]:
        """Return the seconds of processor time of the site, and of the database if it has any."""
        return read_cpu([self.site]), read_cpu([self.postmaster]) if self.postmaster else 0.0

    async def measure(self, requests: Sequence[Request], *, connections: int = 0) -> Measured:
        """Send requests; the processor time goes on until no event waits in the outbox, and what
        the audit was told is sealed: who comes next pays for nothing of it.
        """
        before = self._read_cpu()
        outcome = await run_load(
            Load(
                self.installation.port,
                list(requests),
                connections or self.effort.connections,
                self.effort.seconds,
            )
        )
        await self._wait_until_none(_WAITING, "events still wait in the outbox")
        await self._wait_until_none(_UNSEALED, "the audit is not sealed")
        site, database = (now - then for now, then in zip(self._read_cpu(), before, strict=True))
        return Measured(outcome, site + database, database)

    async def _wait_until_none(self, waiting: sa.Select[Any], otherwise: str) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            async with self.storage.read(EVERYWHERE) as read:
                if not await read.scalar(waiting):
                    return
            await asyncio.sleep(0.1)
        raise WrongAnswer(otherwise)

    def any_visitor(self) -> Visitor:
        """Return one of those who take turns."""
        return self.rng.choice(self.visitors)


@contextlib.asynccontextmanager
async def make_world(
    installation: Installation, size: Size, effort: Effort
) -> AsyncIterator[World]:
    """Yield an inhabited installation, which is not being served yet."""
    host = start_host()
    folder = installation.folder / TOWN
    write_people(folder, TOWN, "Z00", size)
    await installation.run("import", "oneroster", str(folder), "--municipality", TOWN, "--apply")
    rng = random.Random(17)
    async with installation.kernel(host) as kernel:
        async with kernel.storage.read(EVERYWHERE) as read:
            rooms = await read_rooms(read, kernel.municipalities[TOWN])
        _check(rooms, size)
        await fill_sharing(kernel.storage)
        await fill_conversations(kernel.storage, rooms, size)
        chosen = choose_visitors(rooms, effort.visitors, rng)
        many = effort.visitors + effort.streams // _STREAMS_EACH
        others = [pair for pair in choose_visitors(rooms, many, rng) if pair not in chosen]
        signed_in = await sign_in(kernel.storage, kernel.settings, [*chosen, *others])
        await _settle(kernel.storage)
        yield World(
            installation,
            size,
            effort,
            host,
            kernel.storage,
            rooms,
            await _long_threads(kernel.storage, rooms, size),
            signed_in[: len(chosen)],
            signed_in[len(chosen) :],
            kernel.municipalities,
            rng,
            postmaster=0 if kernel.storage.is_sqlite else await find_postmaster(kernel.storage),
        )


async def _settle(storage: Storage) -> None:
    """Let PostgreSQL tidy up after so many rows now, and not while something is measured."""
    if not storage.is_sqlite:
        async with storage.engines.reading.connect() as connection:
            await connection.exec_driver_sql("VACUUM (ANALYZE)")


def _check(rooms: Sequence[Room], size: Size) -> None:
    found = sum(len(room.seats) for room in rooms)
    if found != size.people:
        raise WrongAnswer(f"{found} people have been imported instead of {size.people}")


async def _long_threads(
    storage: Storage, rooms: Sequence[Room], size: Size
) -> dict[UUID, list[UUID]]:
    """Return the long conversations, which are the oldest, of each class."""
    statement = sa.select(thread.c.id, thread.c.creator_id).order_by(thread.c.started_at)
    creators = {room.teacher.profile_id: room.group_id for room in rooms}
    found: dict[UUID, list[UUID]] = {room.group_id: [] for room in rooms}
    async with storage.read(EVERYWHERE) as read:
        for row in await read.rows(statement):
            found[creators[row.creator_id]].append(row.id)
    return {group: threads[: size.long_threads] for group, threads in found.items()}
