"""Workers by name, and whether the process of one is gone.

A worker that was killed cannot give its lanes back. Whoever starts next on the same machine knows
that it is gone and frees them at once; that a whole machine is gone nobody else can know, so its
leases run out. To be wrong about it costs nothing but a try: a delivery holds its lane in its own
transaction, and fails when somebody else has it (`lanes.renew`).
"""

import os
import socket
from uuid import uuid4

import sqlalchemy as sa

from aula_platform.events.lanes import NEVER
from aula_platform.events.tables import lane
from aula_platform.storage import EVERYWHERE, Storage

_PROCESS = uuid4().hex[:6]
"""Tells this process from one before it that had the same id, as the first of a container has."""


def name_worker() -> str:
    """Return a name that no other worker has: host, process, and which of its workers."""
    return f"{_host()}-{os.getpid()}-{_PROCESS}{uuid4().hex[:6]}"


def _host() -> str:
    return socket.gethostname()[:30]


def is_gone(leased_by: str) -> bool:
    """Whether the process of a relay (its worker's name and a number) has ended on this machine.

    False where that cannot be known.
    """
    host, *rest = leased_by.rsplit("-", 3)
    if host != _host() or len(rest) != len(("process", "worker", "relay")) or not rest[0].isdigit():
        return False
    process = int(rest[0])
    if process == os.getpid():
        return not rest[1].startswith(_PROCESS)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False


async def free_lanes_of_the_dead(storage: Storage) -> None:
    """Let the leases end whose workers are gone; what waits in their lanes is delivered next.

    That they were tried is still counted, so that an event which kills its worker is parked.
    """
    leased = sa.select(lane.c.leased_by).where(lane.c.leased_by != "").distinct()
    async with storage.read(EVERYWHERE) as read:
        gone = [row.leased_by for row in await read.rows(leased) if is_gone(row.leased_by)]
    if gone:
        async with storage.write(EVERYWHERE) as write:
            await write.execute(
                sa.update(lane).where(lane.c.leased_by.in_(gone)).values(leased_until=NEVER)
            )
