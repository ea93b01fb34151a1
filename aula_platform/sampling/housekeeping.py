"""Lets go of what was drawn from months of the audit that have expired: both last equally long."""

from datetime import timedelta

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.sampling.tables import drawn, sample
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform

_BATCH = 500
_gone = sa.tuple_(drawn.c.sample_id, drawn.c.number).in_(
    sa.select(drawn.c.sample_id, drawn.c.number)
    .where(~sa.exists().where(entry.c.id == drawn.c.entry_id))
    .limit(_BATCH)
)
_empty = ~sa.exists().where(drawn.c.sample_id == sample.c.id)


async def forget_expired(storage: Storage) -> int:
    """Remove what was said of entries that have expired, and samples of which nothing is left.

    Returns how many entries that were.
    """
    total = 0
    while True:
        async with storage.write(EVERYWHERE) as write:
            gone = (await write.execute(sa.delete(drawn).where(_gone))).rowcount
            if gone:
                await write.execute(sa.delete(sample).where(_empty))
        total += gone
        if gone < _BATCH:
            return total


def make_jobs(storage: Storage) -> tuple[Job, ...]:
    """Return the room's own jobs."""

    async def forget(_platform: Platform) -> None:
        await forget_expired(storage)

    return (Job("sampling.forget", timedelta(hours=24), forget),)
