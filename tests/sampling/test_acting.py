"""ADM-2, R10: which of what somebody did belongs to the institution where they work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from aula_platform.sampling.acting import by_people_of
from aula_platform.sampling.drawing import Pool, Wish, draw, find_sealed
from aula_platform.sampling.period import Period
from aula_platform.sampling.signals import conditions
from aula_platform.stamdata.tables import profile
from aula_platform.storage import EVERYWHERE, around
from aula_platform.testing import RunningSite
from aula_sdk.ids import new_id
from aula_sdk.people import Kind
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from tests.sampling.log import Log, noon


async def _also(site: RunningSite, who: Member, at: Member, kind: Kind) -> Member:
    """Let somebody be something at another's institution too."""
    key = new_id()
    row = {
        "id": key, "municipality_id": at.municipality_id, "source": "cast",
        "person_id": who.person_id, "institution_id": at.institution_id, "kind": kind.value,
        "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(profile), row)
    return msgspec.structs.replace(who, profile_id=key, kind=kind, institution_id=at.institution_id)


async def _theirs(site: RunningSite, period: Period, at: Member) -> set[object]:
    """Return the entries that the institution's sample is drawn from."""
    town = at.municipality_id
    async with site.storage.snapshot(around([town])) as read:
        pool = Pool(town, await find_sealed(read, town, period), by_people_of(at.institution_id))
        found, _strata = await draw(read, pool, conditions(period, (), ()), Wish(200, 50), "5eed")
    return {one.entry_id for one in found}


async def test_what_an_employee_reads_as_a_guardian_is_no_institutions(
    running: RunningSite, people: People, period: Period
) -> None:
    """At work here and a guardian there: neither place goes through what was read at home."""
    teacher, log = people.teacher, Log(running, period)
    home = await _also(running, teacher, people.pedagogue, Kind.GUARDIAN)
    here = await _also(running, teacher, people.pupil, Kind.GUARDIAN)
    work = await log.add(teacher, [people.pupil], times=2)
    await log.add(home, [people.sibling], times=3)
    await log.add(here, [people.pupil], times=3)
    await log.close()
    assert await _theirs(running, period, teacher) == set(work)
    assert await _theirs(running, period, people.pedagogue) == set()


async def test_of_two_jobs_each_place_goes_through_its_own(
    running: RunningSite, people: People, period: Period
) -> None:
    """By whom it is about; what is about both, and about neither, is of both."""
    teacher, log = people.teacher, Log(running, period)
    second = await _also(running, teacher, people.pedagogue, Kind.EXTERNAL)
    both = [teacher, second]
    school = await log.add(teacher, [people.pupil], acting=both)
    daycare = await log.add(teacher, [people.sibling], acting=both)
    shared = await log.add(teacher, [people.pupil, people.sibling], acting=both)
    shared += await log.add(teacher, acting=both)
    # With one job alone, whoever it is about is its employer's to ask about.
    strange = await log.add(people.colleague, [people.sibling])
    await log.close()
    assert await _theirs(running, period, teacher) == {*school, *shared, *strange}
    assert await _theirs(running, period, people.pedagogue) == {*daycare, *shared}


async def test_a_former_employee_was_one_until_they_left(
    running: RunningSite, people: People, period: Period
) -> None:
    """What was done before is the institution's still; what was done afterwards is not."""
    log, left = Log(running, period), noon(period, 15)
    before = await log.add(people.teacher, [people.pupil], at=left - timedelta(days=5))
    await log.add(people.teacher, [people.pupil], at=left + timedelta(days=5))
    await log.close()
    leaves = sa.update(profile).where(profile.c.id == people.teacher.profile_id)
    async with running.storage.write(EVERYWHERE) as write:
        await write.execute(leaves.values(valid_to=left))
    assert await _theirs(running, period, people.teacher) == set(before)
