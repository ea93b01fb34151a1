"""A worker that was killed holds nothing up once another starts on its machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from aula_platform.events import lanes
from aula_platform.events.presence import free_lanes_of_the_dead, is_gone, name_worker
from aula_platform.events.relay import PATIENCE
from aula_platform.events.tables import lane
from aula_platform.events.worker import Worker
from aula_platform.storage import EVERYWHERE

CLAIM = """
import asyncio, os, signal, sys
from aula_platform.events import lanes, presence, relay
from aula_platform.storage import Storage

async def main():
    lease = relay.PATIENCE.lease
    name = presence.name_worker() + "-0"
    assert await lanes.claim(Storage(sys.argv[1]), ["probe.count"], name, lease) is not None
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def _name_of(process: int, host: str = "", worker: str = "abcdef123456") -> str:
    here = name_worker().rsplit("-", 2)[0]
    return f"{host or here}-{process}-{worker}-0"


@pytest.fixture(scope="module")
def ended() -> int:
    """The id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


async def test_what_a_killed_worker_held_is_delivered_by_the_next(bench: Any) -> None:
    """R23: with the lease as it is, a minute, the stream goes on as soon as a worker starts."""
    stream = uuid4()
    await bench.emit(stream, 1)
    killed = subprocess.run([sys.executable, "-c", CLAIM, bench.storage.url], check=False)
    assert killed.returncode < 0
    async with bench.storage.read(EVERYWHERE) as read:
        held = await read.first(sa.select(lane.c.leased_until, lane.c.leased_by))
        assert held is not None
        assert held.leased_until > read.now + PATIENCE.lease / 2
    assert await bench.relay(bench.subscriber()).deliver_waiting() == 0, "nobody else may have it"
    worker = Worker(bench.storage, bench, subscribers=[bench.subscriber()])
    await worker.start()
    try:
        await bench.until(1)
    finally:
        await worker.stop()
    assert await bench.seen() == [(stream, 1)]


async def test_who_may_still_live_keeps_its_lanes(bench: Any, ended: int) -> None:
    """Of four that hold a lane, only the one whose process has ended here loses it."""
    mine = f"{name_worker()}-0"
    names = [mine, _name_of(ended), _name_of(ended, "elsewhere"), _name_of(os.getppid())]
    for name in names:
        await bench.emit(uuid4(), 1)
        assert await lanes.claim(bench.storage, ["probe.count"], name, PATIENCE.lease) is not None
    await free_lanes_of_the_dead(bench.storage)
    async with bench.storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(lane.c.leased_by).where(lane.c.leased_until <= read.now))
    assert [row.leased_by for row in rows] == [_name_of(ended)]


def test_who_is_gone_is_known_by_host_and_process(ended: int) -> None:
    """A process with this one's id that came before it is gone; of what has no such name nobody
    can say so.
    """
    assert is_gone(_name_of(ended))
    assert is_gone(_name_of(os.getpid())), "another process, which had the same id"
    assert not is_gone(f"{name_worker()}-3")
    assert not is_gone(_name_of(1)), "it lives, though it may belong to somebody else"
    for name in ("", "dead", f"elsewhere-{ended}-abcdef-0", _name_of(ended).replace("-", "_")):
        assert not is_gone(name), name
