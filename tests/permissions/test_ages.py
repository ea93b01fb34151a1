"""Age limits of municipalities and institutions (CNS-4, SEC-6, LOG-14), beside an oracle."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from litestar.testing import RequestFactory

from aula_platform.audit.tables import entry
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.ages import has_turned, secure_area_age
from aula_platform.permissions.granting.ages import decide_ages, read_ages
from aula_platform.permissions.tables import age, grant
from aula_platform.stamdata.tables import person
from aula_platform.storage import EVERYWHERE
from aula_platform.web.live import is_still_same
from aula_sdk import stamdata
from aula_sdk.ages import consents_alone, day_number
from aula_sdk.db import utc_now
from aula_sdk.errors import Invalid
from aula_sdk.ids import INSTITUTION, new_id
from aula_sdk.operations import Place
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import Office, home, whole
from tests.permissions.desk import Desk

ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.fixture
async def office(running: Any, browser: Browser, people: People) -> Office:
    """Let the cast use the API and the pages."""
    return Office(running, browser, people)


def years_ago(years: int) -> date:
    """Return a date of birth: somebody who has just turned so many years old."""
    today = utc_now().astimezone(ZONE).date()
    return date(today.year - years, today.month, min(today.day, 28))


async def born(office: Office, member: Member, day: date | None) -> None:
    """Let the source say when somebody was born."""
    async with office.site.storage.write(EVERYWHERE) as write:
        await write.execute(
            sa.update(person).where(person.c.id == member.person_id).values(birth_date=day)
        )
        await raise_rights_epoch(write)


async def decide(
    office: Office,
    by: Member,
    place: str,
    *,
    secure_area: int | None = None,
    consent: int | None = None,
) -> Any:
    """Decide by the API; return the answer."""
    return await office.ask(by, "PUT", f"/ages/{place}", consent=consent, secure_area=secure_area)


async def may_step_up(office: Office, member: Member) -> bool:
    """Whether a pupil who has just shown two factors is let in to what is sensitive."""
    actor = await office.site.actor(member, Assurance.SUBSTANTIAL)
    assert actor.stepped_up is actor.may_step_up
    return actor.may_step_up


async def test_the_age_for_what_is_sensitive_is_raised_by_any_level(office: Office) -> None:
    """SEC-6: the highest holds; nobody lowers what is said above; taken back it is as before."""
    people = office.people
    here, there = home(people.admin), whole(people.leader)
    await born(office, people.pupil, years_ago(16))
    assert await may_step_up(office, people.pupil)
    for at, by, years, expected in (
        (here, people.admin, 17, False),
        (here, people.admin, 16, True),
        (there, people.leader, 17, False),
        (here, people.admin, 15, False),
        (there, people.leader, None, True),
        (here, people.admin, None, True),
    ):
        assert (await decide(office, by, at, secure_area=years)).status_code == 204
        assert await may_step_up(office, people.pupil) is expected, (at, years)
    assert await may_step_up(office, people.teacher)
    await born(office, people.pupil, None)
    assert not await may_step_up(office, people.pupil)


async def test_a_pupil_of_several_institutions_goes_by_the_highest(office: Office) -> None:
    """SEC-6: at whichever of them it was decided."""
    people = office.people
    actors = [await office.site.actor(one) for one in (people.pupil, people.pedagogue)]
    profiles = [actor.profiles[0] for actor in actors]
    assert profiles[0].institution_id != profiles[1].institution_id
    place = INSTITUTION.format(profiles[1].institution_id)
    assert (await decide(office, people.leader, place, secure_area=17)).status_code == 204
    async with office.site.storage.read(EVERYWHERE) as read:
        assert await secure_area_age(read, profiles, 15) == 17
        assert await secure_area_age(read, profiles[:1], 15) == 15
        assert await secure_area_age(read, profiles, 18) == 18


async def test_it_holds_in_open_streams_too(office: Office) -> None:
    """R7: an open page of a pupil for whom the limit was raised is told nothing more."""
    people, site = office.people, office.site
    await born(office, people.pupil, years_ago(15))
    cookies, _headers = await site.sign_in(people.pupil, Assurance.SUBSTANTIAL)
    text = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request = RequestFactory(app=site.app).get("/live", cookies=text)
    request.scope["user"] = await site.actor(people.pupil, Assurance.SUBSTANTIAL)
    assert await is_still_same(request)
    place = home(people.admin)
    assert (await decide(office, people.admin, place, secure_area=16)).status_code == 204
    assert not await is_still_same(request)
    assert (await decide(office, people.admin, place)).status_code == 204
    assert await is_still_same(request)


async def test_it_is_told_why(office: Office, desk: Desk) -> None:
    """LOG-14: "Why can X do Y?" names the age that a pupil has not reached, if so."""
    people = office.people
    row = {
        "id": new_id(), "municipality_id": people.pupil.municipality_id, "role": "pupil",
        "action": "shell.use", "relation": "-", "allowed": True, "step_up": True,
    }  # fmt: skip
    async with office.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(grant), row | {"created_at": write.now})
    place = home(people.admin)
    assert (await decide(office, people.admin, place, secure_area=17)).status_code == 204
    for day, expected in ((years_ago(16), True), (None, True), (years_ago(17), False)):
        await born(office, people.pupil, day)
        actor = await office.site.actor(people.admin)
        async with office.site.storage.read(EVERYWHERE) as read:
            told = await desk.grants.explain(read, actor, people.pupil.profile_id)
        sentences = [
            str(reason.sentence)
            for one in told
            if one.action == "shell.use"
            for reason in one.explanation.reasons
        ]
        assert sentences
        assert any("17 years" in one for one in sentences) is expected, (day, sentences)


@pytest.mark.parametrize(
    ("field", "years"),
    [
        ("consent", 14),
        ("consent", 19),
        ("secure_area", 14),
        ("secure_area", 19),
        ("consent", 0),
        ("secure_area", 0),
    ],
)
async def test_ages_out_of_bounds_are_refused(office: Office, field: str, years: int) -> None:
    """LOG-14, databeskyttelsesloven § 6: by field in the API, in words on the page."""
    people = office.people
    place = home(people.admin)
    sent: dict[str, Any] = {"consent": None, "secure_area": None, field: years}
    refused = await office.ask(people.admin, "PUT", f"/ages/{place}", **sent)
    assert refused.status_code in {400, 422}, refused.text
    form = {name: "" if value is None else str(value) for name, value in sent.items()}
    page = await office.press(people.admin, f"/ages/{place}", **form)
    assert page.status_code == 422
    assert 'class="form-group form-error"' in page.text
    assert f'href="#field-{field}"' in page.text, "by the field that it is about"
    found = await office.get(people.admin, f"/ages/{place}")
    assert (found["consent_here"], found["secure_area_here"]) == (None, None)


async def test_what_was_decided_stands_under_a_higher_age_of_the_installation(
    office: Office,
) -> None:
    """LOG-14: the higher holds; the other age can be kept beside it all the same."""
    leader = office.people.leader
    place, by = Place(leader.municipality_id), leader.profile_id
    async with office.site.storage.write(EVERYWHERE) as write:
        await decide_ages(write, place, 15, by, consent=None, secure_area=16)
        await decide_ages(write, place, 17, by, consent=18, secure_area=16)
        found = await read_ages(write, place, 17)
        assert (found.consent, found.secure_area, found.secure_area_here) == (18, 17, 16)
        with pytest.raises(Invalid) as refused:
            await decide_ages(write, place, 17, by, consent=18, secure_area=15)
    assert [one.field for one in refused.value.fields] == ["secure_area"]


async def test_the_page_keeps_both_and_says_what_holds(office: Office) -> None:
    """By a form alone; each change is in the audit once, and what is the same is not."""
    people = office.people
    page = f"/ages/{home(people.admin)}"
    assert "As the municipality: 16 years" in await office.page(people.admin, page)
    assert (await decide(office, people.leader, whole(people.leader), consent=17)).is_success
    assert "As the municipality: 17 years" in await office.page(people.admin, page)
    for _round in range(2):
        kept = await office.press(people.admin, page, consent="15", secure_area="16")
        assert kept.status_code == 303
    found = await office.get(people.admin, page)
    assert {**found, "place": ""} == {
        "place": "", "consent": 15, "consent_here": 15, "consent_above": 17,
        "secure_area": 16, "secure_area_here": 16, "secure_area_above": 15,
    }  # fmt: skip
    assert '<option value="15" selected>' in await office.page(people.admin, page)
    async with office.site.storage.read(EVERYWHERE) as read:
        told = sa.select(entry.c.details).where(entry.c.action == "permissions.ages_decided")
        details = [row[0] for row in await read.rows(told)]
        deciders = {row[0] for row in await read.rows(sa.select(age.c.decided_by))}
    assert [(one["consent"], one["secure_area"]) for one in details] == [(17, 0), (15, 16)]
    assert deciders == {people.leader.profile_id, people.admin.profile_id}


async def test_a_place_is_decided_by_who_decides_there(office: Office) -> None:
    """RGT-2: an institution's administrator decides at home alone, families and staff nowhere."""
    people = office.people
    ours, north = home(people.admin), whole(people.leader)
    for member, place, status in (
        (people.admin, north, 404),
        (people.admin, home(people.pedagogue), 404),
        (people.stranger_teacher, ours, 404),
        (people.stranger_teacher, north, 404),
        (people.stranger, ours, 403),
        (people.guardian, ours, 403),
        (people.pupil, ours, 403),
        (people.teacher, ours, 403),
        (people.external, ours, 403),
        (None, ours, 401),
    ):
        refused = await office.ask(member, "PUT", f"/ages/{place}", consent=17, secure_area=17)
        assert refused.status_code == status, (member and member.key, place)
    async with office.site.storage.read(EVERYWHERE) as read:
        assert not await read.rows(sa.select(age.c.id))
    chosen = await office.page(people.leader, "/ages")
    assert f"/administration/ages/{north}" in chosen
    assert f"/administration/ages/{ours}" in chosen


