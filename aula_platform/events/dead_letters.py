"""What could not be delivered: parked lanes, and what operators can do about them."""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.protocols import ReadUnit


class ParkedLane(msgspec.Struct, frozen=True):
    """A (subscriber, stream) that waits for an operator; all other lanes work on."""

    subscriber: str
    stream: UUID
    parked_at: datetime
    failures: int
    error: str
    """Type and place of the failure; never its message."""
    event_name: str
    event_id: UUID
    """The event on which it stopped."""
    waiting: int
    """How many events wait in the lane, that one included."""


_mine = (delivery.c.subscriber == lane.c.subscriber, delivery.c.stream == lane.c.stream)
_undelivered = sa.select(delivery).where(*_mine, delivery.c.delivered_at.is_(None)).correlate(lane)
_first = _undelivered.with_only_columns(sa.func.min(delivery.c.sequence)).scalar_subquery()
_count = _undelivered.with_only_columns(sa.func.count()).scalar_subquery()
_parked = (
    sa.select(
        lane.c.subscriber,
        lane.c.stream,
        lane.c.parked_at,
        lane.c.failures,
        lane.c.error,
        outbox.c.name,
        outbox.c.id,
        _count,
    )
    .join_from(lane, outbox, outbox.c.sequence == _first)
    .where(lane.c.parked_at.is_not(None))
    .order_by(lane.c.parked_at)
)


async def parked_lanes(read: ReadUnit) -> list[ParkedLane]:
    """Return the parked lanes, the longest parked first."""
    return await read.structs(ParkedLane, _parked)


async def replay(storage: Storage, subscriber: str, stream: UUID) -> bool:
    """Let a parked lane go on from the event on which it stopped; False when none is parked.

    What had been delivered before is not delivered again.
    """
    async with storage.write(EVERYWHERE) as write:
        # A lane without a row is opened afresh, with all its tries before it.
        freed = await write.execute(
            sa.delete(lane).where(
                lane.c.subscriber == subscriber,
                lane.c.stream == stream,
                lane.c.parked_at.is_not(None),
            )
        )
    return freed.rowcount == 1


async def skip(storage: Storage, subscriber: str, stream: UUID) -> bool:
    """Give up the event on which a parked lane stopped, and let the lane go on without it."""
    first = (
        sa.select(sa.func.min(delivery.c.sequence))
        .where(
            delivery.c.subscriber == subscriber,
            delivery.c.stream == stream,
            delivery.c.delivered_at.is_(None),
        )
        .scalar_subquery()
    )
    parked = sa.exists().where(
        lane.c.subscriber == subscriber, lane.c.stream == stream, lane.c.parked_at.is_not(None)
    )
    async with storage.write(EVERYWHERE) as write:
        given_up = await write.execute(
            sa.update(delivery)
            .where(delivery.c.subscriber == subscriber, delivery.c.sequence == first, parked)
            .values(delivered_at=write.now, skipped=True)
        )
    return given_up.rowcount == 1 and await replay(storage, subscriber, stream)
