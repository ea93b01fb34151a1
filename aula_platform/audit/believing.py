"""Which checkpoints of expired months are believed: whoever has the database can put one in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.chain import end_of, month_of
from aula_platform.audit.expiring import EXPIRED, MONTH_EXPIRED, details_of, oldest_kept
from aula_platform.audit.tables import checkpoint, entry, link
from aula_platform.storage import Snapshot
from aula_sdk.db import Id

_of = sa.bindparam("municipality_id", type_=Id)
# The newest month first: what tells of an old month's expiry may itself have expired since.
_POINTS = (
    sa.select(checkpoint)
    .where(
        checkpoint.c.municipality_id == _of,
        sa.or_(
            checkpoint.c.kind == EXPIRED,
            checkpoint.c.month.is_not(None),
            checkpoint.c.until.is_not(None),
        ),
    )
    .order_by(checkpoint.c.month.desc(), checkpoint.c.id)
)
_TOLD = (
    sa.select(entry.c.at, entry.c.details, link.c.number.is_not(None).label("is_sealed"))
    .select_from(entry)
    .outerjoin(link, link.c.entry_id == entry.c.id)
    .where(entry.c.municipality_id == _of, entry.c.action == MONTH_EXPIRED)
)


class Expired(NamedTuple):
    """What a municipality's checkpoints say of its months."""

    heads: dict[str, tuple[int, bytes]]
    """The number of entries and the last hash of each month that has expired."""
    untrue: list[tuple[str, int]]
    """The months, and numbers of entries, of checkpoints that are not believed."""


async def find_expired(read: Snapshot, municipality_id: UUID, months: int) -> Expired:
    """Return which months have expired for a municipality that keeps so many.

    A checkpoint is believed when its month is older than what is kept now, when it was made after
    the month's end, and when the chain tells of it: by a sealed entry of the same moment with the
    same number and head, or by having let that entry's month expire too. One whose entry waits to
    be sealed is neither believed nor untrue: nothing is dropped before.
    """
    place = {"municipality_id": municipality_id}
    told = await read.rows(_TOLD, place)
    oldest = oldest_kept(read.now, months)
    found = Expired({}, [])
    for point in await read.rows(_POINTS, place):
        number = _number_of(point)
        if point.month in found.heads or not number or not _is_due(point, oldest):
            found.untrue.append((point.month or "", number))
            continue
        details = details_of(point.month, number, point.head)
        seals = [one.is_sealed for one in told if (one.at, one.details) == (point.at, details)]
        if any(seals) or month_of(point.at) in found.heads:
            found.heads[point.month] = number, point.head
        elif not seals:
            found.untrue.append((point.month, number))
    return found


def _number_of(point: Any) -> int:
    """Return how many entries the month had; 0 for a checkpoint that does not say it."""
    number = point.counts.get(link.name) if isinstance(point.counts, Mapping) else None
    return number if isinstance(number, int) and point.head else 0


def _is_due(point: Any, oldest: str) -> bool:
    """Whether the checkpoint is one of a month that was over then, and is not kept any more."""
    try:
        end = end_of(point.month or "")
    except (ValueError, OverflowError):
        return False
    is_month = month_of(end - timedelta(days=1)) == point.month and point.until == end
    is_over = point.at >= end and point.month < oldest
    return bool(point.kind == EXPIRED and is_month and is_over)
