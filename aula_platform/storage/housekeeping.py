"""Taking away idempotency keys that nobody repeats any more (rule 15)."""

from datetime import timedelta

import sqlalchemy as sa

from aula_platform.storage.tables import idempotency
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform, WriteUnit

KEPT = timedelta(days=7)


async def forget_old_keys(write: WriteUnit) -> int:
    """Delete the keys that are older than `KEPT`, and return how many that was."""
    old = idempotency.c.created_at <= write.now - KEPT
    return int((await write.execute(sa.delete(idempotency).where(old))).rowcount)


async def _run(platform: Platform) -> None:
    async with platform.write() as write:
        await forget_old_keys(write)


JOBS = (Job("storage.forget_old_keys", timedelta(hours=6), _run),)
