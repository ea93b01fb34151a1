"""GDPR-3: what is drawn, from what, and why; on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.chain import end_of, month_of
from aula_platform.audit.checkpoints import SealedMonth, set_checkpoint
from aula_platform.audit.tables import entry, link
from aula_platform.sampling.drawing import Drawn, Pool, Wish, draw, find_busy, find_sealed
from aula_platform.sampling.period import Period
from aula_platform.sampling.signals import conditions
from aula_platform.sampling.tables import sample
from aula_platform.stamdata.tables import guardianship
from aula_platform.storage import EVERYWHERE, around
from aula_platform.testing import RunningSite
from aula_sdk.audit import AuditKind
from aula_sdk.ids import new_id
from aula_sdk.log_samples import SamplePlan, Signal
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from tests.audit.intruder import rows_of
from tests.sampling.log import Log, noon, ordinary

SENSITIVE = ("messages.read_sensitive",)
SEED = "5eed" * 16


async def drawn_from(
    site: RunningSite, town: UUID, period: Period, wish: Wish, seed: str = SEED, many: int = 300
) -> tuple[list[Drawn], Mapping[Signal, int]]:
    """Draw without keeping it; return the entries, and how many there were to draw from."""
    async with site.storage.snapshot(around([town])) as read:
        pool = Pool(town, await find_sealed(read, town, period), sa.true())
        busy = await find_busy(read, pool, period, many)
        found, strata = await draw(read, pool, conditions(period, busy, SENSITIVE), wish, seed)
    return found, {one.signal: one.found for one in strata}


async def test_the_same_seed_draws_the_same_again(
    running: RunningSite, people: People, period: Period
) -> None:
    """Nothing else decides: not the moment, not the database's order."""
    town = people.teacher.municipality_id
    made = await ordinary(running, period, people.teacher, 60)
    wish = Wish(12, 0)
    first, _found = await drawn_from(running, town, period, wish)
    again, _found = await drawn_from(running, town, period, wish)
    other, _found = await drawn_from(running, town, period, wish, "0dd" * 21 + "f")
    assert first == again != other
    assert len({one.entry_id for one in first}) == 12
    assert {one.entry_id for one in (*first, *other)} <= set(made)


async def test_what_an_entry_speaks_of_is_found(
    running: RunningSite, people: People, period: Period
) -> None:
    """Each signal by the entry that was made for it, and by no ordinary one."""
    log, seen = Log(running, period), {}
    teacher, night = people.teacher, noon(period, 12) + timedelta(hours=13)
    planted: list[tuple[Signal, list[Member], dict[str, Any]]] = [
        (Signal.PROTECTED, [people.protected_pupil], {}),
        (Signal.OWN_FAMILY, [people.other_pupil], {}),
        (Signal.NO_COMMON_GROUP, [people.sibling], {}),
        (Signal.COLLEAGUE, [people.colleague], {}),
        (Signal.UNUSUAL_HOUR, [], {"at": night}),
        (Signal.SENSITIVE, [], {"action": SENSITIVE[0]}),
        (Signal.SUPPORT, [], {"details": {"as": people.pupil.profile_id.hex}}),
        (Signal.EXPORT, [], {"kind": AuditKind.EXPORT}),
        (Signal.RIGHTS, [], {"kind": AuditKind.GRANT}),
    ]
    for signal, about, more in planted:
        seen[signal] = (await log.add(teacher, about, **more))[0]
    # At home it is the guardian's to look; at work it is not the teacher's.
    plain = await log.add(teacher, [people.pupil, people.guardian], times=3)
    plain += await log.add(people.guardian, [people.pupil], at=night)
    busy = await log.add(people.pedagogue, at=noon(period, 20), times=25)
    await log.close()
    await _make_guardian(running, teacher, people.other_pupil)
    found, counts = await drawn_from(
        running, teacher.municipality_id, period, Wish(100, 80), many=25
    )
    told = {one.entry_id: set(one.signals) for one in found}
    for signal, key in seen.items():
        assert signal in told[key], signal
    for key in plain:
        assert told[key] == set()
    assert all(told[key] == {Signal.MANY_LOOKS} for key in busy)
    assert (counts[Signal.MANY_LOOKS], counts[Signal.RIGHTS], counts[Signal.CHANCE]) == (25, 1, 37)
    assert Signal.RIGHTS in {one.drawn_as for one in found}


