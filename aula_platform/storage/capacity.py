"""Whether PostgreSQL takes as many connections as the site opens when everybody comes at once."""

import sqlalchemy as sa

from aula_platform.storage.database import Storage
from aula_platform.storage.engines import APART

_OFFERED = sa.text("""
SELECT current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0)
""")


def most_connections(pool_size: int) -> int:
    """Return how many connections a process has open when all that it can do at once is done: to
    read, to write, and to note what was read.
    """
    return 2 * (2 * pool_size + APART) + 1


async def find_shortage(storage: Storage, pool_size: int, workers: int) -> str:
    """Return what an operator ought to know when so many workers can open more connections than
    the database takes; empty where it takes them.

    With a crowd at the door, requests would fail that could have waited.
    """
    if storage.is_sqlite:
        return ""
    async with storage.engines.reading.connect() as connection:
        offered = int((await connection.execute(_OFFERED)).scalar_one())
    needed = workers * most_connections(pool_size)
    if needed <= offered:
        return ""
    return (
        f"{workers} workers open up to {needed} connections, and PostgreSQL takes {offered}: raise "
        "its max_connections, or lower pool_size in [storage]"
    )
