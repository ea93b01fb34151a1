"""How long a sample lasts, what of it a person is given, and what is left when one is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from aula_platform.audit.chain import month_of
from aula_platform.audit.expiring import expire
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of
from aula_platform.privacy.person.kernel_rows import export_kernel
from aula_platform.privacy.person.subject import find_subject
from aula_platform.privacy.place import Installation
from aula_platform.sampling.housekeeping import forget_expired
from aula_platform.sampling.judging import judge, sign_off
from aula_platform.sampling.period import Period, last_period
from aula_platform.sampling.tables import drawn, sample
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.db import utc_now
from aula_sdk.ids import PERSON
from aula_sdk.log_samples import SamplePlan, Verdict
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from tests.administration.office import Office
from tests.audit.intruder import rows_of
from tests.sampling.log import Log

SECRET = "Naboen har fortalt det"


async def _sign(site: RunningSite, who: Member, note: str = "") -> None:
    """Let somebody judge everything of the one sample, and sign it off."""
    actor = await site.actor(who)
    (row,) = await rows_of(site.storage, sample)
    verdict = Verdict.ASK_FURTHER if note else Verdict.JUSTIFIED
    async with site.storage.write(EVERYWHERE, actor) as write:
        for number in range(1, row["size"] + 1):
            await judge(write, actor, row["id"], number, verdict, note)
        await sign_off(write, actor, row["id"])


async def test_what_was_drawn_goes_with_the_log(
    running: RunningSite, people: People, period: Period
) -> None:
    """Art. 5(1)(e): with its month, though it was signed off; of months that stay it stays."""
    town, storage = people.leader.municipality_id, running.storage
    log = Log(running, period)
    await log.add(people.teacher, times=4)
    await log.close()
    assert await running.platform.log_samples.draw_due(town, SamplePlan(entries=3)) == 1
    await _sign(running, people.leader)
    assert await forget_expired(storage) == 0
    assert await expire(storage, town, 2) == []
    assert await expire(storage, town, 0) == [period.months[0]]
    assert await forget_expired(storage) == 3
    assert await rows_of(storage, drawn) == []
    assert await rows_of(storage, sample) == []
    assert await running.platform.log_samples.draw_due(town, SamplePlan(entries=3)) == 0


async def test_of_a_quarter_the_months_that_are_kept_stay(
    office: Office, people: People, period: Period
) -> None:
    """The report says less then, and is still what was signed off."""
    town, site = people.leader.municipality_id, office.site
    plan = SamplePlan(months=6, entries=200)
    half = last_period(utc_now(), 6)
    log = Log(site, period)
    await log.add(people.teacher, at=half.start + timedelta(days=3), times=2)
    await log.add(people.teacher, at=half.end - timedelta(days=3), times=3)
    await log.close()
    assert await site.platform.log_samples.draw_due(town, plan) == 1
    await _sign(site, people.leader)
    kept = _months_between(half.months[-1], month_of(utc_now()))
    assert await expire(site.storage, town, kept) == [half.months[0]]
    assert await forget_expired(site.storage) == 2
    key = (await office.get(people.leader, "/samples"))["items"][0]["id"]
    report = await office.get(people.leader, f"/samples/{key}/report")
    assert (len(report["lines"]), report["sample"]["size"], report["is_intact"]) == (3, 5, True)


def _months_between(first: str, last: str) -> int:
    def count(month: str) -> int:
        return int(month[:4]) * 12 + int(month[5:])

    return count(last) - count(first)


async def test_a_person_is_given_what_was_found_of_their_own_deeds(
    running: RunningSite, people: People, period: Period
) -> None:
    """Art. 15: once it was signed off, and without what was written, which can be about others."""
    town, storage = people.leader.municipality_id, running.storage
    log = Log(running, period)
    await log.add(people.teacher, [people.pupil])
    await log.close()
    assert await running.platform.log_samples.draw_due(town, SamplePlan()) == 1
    assert await _given(running, people.teacher) == []
    await _sign(running, people.leader, SECRET)
    (own,) = await _given(running, people.teacher)
    assert (own["verdict"], own["number"]) == ("ask_further", 1)
    (judged,) = await _given(running, people.leader)
    assert judged["judged_by"] == people.leader.profile_id
    assert await _given(running, people.pupil) == []
    for row in (own, judged):
        assert "entry_id" not in row
        assert SECRET not in str(row)
    assert "verdict" not in judged
    assert len(await rows_of(storage, drawn)) == 1


async def _given(site: RunningSite, who: Member) -> list[dict[str, Any]]:
    """Return the entries of samples that a person is given."""
    owners = owners_of(site.app.state.host)
    blobs = BlobStore(site.app.state.settings.files_url)
    installation = Installation(site.storage, owners, blobs)
    (place,) = [one for one in await installation.places() if one.id == who.municipality_id]
    subject = await find_subject(site.storage, place, PERSON.format(who.person_id))
    async with site.storage.read(place.wall) as read:
        return [
            row
            async for name, row in export_kernel(read, [sample, drawn], subject)
            if name == drawn.name
        ]


async def test_who_signed_can_be_erased_and_nothing_else(
    office: Office, people: People, period: Period
) -> None:
    """Art. 17: what was signed off stays what it was, by nobody in particular."""
    town, site = people.leader.municipality_id, office.site
    log = Log(site, period)
    await log.add(people.teacher, times=2)
    await log.close()
    assert await site.platform.log_samples.draw_due(town, SamplePlan()) == 1
    await _sign(site, people.leader)
    async with site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(sample).values(signed_by=None))
        await write.execute(sa.update(drawn).values(judged_by=None))
    key = (await office.get(people.leader, "/samples"))["items"][0]["id"]
    report = await office.get(people.leader, f"/samples/{key}/report")
    assert (report["is_intact"], report["sample"]["signed_by"]) == (True, "")
    assert {one["judged_by"] for one in report["lines"]} == {""}
    assert "somebody who has been erased" in await office.page(
        people.leader, f"/samples/{key}/report"
    )