async def test_who_consents_alone_is_as_the_oracle_says(office: Office) -> None:
    """CNS-4: by institution, then municipality, then 16; on each side of the birthday, of a leap
    day's too; of unknown age nobody, and nobody but pupils.
    """
    people, random = office.people, Random(7)  # Not for secrets.
    pupils = [one for one in people.profiles if one.kind == "pupil"]
    days = [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 2, 28)]
    days += [date(2027, 3, 1), date(2026, 12, 31), date(2027, 1, 1)]
    births = [date(2012, 2, 29), date(2012, 3, 1), date(2012, 2, 28), date(2011, 12, 31), None]
    asked = sa.select(stamdata.profile.c.id).where(
        consents_alone(stamdata.profile, sa.bindparam("today", type_=sa.Integer))
    )
    met = {True: 0, False: 0}
    for _round in range(4):
        said: dict[tuple[UUID, UUID | None], int] = {}
        given = {one.person_id: random.choice(births) for one in people.profiles}
        async with office.site.storage.write(EVERYWHERE) as write:
            await write.execute(sa.delete(age))
            for one in pupils:
                for place in (one.institution_id, None):
                    if random.random() < 0.5:
                        said[one.municipality_id, place] = random.randrange(15, 19)
            for (municipality, institution), years in said.items():
                row = {
                    "id": new_id(), "municipality_id": municipality, "consent_age": years,
                    "institution_id": institution, "decided_at": write.now,
                }  # fmt: skip
                await write.execute(sa.insert(age), row)
            for who, day in given.items():
                await write.execute(
                    sa.update(person).where(person.c.id == who).values(birth_date=day)
                )
        async with office.site.storage.read(EVERYWHERE) as read:
            for today in days:
                noon = datetime(today.year, today.month, today.day, 12, tzinfo=ZONE)
                rows = await read.rows(asked, {"today": day_number(noon)})
                expected = {
                    one.profile_id
                    for one in pupils
                    if has_turned(
                        given[one.person_id],
                        said.get(
                            (one.municipality_id, one.institution_id),
                            said.get((one.municipality_id, None), 16),
                        ),
                        today,
                    )
                }
                assert {row[0] for row in rows} == expected, (today, said)
                met[True] += len(expected)
                met[False] += len(pupils) - len(expected)
    assert min(met.values()) > 10


def test_a_day_begins_at_midnight_in_denmark() -> None:
    """CNS-4: on the birthday, summer and winter; an hour or two before it in UTC."""
    assert day_number(datetime(2026, 7, 1, 22, 0, tzinfo=ZoneInfo("UTC"))) == 20260702
    assert day_number(datetime(2026, 7, 1, 21, 59, tzinfo=ZoneInfo("UTC"))) == 20260701
    assert day_number(datetime(2026, 11, 30, 23, 0, tzinfo=ZoneInfo("UTC"))) == 20261201
