"""What the outbox and the jobs keep about a plugin."""

import sqlalchemy as sa

from aula_platform.events.tables import delivery, job, lane, outbox, subscriber, topic
from aula_platform.storage.traces import Trace, named_after


def traces_of(plugin: str) -> list[Trace]:
    """Return its events, everybody's receipts for these, and what its own subscribers got."""
    emitted = sa.select(outbox.c.sequence).where(named_after(outbox.c.name, plugin))
    about = sa.or_(named_after(delivery.c.subscriber, plugin), delivery.c.sequence.in_(emitted))
    return [
        Trace(delivery, about),
        Trace(outbox, named_after(outbox.c.name, plugin)),
        Trace(topic, named_after(topic.c.name, plugin)),
        *hindrances_of(plugin),
    ]


def hindrances_of(plugin: str) -> list[Trace]:
    """Return what would wait for it for ever once it is uninstalled, its data kept or not."""
    waiting = delivery.c.delivered_at.is_(None)
    return [
        Trace(delivery, sa.and_(named_after(delivery.c.subscriber, plugin), waiting)),
        Trace(subscriber, named_after(subscriber.c.name, plugin)),
        Trace(lane, named_after(lane.c.subscriber, plugin)),
        Trace(job, named_after(job.c.name, plugin)),
    ]
