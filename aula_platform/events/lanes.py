"""A lane is what one subscriber gets of one stream, in order, from one worker at a time.

A row in ``events_lane`` exists only while a lane is leased, waits for another try or is parked;
the row goes away when nothing waits in the lane any more, so the table stays small.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.tables import delivery, lane
from aula_platform.storage import EVERYWHERE, Storage, Write
from aula_sdk.many import many

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Lane(NamedTuple):
    """A leased lane. ``failures`` counts this try, so that a try that kills the worker counts."""

    subscriber: str
    stream: UUID
    failures: int


_names = many("names", sa.String())
_now = sa.bindparam("at", type_=lane.c.leased_until.type)
_is_busy = sa.or_(lane.c.parked_at.is_not(None), lane.c.retry_at > _now, lane.c.leased_until > _now)
_waiting = (delivery.c.delivered_at.is_(None), delivery.c.subscriber.in_(_names))
_in_lane = (lane.c.subscriber == delivery.c.subscriber, lane.c.stream == delivery.c.stream)

_has_work = sa.select(sa.exists().where(*_waiting, ~sa.exists().where(*_in_lane, _is_busy)))
_open_lanes = (
    sa.select(
        delivery.c.subscriber, delivery.c.stream, sa.literal(NEVER, lane.c.leased_until.type), _now
    )
    .where(*_waiting, ~sa.exists().where(*_in_lane))
    .distinct()
)
_free = (
    sa.select(lane.c.subscriber, lane.c.stream)
    .where(lane.c.subscriber.in_(_names), ~_is_busy)
    .order_by(lane.c.retry_at)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("free")
)
_claim = (
    sa.update(lane)
    .where(lane.c.subscriber == _free.c.subscriber, lane.c.stream == _free.c.stream)
    .values(
        leased_by=sa.bindparam("worker"),
        leased_until=sa.bindparam("until", type_=lane.c.leased_until.type),
        failures=lane.c.failures + 1,
    )
    .returning(lane.c.subscriber, lane.c.stream, lane.c.failures)
)
_is_mine = (
    lane.c.subscriber == sa.bindparam("whose"),
    lane.c.stream == sa.bindparam("which", type_=lane.c.stream.type),
    lane.c.leased_by == sa.bindparam("holder"),
)
_renew = (
    sa.update(lane)
    .where(*_is_mine)
    .values(leased_until=sa.bindparam("until", type_=lane.c.leased_until.type), failures=0)
)
_close = sa.delete(lane).where(*_is_mine)


async def has_work(storage: Storage, names: Sequence[str]) -> bool:
    """Whether something waits for one of these subscribers in a lane that can be worked on."""
    async with storage.read(EVERYWHERE) as read:
        return bool(await read.scalar(_has_work, {"names": names, "at": read.now}))


async def claim(
    storage: Storage, names: Sequence[str], worker: str, lease: timedelta
) -> Lane | None:
    """Lease a lane in which something waits for one of these subscribers, if there is one.

    Nobody else gets it until the lease ends, whatever becomes of this worker.
    """
    insert = (sqlite if storage.is_sqlite else postgresql).insert(lane)
    columns = ["subscriber", "stream", "leased_until", "retry_at"]
    opening = insert.from_select(columns, _open_lanes).on_conflict_do_nothing()
    async with storage.write(EVERYWHERE) as write:
        await write.execute(opening, {"names": names, "at": write.now})
        claimed = await write.execute(
            _claim,
            {"names": names, "at": write.now, "worker": worker, "until": write.now + lease},
        )
        row = claimed.first()
    return None if row is None else Lane(row.subscriber, row.stream, row.failures)


def _mine(held: Lane, worker: str) -> dict[str, object]:
    return {"whose": held.subscriber, "which": held.stream, "holder": worker}


def _of(held: Lane) -> tuple[sa.ColumnElement[bool], ...]:
    return lane.c.subscriber == held.subscriber, lane.c.stream == held.stream


async def renew(write: Write, held: Lane, worker: str, lease: timedelta) -> bool:
    """Keep the lane in this transaction, and clear its failures if the transaction commits.

    False when the lease was lost meanwhile; then nothing may be delivered. On PostgreSQL the row
    stays locked, so that a lease that runs out during the transaction is not claimed by others.
    """
    until = write.now + lease
    kept = await write.execute(_renew, {**_mine(held, worker), "until": until})
    return kept.rowcount == 1


async def close(write: Write, held: Lane, worker: str) -> None:
    """Take the lane away. If something waits in it after all, it is opened again, as the last."""
    await write.execute(_close, _mine(held, worker))


async def fail(
    storage: Storage, held: Lane, worker: str, error: str, retry_at: datetime | None
) -> None:
    """Note the failure and free the lane until ``retry_at``; park it when that is None."""
    async with storage.write(EVERYWHERE) as write:
        await write.execute(
            sa.update(lane)
            .where(*_of(held), lane.c.leased_by == worker)
            .values(
                leased_until=NEVER,
                leased_by="",
                failures=held.failures,
                error=error,
                retry_at=retry_at or write.now,
                parked_at=None if retry_at else write.now,
            )
        )
