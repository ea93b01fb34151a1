"""What could not be delivered: parked lanes, and what operators can do about them."""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

REPLAYED, SKIPPED = "events.replayed", "events.skipped"


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


async def replay(
    storage: Storage, subscriber: str, stream: UUID, *, actor: Actor | None = None
) -> bool:
    """Let a parked lane go on from the event on which it stopped; False when none is parked.

    What had been delivered before is not delivered again. It is audited, as is `skip`; without an
    ``actor`` it was the operator.
    """
    async with storage.write(EVERYWHERE, actor) as write:
        if not await _free(write, subscriber, stream):
            return False
        stopped_at = await _stopped_at(write, subscriber, stream)
        if stopped_at is not None:
            _audit(write, REPLAYED, subscriber, stopped_at)
    return True


async def skip(
    storage: Storage, subscriber: str, stream: UUID, *, actor: Actor | None = None
) -> bool:
    """Give up the event on which a parked lane stopped, and let the lane go on without it.

    Both in one transaction; False when none is parked.
    """
    async with storage.write(EVERYWHERE, actor) as write:
        # The lane first: nobody can work on it before this transaction ends.
        if not await _free(write, subscriber, stream):
            return False
        stopped_at = await _stopped_at(write, subscriber, stream)
        if stopped_at is None:
            return False
        await write.execute(
            sa.update(delivery)
            .where(delivery.c.subscriber == subscriber, delivery.c.sequence == stopped_at.sequence)
            .values(delivered_at=write.now, skipped=True)
        )
        _audit(write, SKIPPED, subscriber, stopped_at)
    return True


async def _stopped_at(
    write: WriteUnit, subscriber: str, stream: UUID
) -> sa.Row[tuple[int, UUID, UUID]] | None:
    """Return the first event that waits in the lane."""
    return await write.first(
        sa.select(outbox.c.sequence, outbox.c.id, outbox.c.municipality_id)
        .join(delivery, delivery.c.sequence == outbox.c.sequence)
        .where(
            delivery.c.subscriber == subscriber,
            delivery.c.stream == stream,
            delivery.c.delivered_at.is_(None),
        )
        .order_by(outbox.c.sequence)
        .limit(1)
    )


async def _free(write: WriteUnit, subscriber: str, stream: UUID) -> bool:
    """Take the lane's row away if it is parked: it is opened afresh then, with all its tries."""
    freed = await write.execute(
        sa.delete(lane).where(
            lane.c.subscriber == subscriber,
            lane.c.stream == stream,
            lane.c.parked_at.is_not(None),
        )
    )
    return bool(freed.rowcount == 1)


def _audit(
    write: WriteUnit, action: str, subscriber: str, event: sa.Row[tuple[int, UUID, UUID]]
) -> None:
    write.audit(
        action,
        municipality_id=event.municipality_id,
        object_id=event.id,
        details={"subscriber": subscriber},
    )
