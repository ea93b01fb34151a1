"""GDPR-3: no month escapes, whatever the rhythm, and however long the job stood still."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.chain import month_of
from aula_platform.audit.tables import entry
from aula_platform.sampling import planning
from aula_platform.sampling.period import Period
from aula_platform.sampling.tables import sample
from aula_platform.stamdata.tables import institution, profile
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.ids import new_id
from aula_sdk.log_samples import SamplePlan
from aula_sdk.testing.plugin import People
from tests.audit.intruder import rows_of
from tests.sampling.log import Log, noon


def _months_until(period: Period, count: int) -> list[Period]:
    """Return so many months, each by itself; the last of them is the period."""
    found = [period]
    while len(found) < count:
        found.insert(0, Period((month_of(found[0].start - timedelta(days=1)),)))
    return found


async def _drawn_before(
    site: RunningSite, people: People, months: Sequence[str], institution_id: UUID | None = None
) -> None:
    """Let the municipality, or an institution, have a sample of these months."""
    town, now = people.leader.municipality_id, datetime.fromisoformat(f"{months[-1]}-28T12:00Z")
    row: dict[str, Any] = {
        "id": new_id(), "municipality_id": town, "place_id": institution_id or town,
        "institution_id": institution_id, "first_month": months[0], "last_month": months[-1],
        "round": 0, "drawn_at": now, "due_at": now, "method": "", "seed": "",
        "sealed": {}, "strata": [], "size": 0,
    }  # fmt: skip
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(sample), row)


async def _runs(site: RunningSite, people: People, plan: SamplePlan) -> list[tuple[str, str, int]]:
    """Let the job run until it finds nothing; return what it drew, in that order."""
    town, drawn = people.leader.municipality_id, []
    known = {row["id"] for row in await rows_of(site.storage, sample)}
    while await site.platform.log_samples.draw_due(town, plan):
        rows = await rows_of(site.storage, sample)
        (new,) = [row for row in rows if row["id"] not in known]
        known.add(new["id"])
        drawn.append((new["first_month"], new["last_month"], new["size"]))
    return drawn


async def test_after_a_gap_each_month_is_drawn_by_itself(
    running: RunningSite, people: People, period: Period
) -> None:
    """The oldest first, one in each run; a month in which nothing happened holds nothing up."""
    months = _months_until(period, 5)
    log = Log(running, period)
    for number, each in enumerate(months):
        if number != 3:
            await log.add(people.teacher, at=noon(each), times=2)
    await log.close()
    await _drawn_before(running, people, months[0].months)
    names = [one.months[0] for one in months]
    assert await _runs(running, people, SamplePlan()) == [
        (names[1], names[1], 2), (names[2], names[2], 2), (names[4], names[4], 2),
    ]  # fmt: skip


@pytest.mark.parametrize("rhythm", [3, 6])
async def test_another_rhythm_goes_on_where_the_last_one_ended(
    running: RunningSite, people: People, period: Period, rhythm: int
) -> None:
    """Once each month, then less often, then each month again: every entry can be drawn once."""
    months = _months_until(period, 7)
    log = Log(running, period)
    for each in months:
        await log.add(people.teacher, at=noon(each), times=2)
    await log.close()
    await _drawn_before(running, people, months[0].months)
    seldom = await _runs(running, people, SamplePlan(months=rhythm))
    often = await _runs(running, people, SamplePlan(months=1))
    every = seldom + often
    names = [one.months[0] for one in months]
    assert (every[0][0], every[-1][1]) == (names[1], names[-1])
    assert sum(size for _first, _last, size in every) == 2 * 6
    for (_f, last, _s), (first, _l, _z) in itertools.pairwise(every):
        assert names.index(first) == names.index(last) + 1
    assert all(int(last[5:]) % rhythm == 0 for _first, last, _size in seldom)
    assert all(first == last for first, last, _size in often)


@pytest.mark.parametrize(
    ("sampled", "closes", "expected"),
    [
        (0, (2, 19), (1, 2)),
        (0, (2, 0), (1,)),
        (0, (1, 19), (1,)),
        (0, (0, 19), ()),
        (None, (2, 19), (2,)),
        (None, (1, 19), ()),
    ],
)
async def test_an_institution_that_has_closed_is_drawn_to_its_end(
    running: RunningSite,
    people: People,
    period: Period,
    sampled: int | None,
    closes: tuple[int, int],
    expected: tuple[int, ...],
) -> None:
    """What was read in its last months is looked at too; nothing is drawn of the time after it.

    Three months are numbered from 0: the one it has a sample of, the one in which it closes, so
    many days after its beginning, and those of which something is drawn.
    """
    months, place = _months_until(period, 3), people.teacher.institution_id
    log = Log(running, period)
    for each in months:
        await log.add(people.teacher, at=noon(each), times=2)
    await log.close()
    number, days = closes
    end = months[number].start + timedelta(days=days)
    async with running.storage.write(EVERYWHERE) as write:
        for table, column in ((institution, "id"), (profile, "institution_id")):
            there = sa.update(table).where(table.c[column] == place)
            await write.execute(there.values(valid_to=end))
    await _drawn_before(running, people, period.months)
    if sampled is not None:
        await _drawn_before(running, people, months[sampled].months, place)
    drawn = await _runs(running, people, SamplePlan(entries_of_institution=5))
    names = [months[one].months[0] for one in expected]
    assert drawn == [(name, name, 2) for name in names]


async def test_what_waits_to_be_sealed_comes_first(
    running: RunningSite, people: People, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draw seals; where that is not enough the month waits, and the ones after it as well."""
    before, last = _months_until(period, 2)
    log = Log(running, period)
    await log.add(people.teacher, at=noon(before), times=2)
    (key,) = await log.add(people.teacher, at=noon(last))
    await log.close()
    await _drawn_before(running, people, _months_until(period, 3)[0].months)
    async with running.storage.write(EVERYWHERE) as write:
        (found,) = await write.rows(sa.select(entry).where(entry.c.id == key))
        late = {**dict(found._mapping), "id": new_id(), "at": noon(before)}
        await write.execute(sa.insert(entry), late)

    async def seals_nothing(_storage: object) -> int:
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(planning, "seal", seals_nothing)
        assert await _runs(running, people, SamplePlan()) == []
    first, second = before.months[0], last.months[0]
    assert await _runs(running, people, SamplePlan()) == [(first, first, 3), (second, second, 1)]
