"""Puts entries into the chain, seconds after they were written, in order and by one at a time.

Not within the write itself: each link needs the one before, so that all writers of a municipality
would wait for each other. Until an entry is sealed, its removal is not found out; that is the few
seconds between two runs of the job (decision 0029).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.chain import begin, first_id_of, link_after, made_at, month_of
from aula_platform.audit.copying import copied, write_bytes, write_rows
from aula_platform.audit.tables import entry, link, subject
from aula_platform.storage import EVERYWHERE, Read, Storage, Write
from aula_sdk.db import Id, utc_now
from aula_sdk.many import many

BATCH = 500
LATE = timedelta(hours=1)
"""How much later than its id was made an entry can be committed: far more than any clock is off."""
SOON = timedelta(minutes=1)
"""Within which nearly all are. What is sealed already of the time that is looked through costs each
run as much as what is not: a busy hour every few seconds would keep the sealing from catching up.
Only who has looked back for `LATE` a moment ago may look back no farther (`housekeeping`).
"""

_after = sa.bindparam("after", type_=Id)
# The bound says nothing new, but keeps PostgreSQL from walking along all links that there are.
_unsealed = ~sa.exists().where(link.c.entry_id == entry.c.id, link.c.entry_id > _after)
_LAST_SEALED = (
    sa.select(link.c.entry_id)
    .where(link.c.entry_id < sa.bindparam("before", type_=Id))
    .order_by(link.c.entry_id.desc())
    .limit(1)
)
_NEXT = (
    sa.select(entry)
    .where(entry.c.id > _after, _unsealed)
    .order_by(entry.c.id)
    .limit(sa.bindparam("size", type_=sa.Integer))
)
_ABOUT = sa.select(subject.c.entry_id, subject.c.profile_id).where(
    subject.c.entry_id.in_(many("entries", Id()))
)
_HEAD = (
    sa.select(link.c.number, link.c.hash)
    .where(
        link.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
        link.c.month == sa.bindparam("month"),
    )
    .order_by(link.c.number.desc())
    .limit(1)
)
_LINKS = copied(link, "links")
# Two that seal at once (the job and a command) would both follow the same link.
_ONE_AT_A_TIME = sa.select(sa.func.pg_advisory_xact_lock(0x61756469))


async def seal(storage: Storage, *, batch: int = BATCH, late: timedelta = LATE) -> int:
    """Seal everything that waits, of all municipalities; return how many entries that was.

    What was committed more than ``late`` after its id was made is left to another run. Each batch
    is a transaction of its own. What is written meanwhile is left to the next run, but for what
    fits into the last batch.
    """
    total, begun = 0, utc_now()
    after = await _find_waiting(storage, late)
    while after is not None:
        sealed = await _seal_some(storage, after, batch)
        total += len(sealed)
        # The next run looks back from the last one that is sealed. It would not see what is
        # committed just behind this one, if this one went on for as long as there is something.
        goes_on = len(sealed) == batch and made_at(sealed[-1]) < begun
        after = sealed[-1] if goes_on else None
    return total


async def _find_waiting(storage: Storage, late: timedelta) -> UUID | None:
    """Return the id just before the first entry that waits; None when none does.

    Looking costs others nothing; only what is found needs the writer's place.
    """
    async with storage.read(EVERYWHERE) as read:
        after = await oldest_waiting(read, late)
        first = await read.first(_NEXT, {"after": after, "size": 1})
    return UUID(int=first.id.int - 1) if first else None


async def _seal_some(storage: Storage, after: UUID, batch: int) -> list[UUID]:
    """Seal the first that wait after that id; return their ids."""
    async with storage.write(EVERYWHERE) as write:
        if not storage.is_sqlite:
            await write.rows(_ONE_AT_A_TIME)
        rows = await write.rows(_NEXT, {"after": after, "size": batch})
        sealed = [row.id for row in rows]
        if sealed:
            links = await _make_links(write, rows, await subjects_of(write, sealed))
            await _keep(write, links, in_one=not storage.is_sqlite)
    return sealed


async def _keep(write: Write, links: Sequence[Mapping[str, Any]], *, in_one: bool) -> None:
    if in_one:
        rows = [{**one, "hash": write_bytes(one["hash"])} for one in links]
        await write.execute(_LINKS, {"links": write_rows(rows)})
    else:
        await write.execute(sa.insert(link), links)


async def oldest_waiting(read: Read, late: timedelta = LATE) -> UUID:
    """Return the id from which on entries are still sealed: those before it came too ``late``.

    It follows from the last one that is sealed, of all municipalities. An id from the future does
    not count: nobody's entries would be sealed any more until its time has come.
    """
    last = await read.scalar(_LAST_SEALED, {"before": first_id_of(read.now)})
    return first_id_of(made_at(last) - late) if last else UUID(int=0)


async def subjects_of(read: Read, entries: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """Return whom each of these entries is about."""
    found: dict[UUID, list[UUID]] = {}
    for row in await read.rows(_ABOUT, {"entries": list(entries)}):
        found.setdefault(row.entry_id, []).append(row.profile_id)
    return found


async def _make_links(
    write: Write, rows: Iterable[Any], about: Mapping[UUID, list[UUID]]
) -> list[dict[str, Any]]:
    heads: dict[tuple[UUID, str], tuple[int, bytes]] = {}
    links = []
    for row in rows:
        place = row.municipality_id, month_of(row.at)
        if place not in heads:
            heads[place] = await _head(write, *place)
        number, previous = heads[place]
        head = number + 1, link_after(previous, row, about.get(row.id, ()))
        heads[place] = head
        links.append(
            {
                "municipality_id": row.municipality_id,
                "month": place[1],
                "number": head[0],
                "entry_id": row.id,
                "at": write.now,
                "hash": head[1],
            }
        )
    return links


async def _head(write: Write, municipality_id: UUID, month: str) -> tuple[int, bytes]:
    found = await write.first(_HEAD, {"municipality_id": municipality_id, "month": month})
    return (found.number, found.hash) if found else (0, begin(municipality_id, month))
