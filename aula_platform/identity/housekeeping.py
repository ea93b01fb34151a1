"""Taking away what has run out: sessions, log-ins that nobody finished, empty buckets."""

from datetime import timedelta

import sqlalchemy as sa

from aula_platform.identity.devices import KEEP, let_questions_lapse
from aula_platform.identity.tables import (
    access_key,
    broker_answer,
    device,
    login_attempt,
    login_rate,
    replay_cache,
    session,
    typed,
)
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform, WriteUnit

COUNT_KEPT = timedelta(days=1)


async def delete_expired(write: WriteUnit) -> int:
    """Delete what can no longer be used, and return how many rows that was."""
    statements = (
        sa.delete(session).where(
            sa.or_(session.c.expires_at <= write.now, session.c.idle_expires_at <= write.now)
        ),
        *(
            sa.delete(table).where(table.c.expires_at <= write.now)
            for table in (access_key, login_attempt, typed, broker_answer, replay_cache)
        ),
        sa.delete(device).where(device.c.last_used_at <= write.now - KEEP),
        sa.delete(login_rate).where(
            login_rate.c.paid_until
            <= sa.case(
                # The next refusal is to say how many were left out, if there is one within a day.
                (login_rate.c.left_out > 0, (write.now - COUNT_KEPT).timestamp()),
                else_=write.now.timestamp(),
            )
        ),
    )
    return sum([int((await write.execute(statement)).rowcount) for statement in statements])


async def _run(platform: Platform) -> None:
    async with platform.write() as write:
        await delete_expired(write)
        await let_questions_lapse(write)


JOBS = (Job("identity.delete_expired", timedelta(hours=1), _run),)