async def _make_guardian(site: RunningSite, who: Member, child: Member) -> None:
    row = {
        "id": new_id(), "municipality_id": child.municipality_id, "source": "cast",
        "guardian_person_id": who.person_id, "child_person_id": child.person_id,
        "custody": True, "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(guardianship), row)


async def test_half_is_drawn_by_chance_whatever_speaks_of_a_risk(
    running: RunningSite, people: People, period: Period
) -> None:
    """So much is by chance at least; what risk leaves over is by chance too."""
    log = Log(running, period)
    await log.add(people.teacher, times=50)
    await log.add(people.teacher, kind=AuditKind.EXPORT, times=2)
    await log.close()
    found, _counts = await drawn_from(running, people.teacher.municipality_id, period, Wish(20, 50))
    by_chance = [one for one in found if one.drawn_as is Signal.CHANCE]
    assert len(found) == 20
    assert len(by_chance) >= 18
    both, _counts = await drawn_from(running, people.teacher.municipality_id, period, Wish(200, 90))
    assert len(both) == len({one.entry_id for one in both}) == 52


async def test_nothing_of_others_or_of_another_month_is_drawn(
    running: RunningSite, people: People, period: Period
) -> None:
    """R10: not the neighbours' entries, none of the month before, and no ordinary change."""
    log = Log(running, period)
    mine = await log.add(people.teacher, times=5)
    await log.add(people.stranger_teacher, times=5)
    await log.add(people.teacher, at=period.start - timedelta(seconds=1), times=5)
    await log.add(people.teacher, at=period.end, times=5)
    await log.add(people.teacher, kind=AuditKind.WRITE, times=5)
    await log.close()
    found, _counts = await drawn_from(
        running, people.teacher.municipality_id, period, Wish(100, 50)
    )
    assert {one.entry_id for one in found} == set(mine)


async def test_no_entry_of_an_expired_month_is_ever_drawn(
    running: RunningSite, people: People, period: Period
) -> None:
    """Whatever the seed and the share, and though all of its rows are still there; the other
    months of the same period are drawn from.
    """
    town = people.teacher.municipality_id
    two = Period((month_of(period.start - timedelta(days=1)), period.months[0]))
    log = Log(running, period)
    await log.add(people.teacher, at=two.start + timedelta(days=3), times=10)
    kept = await log.add(people.teacher, times=10)
    await log.close()
    months = {one["month"]: one["hash"] for one in await rows_of(running.storage, link)}
    gone = SealedMonth(two.months[0], end_of(two.months[0]), months[two.months[0]])
    async with running.storage.write(EVERYWHERE) as write:
        await set_checkpoint(write, town, "expired", {"audit_link": 10}, gone)
    for number in range(25):
        found, counts = await drawn_from(running, town, two, Wish(5, number * 4), f"{number:064x}")
        assert {one.entry_id for one in found} <= set(kept)
        assert (len(found), counts[Signal.CHANCE]) == (5, 10)


async def test_a_plan_is_drawn_once(running: RunningSite, people: People, period: Period) -> None:
    """For the municipality, then for each institution that its plan has samples for."""
    log = Log(running, period)
    await log.add(people.teacher, times=30)
    await log.add(people.pedagogue, times=4)
    await log.close()
    town, samples = people.teacher.municipality_id, running.platform.log_samples
    assert await samples.draw_due(people.stranger.municipality_id, SamplePlan()) == 0
    assert await samples.draw_due(town, SamplePlan(entries=10)) == 1
    assert await samples.draw_due(town, SamplePlan(entries=10)) == 0
    assert await samples.draw_due(town, SamplePlan(entries_of_institution=6)) == 2
    rows = {row["place_id"]: row for row in await rows_of(running.storage, sample)}
    assert {key: row["size"] for key, row in rows.items()} == {
        town: 10, people.teacher.institution_id: 6, people.pedagogue.institution_id: 4,
    }  # fmt: skip
    told = [
        one
        for one in await rows_of(running.storage, entry)
        if one["action"] == "audit.sample_drawn"
    ]
    assert {(one["object_id"], one["details"]["seed"]) for one in told} == {
        (row["id"], row["seed"]) for row in rows.values()
    }


async def test_a_large_month_takes_no_more_statements(
    running: RunningSite, people: People, period: Period, count_statements: Any
) -> None:
    """The database counts and numbers; no list of entries comes to the program."""
    log = Log(running, period)
    await log.add(people.teacher, [people.pupil], times=40)
    await log.close()
    town = people.teacher.municipality_id
    with count_statements() as few:
        await drawn_from(running, town, period, Wish(20, 50))
    async with running.storage.write(EVERYWHERE) as write:
        rows = await write.rows(sa.select(entry).where(entry.c.kind == "look").limit(1))
        base = dict(rows[0]._mapping)
        number = int(await write.scalar(sa.select(sa.func.max(link.c.number))) or 0)
        more = [{**base, "id": new_id()} for _one in range(2_000)]
        await write.execute(sa.insert(entry), more)
        links = [
            {
                "municipality_id": town, "month": period.months[0], "number": number + place,
                "entry_id": one["id"], "at": base["at"], "hash": bytes(32),
            }
            for place, one in enumerate(more, 1)
        ]  # fmt: skip
        await write.execute(sa.insert(link), links)
    with count_statements() as many:
        found, counts = await drawn_from(running, town, period, Wish(20, 50))
    assert (len(found), counts[Signal.CHANCE]) == (20, 2_040)
    # The site works on meanwhile; of the log nobody else reads.
    ours = [
        sum("audit_link" in one and "audit_entry" in one for one in each.statements)
        for each in (few, many)
    ]
    assert ours[1] <= ours[0] + 1, ours
