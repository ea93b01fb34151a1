"""R2: the municipality reviews what its support has done; institutions what concerns their own."""

from __future__ import annotations

from typing import Any

import httpx
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.identity.tables import impersonation
from aula_platform.stamdata.tables import guardianship, person, profile
from aula_sdk.db import utc_now
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.operations import READ_SUPPORT, SEE_AS
from aula_sdk.testing.kernel import Member
from tests.support.helpdesk import JSON, REASON, Helpdesk, place_of

API, PAGE = "/api/v1/administration/support", "/administration/support"


async def test_who_reviews_what(desk: Helpdesk) -> None:
    """As nobody, a stranger, guardian, pupil, staff, institution and municipality."""
    people = desk.people
    await desk.as_other(people.guardian)
    await desk.as_other(people.pedagogue)
    leader, admin = await desk.client(people.leader), await desk.client(people.admin)
    items = (await leader.get(API)).json()["items"]
    assert [(one["name"], one["supporter"]) for one in items] == [
        ("Åse Dam", "Kirsten Bang"), ("Anne Skov", "Kirsten Bang"),
    ]  # fmt: skip
    assert [one["name"] for one in (await admin.get(API)).json()["items"]] == ["Anne Skov"]
    page = (await leader.get(PAGE)).text
    assert "saw the site as Åse Dam" in page
    assert REASON in page
    elsewhere = await desk.client(people.stranger_teacher)
    assert (await elsewhere.get(API)).json()["items"] == []
    for member in (people.guardian, people.pupil, people.teacher, people.external, people.stranger):
        client = await desk.client(member)
        assert (await client.get(API)).status_code == 403, member.key
        assert (await client.get(PAGE)).status_code == 403, member.key
    assert (await (await desk.client(None)).get(API, headers=JSON)).status_code == 401
    read = sa.select(entry.c.details).where(entry.c.action == READ_SUPPORT)
    assert {row.details["listed"] for row in await desk.rows(read)} == {1, 2}


async def test_who_hides_now_is_hidden_from_their_family(desk: Helpdesk) -> None:
    """R8: though they did not hide when support saw the site as them; others review it on."""
    people = desk.people
    await desk.as_other(people.guardian)
    tie: dict[str, Any] = {
        "id": new_id(), "municipality_id": people.pupil.municipality_id, "source": "cast",
        "guardian_person_id": people.leader.person_id, "child_person_id": people.pupil.person_id,
        "relation": "Far", "custody": True, "extended_access": False,
        "valid_from": utc_now().replace(year=2020),
    }  # fmt: skip
    await desk.change(sa.insert(guardianship).values(tie))
    leader, admin = await desk.client(people.leader), await desk.client(people.admin)

    async def found() -> list[int]:
        return [len((await client.get(API)).json()["items"]) for client in (leader, admin)]

    async def protect(member: Member, *, protected: bool = True) -> None:
        one = sa.update(person).where(person.c.id == member.person_id)
        await desk.change(one.values(protected=protected))

    assert await found() == [1, 1]
    await protect(people.guardian)
    assert await found() == [0, 1]
    await protect(people.guardian, protected=False)
    await protect(people.pupil)
    assert await found() == [0, 1], "a parent's institution is where the child is"
    await protect(people.leader)
    assert await found() == [1, 1], "they hide together"


async def test_the_list_comes_in_pages(desk: Helpdesk) -> None:
    """20 at a time, the latest first; who was erased is named as such."""
    people = desk.people
    await desk.as_other(people.guardian)
    (row,) = await desk.rows(sa.select(impersonation))
    more = [
        dict(row._mapping) | {"id": new_id(), "supporter_id": None} for _ in range(24)
    ]  # SQLAlchemy's public name for it.
    await desk.change(sa.insert(impersonation).values(more))
    leader = await desk.client(people.leader)
    first = (await leader.get(API)).json()
    rest = (await leader.get(f"{API}?after={first['next']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (20, 5, None)
    assert {one["supporter"] for one in first["items"]} == {""}
    assert "Somebody who has been erased" in (await leader.get(PAGE)).text
    assert (await leader.get(f"{API}?after=x")).json()["code"] == "cursor.invalid"


async def test_a_persons_page_leads_there_for_who_may(desk: Helpdesk) -> None:
    """The buttons stand where rights are explained, for those who would be let in: neither for
    oneself, nor for who is protected, nor for who may do more; what is asked about is wider.
    """
    people = desk.people
    leader, admin = await desk.client(people.leader), await desk.client(people.admin)

    async def is_led(client: httpx.AsyncClient, member: Member) -> tuple[bool, bool]:
        key = PROFILE.format(member.profile_id)
        page = (await client.get(f"/administration/why/{key}")).text
        glass = f"/administration/break-glass/people/{key}"
        found = place_of(member) in page, glass in page
        for is_there, path in zip(found, (place_of(member), glass), strict=True):
            assert is_there == ((await client.get(path)).status_code == 200)
        return found

    assert await is_led(leader, people.teacher) == (True, True)
    assert await is_led(leader, people.leader) == (False, False)
    assert await is_led(admin, people.teacher) == (False, False)
    assert PAGE in (await leader.get("/administration")).text
    await desk.grant("institution_admin", SEE_AS, "own", people.admin.municipality_id)
    assert await is_led(admin, people.teacher) == (True, False)
    assert await is_led(admin, people.leader) == (False, False)
    hidden = sa.select(profile.c.person_id).where(profile.c.id == people.pupil.profile_id)
    await desk.change(sa.update(person).where(person.c.id.in_(hidden)).values(protected=True))
    assert await is_led(leader, people.pupil) == (False, True)
