"""Lets a month of the audit go when its time is over; its sealed checkpoint stays for good."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.chain import end_of
from aula_platform.audit.checkpoints import Kind, SealedMonth, set_checkpoint
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import checkpoint, entry, link, subject
from aula_platform.storage import Storage, around
from aula_sdk.db import Id

BATCH = 500
EXPIRED: Kind = "expired"
MONTH_EXPIRED = "audit.month_expired"

_of = sa.bindparam("municipality_id", type_=Id)
_MONTHS = (
    sa.select(link.c.month, sa.func.max(link.c.number).label("number"))
    .where(link.c.municipality_id == _of)
    .group_by(link.c.month)
    .order_by(link.c.month)
)
_HEAD = sa.select(link.c.hash).where(
    link.c.municipality_id == _of,
    link.c.month == sa.bindparam("month"),
    link.c.number == sa.bindparam("number"),
)
_HAS_POINT = sa.select(
    sa.exists().where(
        checkpoint.c.municipality_id == _of,
        checkpoint.c.month == sa.bindparam("month"),
        checkpoint.c.kind == EXPIRED,
    )
)


def oldest_kept(now: datetime, months: int) -> str:
    """Return the oldest month that is kept when so many whole months are."""
    count = now.year * 12 + now.month - 1 - months
    return f"{count // 12:04}-{count % 12 + 1:02}"


async def expire(storage: Storage, municipality_id: UUID, months: int) -> list[str]:
    """Drop the months of a municipality that are older than ``months``; return which those were.

    A checkpoint comes first: with the number of entries and the last hash of the chain, and with an
    entry that says the same and is sealed before anything goes, or the checkpoint is not believed.
    An expiry that was cut off is finished by the next one. Entries that are in no chain stay:
    nobody has vouched for them, and `verify` tells of them.
    """
    async with storage.read(around([municipality_id])) as read:
        now = read.now
        found = await read.rows(_MONTHS, {"municipality_id": municipality_id})
    oldest = oldest_kept(now, months)
    gone = {row.month: int(row.number) for row in found if row.month < oldest}
    for month, number in gone.items():
        await _set_point(storage, municipality_id, month, number)
        await seal(storage)
        await _drop(storage, municipality_id, month)
    return list(gone)


async def _set_point(storage: Storage, municipality_id: UUID, month: str, number: int) -> None:
    place = {"municipality_id": municipality_id, "month": month}
    async with storage.write(around([municipality_id])) as write:
        if not await write.scalar(_HAS_POINT, place):
            head = await write.scalar(_HEAD, {**place, "number": number})
            counts = {link.name: number, entry.name: number}
            sealed = SealedMonth(month, end_of(month), head)
            await set_checkpoint(write, municipality_id, EXPIRED, counts, sealed)
            write.audit(
                MONTH_EXPIRED,
                municipality_id=municipality_id,
                details=details_of(month, number, head),
            )


def details_of(month: str, number: int, head: bytes) -> dict[str, str | int]:
    """Return what the chain itself says of a month's checkpoint."""
    return {"month": month, "entries": number, "head": head.hex()}


async def _drop(storage: Storage, municipality_id: UUID, month: str) -> None:
    """Take the month's rows away, the last first, and whom they are about before themselves."""
    here = link.c.municipality_id == municipality_id, link.c.month == month
    some = sa.select(link.c.entry_id).where(*here).order_by(link.c.number.desc()).limit(BATCH)

    async def drop_some() -> int:
        async with storage.write(around([municipality_id])) as write:
            ids = [row[0] for row in await write.rows(some)]
            if ids:
                await write.execute(sa.delete(subject).where(subject.c.entry_id.in_(ids)))
                await write.execute(sa.delete(entry).where(entry.c.id.in_(ids)))
                await write.execute(sa.delete(link).where(link.c.entry_id.in_(ids)))
        return len(ids)

    while await drop_some():
        continue
