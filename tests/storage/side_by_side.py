"""Several real processes that do one thing to one database at the same moment.

``python -m tests.storage.side_by_side WHAT URL COUNT`` imports everything once, forks, lets all
begin together, and prints what each of them has returned, as JSON. The processes share nothing but
the database; they are forked by a program that has no event loop and no connection of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from aula_platform.kernel import owners_of
from aula_platform.plugin_host import Host, start_host
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.migrate import migrate
from aula_platform.storage.tables import idempotency
from workspace.places import ROOT

TASKS = 4
INCREMENTS = 15
Work = Callable[[Storage, Host], Awaitable[Any]]


async def migrate_all(storage: Storage, host: Host) -> list[str]:
    """Do what ``aula migrate`` does; return whose tables this process has moved."""
    return await migrate(storage, owners_of(host))


async def count_up(storage: Storage, _host: Host) -> int:
    """Read a number, add one and write it back, from several tasks; return how often it was."""

    async def count(times: int) -> None:
        for _time in range(times):
            async with storage.write(EVERYWHERE) as write:
                row = await write.first(sa.select(idempotency.c.key).with_for_update())
                assert row is not None
                await write.execute(sa.update(idempotency).values(key=str(int(row.key) + 1)))

    await asyncio.gather(*(count(INCREMENTS) for _task in range(TASKS)))
    return TASKS * INCREMENTS


WORKS: dict[str, Work] = {"migrate_all": migrate_all, "count_up": count_up}


def run_side_by_side(what: Work, url: str, count: int) -> list[Any]:
    """Let ``count`` processes do it to the database at ``url``; return what each has returned."""
    command = [sys.executable, "-m", __name__, what.__name__, url, str(count)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def _fork(what: Work, url: str, host: Host, start: int, gun: int) -> tuple[int, int]:
    """Return a new process's id and the pipe on which it tells what it has returned."""
    answer, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, answer
    code = 1
    try:
        # Nobody writes into this pipe: it ends for all at once, when the parent closes it too.
        os.close(gun)
        os.read(start, 1)
        os.write(told, json.dumps(asyncio.run(_run(what, url, host))).encode())
        code = 0
    finally:
        os._exit(code)


async def _run(what: Work, url: str, host: Host) -> Any:
    storage = Storage(url)
    try:
        return await what(storage, host)
    finally:
        await storage.close()


def main() -> int:
    """Return 0 when all have succeeded."""
    what, url, count = WORKS[sys.argv[1]], sys.argv[2], int(sys.argv[3])
    host = start_host()
    start, gun = os.pipe()
    children = [_fork(what, url, host, start, gun) for _number in range(count)]
    os.close(gun)
    answers = [os.fdopen(pipe, "rb").read() for _child, pipe in children]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, _pipe in children]
    if any(codes):
        return 1
    sys.stdout.write(f"[{','.join(answer.decode() for answer in answers)}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
