"""Draws the entries of one sample, by places in the audit's chains.

The database counts and numbers; what comes back are counts and the entries that were drawn, so
that a large municipality's month costs no more memory than a small one's.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.chain import first_id_of
from aula_platform.audit.expiring import EXPIRED
from aula_platform.audit.sealing import LATE
from aula_platform.audit.tables import checkpoint, entry, link
from aula_platform.sampling.chance import places, share
from aula_platform.sampling.period import Period
from aula_platform.sampling.signals import READINGS, BusyDay, Condition
from aula_sdk.log_samples import Signal, Stratum
from aula_sdk.protocols import ReadUnit

_MOST_A_DAY, _MOST_BUSY = 3, 50
_in_order = (link.c.month, link.c.number)


class Wish(NamedTuple):
    """How much is to be drawn."""

    entries: int
    by_risk: int
    """In a hundred."""


class Drawn(msgspec.Struct, frozen=True):
    """An entry that was drawn, and why."""

    entry_id: UUID
    drawn_as: Signal
    signals: tuple[Signal, ...] = ()


class Pool(NamedTuple):
    """The entries of which a sample is drawn: what is in the chains by now, and stays there."""

    municipality_id: UUID
    sealed: Mapping[str, int]
    """The last place of each month."""
    condition: Condition
    """Whose they are."""

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Select columns of the entries in the pool."""
        months = [
            sa.and_(link.c.month == month, link.c.number <= number)
            for month, number in sorted(self.sealed.items())
        ]
        return (
            sa.select(*columns)
            .select_from(link)
            .join(entry, entry.c.id == link.c.entry_id)
            .where(
                link.c.municipality_id == self.municipality_id,
                entry.c.municipality_id == self.municipality_id,
                sa.or_(sa.false(), *months),
                self.condition,
            )
        )


async def find_sealed(read: ReadUnit, municipality_id: UUID, period: Period) -> dict[str, int]:
    """Return the last place of each month's chain; a month that expires has none any more."""
    expires = sa.exists().where(
        checkpoint.c.municipality_id == municipality_id,
        checkpoint.c.month == link.c.month,
        checkpoint.c.kind == EXPIRED,
    )
    statement = (
        sa.select(link.c.month, sa.func.max(link.c.number).label("last"))
        .where(link.c.municipality_id == municipality_id, link.c.month.in_(period.months), ~expires)
        .group_by(link.c.month)
        .order_by(link.c.month)
    )
    return {row.month: int(row.last) for row in await read.rows(statement)}


async def find_busy(read: ReadUnit, pool: Pool, period: Period, many: int) -> list[BusyDay]:
    """Return the days on which an account has looked at least ``many`` times, the busiest first."""
    found: list[tuple[int, BusyDay]] = []
    looks = sa.func.count().label("looks")
    for start, end in period.days():
        statement = (
            pool.select(entry.c.account_id, looks)
            .where(
                READINGS,
                entry.c.account_id.is_not(None),
                entry.c.at >= start,
                entry.c.at < end,
                # An entry's id is as old as itself: by it the index finds the day.
                entry.c.id >= first_id_of(start - LATE),
                entry.c.id < first_id_of(end + LATE),
            )
            .group_by(entry.c.account_id)
            .having(looks >= many)
            .order_by(looks.desc(), entry.c.account_id)
            .limit(_MOST_A_DAY)
        )
        found += [
            (row.looks, BusyDay(row.account_id, start, end)) for row in await read.rows(statement)
        ]
    found.sort(key=lambda one: (-one[0], one[1]))
    return [one for _looks, one in found[:_MOST_BUSY]]


async def draw(
    read: ReadUnit, pool: Pool, signals: Mapping[Signal, Condition], wish: Wish, seed: str
) -> tuple[list[Drawn], list[Stratum]]:
    """Return the entries, those by chance first, and from how many they were drawn.

    From the same chains, stamdata and seed it is the same again. What risk leaves over, because
    few entries speak of any, is drawn by chance too.
    """
    by_risk = round(wish.entries * wish.by_risk / 100)
    found = {one: await _count(read, pool, condition) for one, condition in signals.items()}
    readings = await _count(read, pool, READINGS)
    chosen: dict[UUID, Signal] = {}

    async def take(signal: Signal, condition: Condition, count: int, wanted: int) -> None:
        order = places(seed, signal.value, count)
        # So many suffice, even if all that is chosen already comes first among them.
        numbers = list(islice(order, wanted + len(chosen)))
        ids = await _at(read, pool, condition, numbers)
        new = [one for one in (ids[number] for number in numbers) if one not in chosen]
        chosen.update(dict.fromkeys(new[:wanted], signal))

    await take(Signal.CHANCE, READINGS, readings, wish.entries - by_risk)
    for signal, wanted in share(by_risk, found).items():
        if wanted:
            await take(signal, signals[signal], found[signal], wanted)
    if len(chosen) < wish.entries:
        await take(Signal.CHANCE, READINGS, readings, wish.entries - len(chosen))
    told = await _tell(read, signals, list(chosen))
    drawn = [Drawn(one, signal, told.get(one, ())) for one, signal in chosen.items()]
    counts = {Signal.CHANCE: readings, **found}
    strata = [
        Stratum(one, count, sum(each.drawn_as is one for each in drawn))
        for one, count in counts.items()
    ]
    return drawn, strata


async def _count(read: ReadUnit, pool: Pool, condition: Condition) -> int:
    return int(await read.scalar(pool.select(sa.func.count()).where(condition)) or 0)


async def _at(
    read: ReadUnit, pool: Pool, condition: Condition, numbers: Sequence[int]
) -> dict[int, UUID]:
    """Return the entries at these places, in the order of the chains, from 1 on."""
    place = sa.func.row_number().over(order_by=_in_order).label("place")
    numbered = pool.select(entry.c.id, place).where(condition).subquery()
    statement = sa.select(numbered.c.place, numbered.c.id).where(numbered.c.place.in_(numbers))
    return {row.place: row.id for row in await read.rows(statement)}


async def _tell(
    read: ReadUnit, signals: Mapping[Signal, Condition], ids: Sequence[UUID]
) -> dict[UUID, tuple[Signal, ...]]:
    """Return everything that each of these entries speaks of."""
    columns = [
        sa.case((condition, 1), else_=0).label(one.value) for one, condition in signals.items()
    ]
    rows = await read.rows(sa.select(entry.c.id, *columns).where(entry.c.id.in_(ids)))
    return {row.id: tuple(one for one in signals if getattr(row, one.value)) for row in rows}
