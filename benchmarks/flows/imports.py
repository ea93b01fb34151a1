"""A delivery of stamdata, applied while people go on writing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from aula_platform.storage import EVERYWHERE
from aula_plugins.messages.ids import THREAD
from benchmarks.installation import SPARES, Failed, code_of
from benchmarks.load import WrongAnswer
from benchmarks.processes import HOST, read_cpu
from benchmarks.results import Figure, Result
from benchmarks.town.people import write_people
from benchmarks.town.roster import read_rooms
from benchmarks.town.size import HUNDRED_THOUSAND, Size
from benchmarks.world import World

_PAUSE = 0.05
_CHANGED = 204
_SMALL_SECONDS, _LARGE_SECONDS, _LARGE_MB, _LARGE_HELD = 2.0, 120.0, 500.0, 5.0


class _Taken(msgspec.Struct, frozen=True):
    """What one import took."""

    people: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    held_seconds: float
    """The longest that somebody waited who wrote meanwhile."""


@dataclass(frozen=True)
class _Imports:
    name: str = "import"
    what: str = "an import, from files to applied"
    place: int = 50

    async def measure(self, world: World) -> Result:
        """Import a school into empty municipalities, one after the other; then a large one."""
        size = msgspec.structs.replace(world.size, schools=1)
        keys = SPARES[: world.effort.imports]
        taken = [await _import(world, key, size) for key in keys]
        best = min(taken, key=lambda each: each.cpu_seconds)
        name = f"{best.people} people"
        figures = [
            Figure(name, best.seconds, "s", _SMALL_SECONDS),
            Figure(f"{name}, processor time", best.cpu_seconds, "s"),
            Figure(f"{name}, a write waits", max(each.held_seconds for each in taken), "s"),
        ]
        if world.effort.long:
            figures += _figures(await _import(world, SPARES[-1], HUNDRED_THOUSAND))
        return Result(
            flow=self.name,
            what=self.what,
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=len(taken),
            cpu_ms=1000 * best.cpu_seconds,
            figures=tuple(figures),
        )


def _figures(large: _Taken) -> list[Figure]:
    name = f"{large.people} people"
    return [
        Figure(name, large.seconds, "s", _LARGE_SECONDS),
        Figure(f"{name}, processor time", large.cpu_seconds, "s"),
        Figure(f"{name}, at most held", large.peak_mb, "MB", _LARGE_MB),
        Figure(f"{name}, a write waits", large.held_seconds, "s", _LARGE_HELD),
    ]


async def _import(world: World, key: str, size: Size) -> _Taken:
    folder = world.installation.folder / f"{key}-{size.schools}"
    await asyncio.to_thread(write_people, folder, key, code_of(1 + SPARES.index(key)), size)
    async with _writing(world) as waits:
        database = read_cpu([world.postmaster]) if world.postmaster else 0.0
        begun = time.perf_counter()
        cpu, peak = await asyncio.to_thread(_run, world, key, folder)
        seconds = time.perf_counter() - begun
        if world.postmaster:
            database = read_cpu([world.postmaster]) - database
    await _check(world, key, size)
    return _Taken(size.people, seconds, cpu + database, peak, max(waits))


def _run(world: World, key: str, folder: Path) -> tuple[float, float]:
    """Return the seconds of processor time and the MB at most of the command itself."""
    options = ["--municipality", key, "--apply", "--yes-remove"]
    command = world.installation.command("import", "oneroster", str(folder), *options)
    process = subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed("the import was not applied; see above")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


async def _check(world: World, key: str, size: Size) -> None:
    municipality = world.municipalities[key]
    async with world.storage.read(EVERYWHERE) as read:
        found = sum(len(room.seats) for room in await read_rooms(read, municipality))
    if found != size.people:
        raise WrongAnswer(f"{found} people have been imported instead of {size.people}")


@contextlib.asynccontextmanager
async def _writing(world: World) -> AsyncIterator[list[float]]:
    """Let somebody write all the time; give how long each write took, in seconds."""
    waits = [0.0]
    task = asyncio.create_task(_write(world, waits))
    try:
        yield waits
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _write(world: World, waits: list[float]) -> None:
    visitor = world.visitors[0]
    thread_id = THREAD.format(world.threads[visitor.room.group_id][0])
    url = f"http://{HOST}:{world.installation.port}/api/v1/messages/threads/{thread_id}"
    async with httpx.AsyncClient(timeout=120) as client:
        while True:
            sent = time.perf_counter()
            muted = {"muted": len(waits) % 2 == 0}
            answer = await client.patch(url, json=muted, headers=visitor.headers)
            if answer.status_code != _CHANGED:
                raise WrongAnswer(f"a write during the import: {answer.status_code}")
            waits.append(time.perf_counter() - sent)
            await asyncio.sleep(_PAUSE)


FLOW = _Imports()
