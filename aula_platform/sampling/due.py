"""What is due: of which place and of which periods nothing has been drawn yet."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.sealing import oldest_waiting
from aula_platform.audit.tables import entry, link
from aula_platform.sampling.drawing import Pool
from aula_platform.sampling.period import Period, last_period, periods_after
from aula_platform.sampling.signals import SAMPLED
from aula_platform.sampling.tables import sample
from aula_platform.stamdata.tables import institution
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.log_samples import SamplePlan
from aula_sdk.protocols import ReadUnit


class Place(NamedTuple):
    """A municipality, or one institution in it."""

    municipality_id: UUID
    institution_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The institution's id, or the municipality's."""
        return self.institution_id or self.municipality_id


class Due(NamedTuple):
    """A place of which something is to be drawn."""

    place: Place
    entries: int
    periods: tuple[Period, ...]
    """Those that are over, the oldest first."""

    @property
    def all_months(self) -> Period:
        """The months of all of its periods."""
        return Period(tuple(month for each in self.periods for month in each.months))


async def find_due(read: ReadUnit, municipality_id: UUID, plan: SamplePlan) -> list[Due]:
    """Return what is due of the municipality, then of its institutions.

    It begins after the last month that a place has a sample of, whatever the rhythm was then and
    however long ago that is: no month is ever left out, and none comes twice. Of an institution
    that has closed it ends with the period in which that was.
    """
    newest = (
        sa.select(sample.c.place_id, sa.func.max(sample.c.last_month).label("month"))
        .where(sample.c.municipality_id == municipality_id, sample.c.round == 0)
        .group_by(sample.c.place_id)
    )
    done = {row.place_id: row.month for row in await read.rows(newest)}
    town = periods_after(done.get(municipality_id), read.now, plan.months)
    found = [Due(Place(municipality_id), plan.entries, town)]
    if plan.entries_of_institution:
        since = last_period(read.now, plan.months).start
        for row in await read.rows(_institutions(municipality_id, read.now, since)):
            periods = periods_after(done.get(row.id), read.now, plan.months)
            there = tuple(
                one for one in periods if row.valid_to is None or one.start < row.valid_to
            )
            place = Place(municipality_id, row.id)
            found.append(Due(place, plan.entries_of_institution, there))
    return [one for one in found if one.periods]


def _institutions(municipality_id: UUID, now: datetime, since: datetime) -> sa.Select[Any]:
    """Select those that are there, or were in the last period, or have samples to go on from."""
    closes = institution.c.valid_to
    is_sampled = sa.exists().where(
        sample.c.municipality_id == municipality_id,
        sample.c.place_id == institution.c.id,
        sample.c.round == 0,
    )
    return (
        sa.select(institution.c.id, closes)
        .where(
            institution.c.municipality_id == municipality_id,
            institution.c.valid_from <= now,
            sa.or_(closes.is_(None), closes > since, is_sampled),
        )
        .order_by(institution.c.id)
    )


async def find_eventful(read: ReadUnit, pool: Pool) -> set[str]:
    """Return the months in which the pool has anything of which a sample is drawn."""
    months = pool.select(link.c.month).where(SAMPLED).distinct()
    return {row.month for row in await read.rows(months)}


async def first_unsealed(storage: Storage, municipality_id: UUID) -> datetime | None:
    """Return when the first deed of the municipality was done that is still to be sealed, if any.

    What came too late for the chain is never sealed, and nothing waits for it.
    """
    async with storage.read(EVERYWHERE) as read:
        after = await oldest_waiting(read)
        waits = (
            entry.c.municipality_id == municipality_id,
            entry.c.id > after,
            ~sa.exists().where(link.c.entry_id == entry.c.id),
        )
        found: datetime | None = await read.scalar(sa.select(sa.func.min(entry.c.at)).where(*waits))
    return found
