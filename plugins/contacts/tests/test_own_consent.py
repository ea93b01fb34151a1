"""From the age for own consent on a pupil alone chooses (CNS-4), and before that never."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from aula_sdk.ages import day_number
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.ids import new_id
from aula_sdk.people import Assurance
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser
from plugins.contacts.tests.school import WAYS, School, key

_person = sa.table("stamdata_person", sa.column("id", Id), sa.column("birth_date", sa.Date))
_ages = sa.table(
    "permissions_age",
    *(sa.column(name, Id) for name in ("id", "municipality_id", "institution_id")),
    sa.column("secure_area_age", sa.Integer),
    sa.column("decided_at", Instant),
)
_epoch = sa.table("identity_epoch", sa.column("rights", sa.Integer))


def _years_ago(years: int, days: int = 0) -> date:
    """Return when somebody was born who turned so many years old on the first of this month, or
    turns so many years on the first of the month that comes.
    """
    today = day_number(utc_now())
    year, month = today // 10_000 - years, today // 100 % 100
    if days:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, 1)


async def _born(school: School, member: Member, day: date | None) -> None:
    async with school.running.platform.write() as write:
        await write.execute(
            sa.update(_person).where(_person.c.id == member.person_id).values(birth_date=day)
        )
        await write.execute(sa.update(_epoch).values(rights=_epoch.c.rights + 1))


async def _choice(school: School, reader: Member, of: Member) -> dict[str, Any] | None:
    items = (await school.get(reader, "/sharing"))["items"]
    return next((one for one in items if one["id"] == key(of)), None)


async def _put(school: School, by: Member, of: Member, audience: str) -> int:
    answer = await school.ask(by, "PUT", f"/sharing/{key(of)}", audience=audience)
    return answer.status_code


async def test_the_young_person_chooses_and_the_guardians_no_longer(school: School) -> None:
    """CNS-3, CNS-4: from the birthday on; what the guardians chose goes on until it has chosen."""
    people = school.people
    alma = people.pupil
    await _born(school, alma, _years_ago(16, days=1))
    assert await _put(school, people.guardian, alma, "class") == 200
    assert await _put(school, alma, alma, "nobody") == 403
    assert (await school.get(alma, "/sharing"))["items"] == []
    await _born(school, alma, _years_ago(16))
    assert await _put(school, people.guardian, alma, "nobody") == 403
    assert await school.ways(people.other_guardian, alma) == set(WAYS)
    seen = await _choice(school, people.guardian, alma)
    assert seen
    assert (seen["may_choose"], seen["chosen"], seen["in_force"]) == (False, "class", "class")
    mine = await _choice(school, alma, alma)
    assert mine
    assert (mine["is_me"], mine["may_choose"], mine["chosen"]) == (True, True, None)
    assert await _put(school, alma, alma, "nobody") == 200
    assert await school.ways(people.other_guardian, alma) == set()
    assert await _put(school, alma, alma, "institution") == 200
    # Wider than the narrowest of the guardians' answers: that counts for children (CNS-9).
    assert await school.ways(people.other_guardian, alma) == set(WAYS)
    seen = await _choice(school, people.other_parent, alma)
    assert seen
    assert (seen["may_choose"], seen["chosen"], seen["in_force"]) == (False, None, "institution")


@pytest.mark.parametrize("known", [True, False])
async def test_a_child_again_is_chosen_for(school: School, known: bool) -> None:
    """CNS-4: when the age is raised, or the date of birth turns out to be unknown."""
    people = school.people
    alma = people.pupil
    await _born(school, alma, _years_ago(16))
    assert await _put(school, alma, alma, "institution") == 200
    await _born(school, alma, _years_ago(15) if known else None)
    assert await school.ways(people.other_guardian, alma) == set()
    assert await _put(school, alma, alma, "institution") == 403
    assert await _put(school, people.guardian, alma, "class") == 200
    assert await school.ways(people.other_guardian, alma) == set(WAYS)


async def test_nobody_else_chooses_or_sees_the_choice(school: School) -> None:
    """CNS-3, R10: others than the young person are refused as they were, and see no more."""
    people = school.people
    alma = people.pupil
    await _born(school, alma, _years_ago(17))
    for member, status in (
        (None, 401),
        (people.stranger, 404),
        (people.stranger_pupil, 404),
        (people.other_guardian, 403),
        (people.classmate, 403),
        (people.guardian, 403),
        (people.teacher, 403),
        (people.leader, 403),
        (people.external, 403),
    ):
        answer = await school.ask(member, "PUT", f"/sharing/{key(alma)}", audience="class")
        assert answer.status_code == status, member and member.key
    for member in (people.other_guardian, people.classmate, people.stranger):
        assert await _choice(school, member, alma) is None
    await school.set_tie(people.guardian, alma, custody=False, access=True)
    await _born(school, alma, _years_ago(17))
    assert await _choice(school, people.guardian, alma) is None


async def test_the_page_says_who_chooses(school: School) -> None:
    """The guardian reads why there is nothing to choose, the pupil from when there is."""
    people = school.people
    alma = people.pupil

    async def page(member: Member) -> str:
        answer = await (await school.client(member)).get("/contacts/sharing")
        assert answer.status_code == 200
        return answer.text

    await _born(school, alma, None)
    assert "From your 16th birthday on" in await page(alma)
    assert "old enough" not in await page(people.guardian)
    await _born(school, alma, _years_ago(16))
    assert "You are old enough" in await page(alma)
    guardians = await page(people.guardian)
    assert "Alma Skov is old enough to decide this alone" in guardians
    assert key(alma) in guardians
    assert f'name="person" value="{key(alma)}"' not in guardians
    form = {"person": key(alma), "audience": "class"}
    client = await school.client(alma)
    assert (await client.post("/contacts/sharing", data=form)).status_code == 303
    mine = await _choice(school, alma, alma)
    assert mine
    assert mine["in_force"] == "class"


async def test_it_takes_a_second_factor_of_who_is_old_enough_for_one(
    school: School, browser: Browser
) -> None:
    """LOG-15, CNS-6: asked of the pupil as of others; who is too young for one goes without."""
    alma = school.people.pupil
    await _born(school, alma, _years_ago(16))
    plain = await browser(alma, Assurance.LOW)
    path, body = f"/api/v1/contacts/sharing/{key(alma)}", {"audience": "class"}
    assert (await plain.put(path, json=body)).status_code == 401
    here = {"municipality_id": alma.municipality_id, "institution_id": alma.institution_id}
    async with school.running.platform.write() as write:
        row = {"id": new_id(), "secure_area_age": 17, "decided_at": write.now}
        await write.execute(sa.insert(_ages), row | here)
        await write.execute(sa.update(_epoch).values(rights=_epoch.c.rights + 1))
    assert (await plain.put(path, json=body)).status_code == 200


async def test_what_it_costs_does_not_grow(
    school: School, count_statements: Callable[..., Any]
) -> None:
    """What holds and who chooses is one statement, for a pupil and for a guardian."""
    people = school.people
    counts: dict[str, set[int]] = {"guardian": set(), "pupil": set()}
    for day in (_years_ago(15), _years_ago(16)):
        await _born(school, people.pupil, day)
        for member in (people.guardian, people.pupil):
            client = await school.client(member)
            path = "/api/v1/contacts/sharing"
            with count_statements() as counted:
                assert (await client.get(path)).status_code == 200
            asked = [one for one in counted.statements if "contacts_sharing" in one]
            counts[member.kind.value].add(len(asked))
    assert counts == {"guardian": {1}, "pupil": {1}}
