"""Parked lanes of some municipalities, for those who administer these and no others.

A lane has no municipality of its own; the events that wait in it have, all of them the same one,
since a stream is one object's. What operators see and do of all lanes is in `dead_letters`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.events.dead_letters import ParkedLane
from aula_platform.events.tables import delivery, lane, outbox
from aula_sdk.db import Id
from aula_sdk.protocols import ReadUnit, WriteUnit

REPLAYED, SKIPPED = "events.replayed", "events.skipped"
_MOST = 100
_places = sa.bindparam("places", expanding=True, type_=Id)
_subscriber = sa.bindparam("wanted_subscriber", type_=sa.String)
_stream = sa.bindparam("wanted_stream", type_=Id)
_waiting_here = (
    sa.select(delivery)
    .where(
        delivery.c.subscriber == lane.c.subscriber,
        delivery.c.stream == lane.c.stream,
        delivery.c.delivered_at.is_(None),
        delivery.c.municipality_id.in_(_places),
    )
    .correlate(lane)
)
_first = _waiting_here.with_only_columns(sa.func.min(delivery.c.sequence)).scalar_subquery()
_count = _waiting_here.with_only_columns(sa.func.count()).scalar_subquery()
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
    .where(lane.c.parked_at.is_not(None), outbox.c.municipality_id.in_(_places))
    .order_by(lane.c.parked_at, lane.c.subscriber, lane.c.stream)
    .limit(_MOST)
)
_where_it_stopped = (
    sa.select(outbox.c.sequence, outbox.c.id, outbox.c.municipality_id)
    .join_from(lane, outbox, outbox.c.sequence == _first)
    .where(
        lane.c.parked_at.is_not(None),
        lane.c.subscriber == _subscriber,
        lane.c.stream == _stream,
        outbox.c.municipality_id.in_(_places),
    )
)


async def parked_lanes_of(read: ReadUnit, municipalities: Sequence[UUID]) -> list[ParkedLane]:
    """Return the parked lanes of these municipalities, the longest parked first; at most 100."""
    return await read.structs(ParkedLane, _parked, {"places": list(municipalities)})


async def replay_of(
    write: WriteUnit, municipalities: Sequence[UUID], subscriber: str, stream: UUID
) -> bool:
    """Let a parked lane of these municipalities go on from the event on which it stopped.

    It is audited, as operators' doing so is. False, and nothing done, when nothing of theirs is
    parked there.
    """
    event = await _stopped_at(write, municipalities, subscriber, stream)
    if event is None or not await _free(write, subscriber, stream):
        return False
    _audit(write, REPLAYED, subscriber, event)
    return True


async def skip_of(
    write: WriteUnit, municipalities: Sequence[UUID], subscriber: str, stream: UUID
) -> bool:
    """Give up the event on which a parked lane of these municipalities stopped, and let it go on.

    It is audited. False, and nothing done, when nothing of theirs is parked there.
    """
    event = await _stopped_at(write, municipalities, subscriber, stream)
    if event is None or not await _free(write, subscriber, stream):
        return False
    await write.execute(
        sa.update(delivery)
        .where(delivery.c.subscriber == subscriber, delivery.c.sequence == event.sequence)
        .values(delivered_at=write.now, skipped=True)
    )
    _audit(write, SKIPPED, subscriber, event)
    return True


async def _stopped_at(
    write: WriteUnit, municipalities: Sequence[UUID], subscriber: str, stream: UUID
) -> sa.Row[Any] | None:
    wanted = {"wanted_subscriber": subscriber, "wanted_stream": stream}
    return await write.first(_where_it_stopped, {**wanted, "places": list(municipalities)})


async def _free(write: WriteUnit, subscriber: str, stream: UUID) -> bool:
    # Who frees it first holds its row until the commit; whoever comes second finds none.
    freed = await write.execute(
        sa.delete(lane).where(
            lane.c.subscriber == subscriber,
            lane.c.stream == stream,
            lane.c.parked_at.is_not(None),
        )
    )
    return freed.rowcount == 1


def _audit(write: WriteUnit, action: str, subscriber: str, event: sa.Row[Any]) -> None:
    write.audit(
        action,
        municipality_id=event.municipality_id,
        object_id=event.id,
        details={"subscriber": subscriber},
    )
