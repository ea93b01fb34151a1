"""Many open pages, each with its stream of what has changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from benchmarks.client import encode
from benchmarks.flows.class_message import start_thread
from benchmarks.load import Request, WrongAnswer
from benchmarks.processes import HOST, read_cpu, read_memory
from benchmarks.results import Figure, Result
from benchmarks.town.visitors import Visitor
from benchmarks.world import World

_MOST_MB = 80.0
_PATIENCE = 60.0
_OPEN, _CHANGED = b": open", b"event: changed"


class _Stream:
    """One open page."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.heard = b""

    async def listen(self, port: int) -> None:
        """Listen until it is cancelled; hanging up before is noticed by what is not heard."""
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(encode(Request("/live", self.visitor.headers), port))
            while data := await reader.read(4096):
                self.heard += data
        finally:
            writer.close()


async def _wait_for(streams: Sequence[_Stream], word: bytes) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while not all(word in stream.heard for stream in streams):  # noqa: ASYNC110  # All of them are looked at together.
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        silent = sum(word not in stream.heard for stream in streams)
        raise WrongAnswer(f"{silent} of {len(streams)} streams did not say {word!r}") from error


@contextlib.asynccontextmanager
async def _open(visitors: Sequence[Visitor], port: int) -> AsyncIterator[list[_Stream]]:
    streams = [_Stream(visitor) for visitor in visitors]
    tasks = [asyncio.create_task(stream.listen(port)) for stream in streams]
    try:
        await _wait_for(streams, _OPEN)
        yield streams
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class _Streams:
    name: str = "streams"
    what: str = "open live streams"
    place: int = 40
    figures: tuple[Figure, ...] = field(default=())

    async def measure(self, world: World) -> Result:
        """Open the streams, see what they hold, and that a message reaches those it is for."""
        count, people = world.effort.streams, [*world.visitors, *world.bystanders]
        before, cpu = read_memory(world.site), read_cpu(world.roots)
        async with _open(list(islice(cycle(people), count)), world.installation.port) as streams:
            cpu = read_cpu(world.roots) - cpu
            held = read_memory(world.site) - before
            await self._tell(world, streams)
        return Result(
            flow=self.name,
            what=f"{count} {self.what}",
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=count,
            figures=(
                Figure(f"{count} streams hold", held, "MB", _MOST_MB * count / 1000),
                Figure("of which each", 1024 * held / count, "kB"),
                Figure("opening one", 1000 * cpu / count, "ms of processor time"),
            ),
        )

    async def _tell(self, world: World, streams: Sequence[_Stream]) -> None:
        teacher, request = start_thread(world)
        await world.measure([request])
        concerned = [
            stream for stream in streams if stream.visitor.room.group_id == teacher.room.group_id
        ]
        await _wait_for(concerned, _CHANGED)


FLOW = _Streams()
