"""Removes what has been delivered and told, some time after."""

from datetime import timedelta

import sqlalchemy as sa

from aula_platform.events.tables import delivery, outbox, topic
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform

KEEP_EVENTS = timedelta(days=7)
KEEP_TOPICS = timedelta(minutes=10)
_CHUNK = 1000


async def remove_done(platform: Platform) -> None:
    """Remove events that every subscriber has had, a week after, and topics that were told.

    In small transactions, so that nobody waits. What is undelivered or parked stays.
    """
    undelivered = sa.exists().where(
        delivery.c.sequence == outbox.c.sequence, delivery.c.delivered_at.is_(None)
    )
    async with platform.read() as read:
        now = read.now
    await _remove(platform, outbox, (outbox.c.created_at < now - KEEP_EVENTS) & ~undelivered)
    await _remove(platform, topic, topic.c.created_at < now - KEEP_TOPICS)


async def _remove(platform: Platform, table: sa.Table, old: sa.ColumnElement[bool]) -> None:
    some = sa.select(table.c.sequence).where(old).limit(_CHUNK)
    removed = _CHUNK
    while removed == _CHUNK:
        async with platform.write() as write:
            gone = await write.execute(sa.delete(table).where(table.c.sequence.in_(some)))
            removed = gone.rowcount


JOBS = (Job("events.remove_done", timedelta(hours=1), remove_done),)
