"""Holds the audit against its chain, and the chain against what is anchored outside of it (R19)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.anchors import Anchor, AnchorStore
from aula_platform.audit.believing import find_expired
from aula_platform.audit.chain import begin, link_after, made_at, month_of
from aula_platform.audit.sealing import oldest_waiting, subjects_of
from aula_platform.audit.tables import entry, link
from aula_platform.storage import EVERYWHERE, Snapshot, Storage
from aula_sdk.db import Id

_PAGE = 1_000
_CLOCKS = timedelta(days=1)
"""How far an entry's moment may be from its id's: a long transaction, and no more."""


class Fault(StrEnum):
    """What can be wrong with a place in the chain."""

    CHANGED = "changed"
    """The entry, or whom it is about, is not what was sealed; or the link is not."""
    REMOVED = "removed"
    """A link's entry is gone, or a link is."""
    INSERTED = "inserted"
    """An entry is older than what has been sealed, and is in no chain."""
    UNTRUE = "untrue"
    """An entry says another time than its id, or one to come, or is in another month's chain."""
    NOT_ANCHORED = "not anchored"
    """The chain is not what was anchored outside of the database."""
    NOT_EXPIRED = "not expired"
    """A checkpoint lets a month go that is kept, or of whose expiry the chain does not tell."""


class Finding(msgspec.Struct, frozen=True):
    """One fault, and where it is."""

    fault: Fault
    month: str
    number: int
    """The place in the month's chain; 0 where there is none."""
    entry_id: UUID | None = None


class Verdict(msgspec.Struct):
    """What was found of one municipality."""

    municipality_id: UUID
    sealed: int = 0
    waiting: int = 0
    """Entries so young that their turn has not come."""
    anchors: int = 0
    expired: int = 0
    """Months of which only the checkpoint is left."""
    findings: list[Finding] = msgspec.field(default_factory=list)

    def blame(self, fault: Fault, month: str, number: int, entry_id: UUID | None = None) -> None:
        """Add a finding."""
        self.findings.append(Finding(fault, month, number, entry_id))


_of = sa.bindparam("municipality_id", type_=Id)
_CHAIN = (
    sa.select(
        link.c.month,
        link.c.number,
        link.c.hash,
        link.c.entry_id,
        *entry.c,
    )
    .select_from(link)
    .outerjoin(entry, entry.c.id == link.c.entry_id)
    .where(
        link.c.municipality_id == _of,
        sa.tuple_(link.c.month, link.c.number)
        > sa.tuple_(sa.bindparam("month"), sa.bindparam("number")),
    )
    .order_by(link.c.month, link.c.number)
    .limit(_PAGE)
)
_UNSEALED = (
    sa.select(entry.c.id, entry.c.at)
    .where(entry.c.municipality_id == _of, ~sa.exists().where(link.c.entry_id == entry.c.id))
    .order_by(entry.c.id)
)
_LINK = sa.select(link.c.hash).where(
    link.c.municipality_id == _of,
    link.c.month == sa.bindparam("month"),
    link.c.number == sa.bindparam("number"),
)


async def verify(
    storage: Storage, municipality_id: UUID, months: int, anchors: AnchorStore | None = None
) -> Verdict:
    """Walk through a municipality's chains as they are at one moment; return what was found.

    ``months`` is how many it keeps: one of these that is gone has not expired, whoever says so.

    Nothing is sealed by it: that would make what somebody has just put in a part of the chain.
    """
    verdict = Verdict(municipality_id)
    async with storage.snapshot(EVERYWHERE) as read:
        heads, untrue = await find_expired(read, municipality_id, months)
        verdict.expired = len(heads)
        for month, number in untrue:
            verdict.blame(Fault.NOT_EXPIRED, month, number)
        await _walk(read, verdict, set(heads))
        await _find_strangers(read, verdict, set(heads))
        if anchors is not None:
            await _compare_anchors(read, verdict, anchors, heads)
    return verdict


async def _walk(read: Snapshot, verdict: Verdict, expired: set[str]) -> None:
    place = ("", 0, b"")
    asked: tuple[str, int] = ("", 0)
    while True:
        month, number = asked
        params = {"municipality_id": verdict.municipality_id, "month": month, "number": number}
        page = await read.rows(_CHAIN, params)
        if page:
            place = await _walk_page(read, verdict, page, expired, place)
            asked = page[-1].month, page[-1].number
        if len(page) < _PAGE:
            return


async def _walk_page(
    read: Snapshot,
    verdict: Verdict,
    page: Sequence[sa.Row[Any]],
    expired: set[str],
    place: tuple[str, int, bytes],
) -> tuple[str, int, bytes]:
    about = await subjects_of(read, [row.id for row in page if row.id is not None])
    month, number, previous = place
    for row in page:
        if row.month in expired:
            continue
        if row.month != month:
            month, number, previous = row.month, 0, begin(verdict.municipality_id, row.month)
        is_next = row.number == number + 1
        if not is_next:
            verdict.blame(Fault.REMOVED, month, number + 1)
        if row.id is None:
            verdict.blame(Fault.REMOVED, month, row.number, row.entry_id)
        elif is_next and link_after(previous, row, about.get(row.id, ())) != row.hash:
            verdict.blame(Fault.CHANGED, month, row.number, row.id)
        elif month_of(row.at) != month or not _agree(row, read.now):
            verdict.blame(Fault.UNTRUE, month, row.number, row.id)
        verdict.sealed += 1
        number, previous = row.number, row.hash
    return month, number, previous


def _agree(row: Any, now: datetime) -> bool:
    """Whether an entry's moment is that of its id, and no time to come."""
    return abs(row.at - made_at(row.id)) <= _CLOCKS and made_at(row.id) <= now + _CLOCKS


async def _find_strangers(read: Snapshot, verdict: Verdict, expired: set[str]) -> None:
    """Tell entries that have slipped in behind the sealed ones from those that are only young."""
    oldest = await oldest_waiting(read)
    for row in await read.rows(_UNSEALED, {"municipality_id": verdict.municipality_id}):
        month = month_of(row.at)
        if row.id <= oldest or month in expired or not _agree(row, read.now):
            verdict.blame(Fault.INSERTED, month, 0, row.id)
        else:
            verdict.waiting += 1


async def _compare_anchors(
    read: Snapshot,
    verdict: Verdict,
    anchors: AnchorStore,
    expired: dict[str, tuple[int, bytes]],
) -> None:
    """Find the anchors in the chains; of an expired month, the last in its checkpoint."""
    last: dict[str, Anchor] = {}
    async for anchor in anchors.of(verdict.municipality_id):
        verdict.anchors += 1
        if anchor.month in expired:
            last[anchor.month] = max(
                last.get(anchor.month, anchor), anchor, key=attrgetter("number")
            )
            continue
        params = {
            "municipality_id": verdict.municipality_id,
            "month": anchor.month,
            "number": anchor.number,
        }
        if await read.scalar(_LINK, params) != anchor.hash:
            verdict.blame(Fault.NOT_ANCHORED, anchor.month, anchor.number)
    for month, anchor in last.items():
        if (anchor.number, anchor.hash) != expired[month]:
            verdict.blame(Fault.NOT_ANCHORED, month, anchor.number)
