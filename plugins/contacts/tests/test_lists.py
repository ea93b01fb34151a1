"""Lists and search, contact parents, plain forms, budgets."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from aula_plugins.contacts.schemas import Show
from aula_plugins.contacts.service.listing import list_contacts
from aula_sdk.ids import PROFILE
from plugins.contacts.tests.school import School, key


async def test_lists_are_in_danish_order_and_come_in_pages(school: School) -> None:
    """CON-1: every page begins after the last person; nobody is missing or twice."""
    people, platform = school.people, school.running.platform
    actor = await school.running.actor(people.teacher)
    group = people.groups["3.A"]
    names: list[str] = []
    after = None
    async with platform.read() as read:
        while True:
            page = await list_contacts(read, platform, actor, group, Show.GUARDIANS, after, size=1)
            names += [one.name for one in page.items]
            if page.next is None:
                break
            after = PROFILE.parse(page.next)
    assert names == ["Anne Skov", "Line Berg", "Peter Vang", "Ukendt Voksen"]
    for show, first in (("children", "Alma Skov"), ("employees", "Mette Holm")):
        found = await school.get(people.teacher, f"/groups/{school.group()}?show={show}")
        assert found["items"][0]["name"] == first


async def test_a_page_goes_on_where_the_last_one_ended(school: School) -> None:
    """CON-1: ``after`` names a person, never a name (rule 25)."""
    people = school.people
    path = f"/groups/{school.group()}?show=guardians"
    rest = (await school.get(people.teacher, f"{path}&after={key(people.other_guardian)}"))["items"]
    assert [one["name"] for one in rest] == ["Peter Vang", "Ukendt Voksen"]


async def test_names_are_found_and_nothing_else(school: School) -> None:
    """R8, rule 25: by name in any spelling, in this group alone; never by number or address."""
    people = school.people

    async def search(words: str, group: str = "3.A") -> list[str]:
        path = f"/groups/{school.group(group)}/search"
        answer = await school.ask(people.teacher, "POST", path, words=words)
        return [one["name"] for one in answer.json()["items"]]

    assert await search("BERG") == ["Bo Berg", "Line Berg"]
    assert await search("ukendt") == ["Ukendt Elev", "Ukendt Voksen"]
    assert await search("berg", "3.B") == []
    for words in ("", "%", "mobile-of", "Henrik", "address-of-guardian"):
        assert await search(words) == []


async def test_groups_that_concern_me_come_first(school: School) -> None:
    """CON-1: a guardian the children's groups, staff their own and then the institution's."""
    people = school.people
    mine = (await school.get(people.guardian, "/groups"))["items"]
    assert [(one["name"], one["children"]) for one in mine] == [
        ("3.A", ["Alma Skov"]),
        ("Stjernerne", ["Dagny Skov"]),
    ]
    of_staff = (await school.get(people.teacher, "/groups"))["items"]
    assert [(one["name"], one["is_mine"]) for one in of_staff] == [("3.A", True), ("3.B", False)]
    others = (await school.get(people.teacher, f"/groups?after={school.group('3.B')}"))["items"]
    assert others == []


async def test_contact_parents_are_chosen_by_the_staff_of_the_group(school: School) -> None:
    """CON-3: marked in lists, listed by themselves; only guardians of the group's children."""
    people = school.people
    path = f"/groups/{school.group()}/contact-parents"
    chosen = [key(people.other_guardian), key(people.protected_guardian)]
    for member, status in (
        (people.guardian, 403),
        (people.pupil, 403),
        (people.colleague, 403),
        (people.pedagogue, 404),
        (people.stranger_teacher, 404),
    ):
        await school.refused(status, member, "PUT", path, parents=chosen)
    for wrong in (people.pupil, people.neighbour, people.without_access, people.teacher):
        await school.refused(422, people.teacher, "PUT", path, parents=[key(wrong)])
    await school.ask(people.teacher, "PUT", path, parents=chosen)
    listed = await school.listed(people.guardian, "contact_parents")
    assert {name for name, one in listed.items() if one["is_contact_parent"]} == {
        "Line Berg",
        "Ukendt Voksen",
    }
    await school.ask(people.leader, "PUT", path, parents=chosen[:1])
    await school.ask(people.leader, "PUT", path, parents=chosen[:1])
    marked = await school.listed(people.pupil)
    assert [name for name, one in marked.items() if one["is_contact_parent"]] == ["Line Berg"]
    await school.set_tie(people.other_guardian, people.classmate, custody=False, access=False)
    assert await school.listed(people.guardian, "contact_parents") == {}


async def test_forms_choose_as_programs_do(school: School) -> None:
    """Without JavaScript: sharing and contact parents by plain forms; mistakes keep the page."""
    people = school.people
    anne = await school.client(people.guardian)
    page = await anne.get("/contacts/sharing")
    assert "Contact data of Alma Skov" in page.text
    form = {"person": key(people.guardian), "audience": "class"}
    answer = await anne.post("/contacts/sharing", data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/contacts/sharing#{key(people.guardian)}",
    )
    assert (await anne.post("/contacts/sharing", data=form | {"audience": ""})).status_code == 422
    wrong = form | {"person": key(people.classmate)}
    assert (await anne.post("/contacts/sharing", data=wrong)).status_code == 403
    mette = await school.client(people.teacher)
    path = f"/contacts/{school.group()}/contact-parents"
    assert "Line Berg" in (await mette.get(path)).text
    sent = await mette.post(path, data={"parent": [key(people.other_guardian)]})
    assert sent.headers["location"].endswith("?show=contact_parents")
    refused = await mette.post(path, data={"parent": [key(people.neighbour)]})
    assert refused.status_code == 422
    assert "Only guardians of the group" in refused.text
    found = await mette.post(f"/contacts/{school.group()}/search", data={"q": "berg"})
    assert re.findall(r">(\w+ Berg)</a>", found.text) == [
        "Bo Berg",
        "Line Berg",
        "Line Berg",
        "Bo Berg",
    ]
    paper = await mette.get(f"/contacts/{school.group()}/print?show=children")
    assert "mobile-of-other_guardian" in paper.text
    assert "mobile-of-other_guardian" not in (await anne.get(paper.url.path)).text
    assert "/messages/new" not in (await mette.get(f"/contacts/people/{key(people.pupil)}")).text


def about_contacts(counted: Any) -> list[str]:
    """Return the statements that were the plugin's own."""
    own = ("contacts_", "stamdata_contact_v1", "stamdata_reach_v1 AS", "stamdata_profile_v1")
    return [one for one in counted.statements if any(name in one for name in own)]


def scanned(database: str, statement: str) -> set[str]:
    """Return what SQLite reads from end to end to answer a statement, were there many people."""
    path = database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sqlite_stat1 SET stat = '100000 5' WHERE idx IS NOT NULL")
    connection.close()
    with sqlite3.connect(path) as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {statement}", [b"0"] * statement.count("?")
        ).fetchall()
    connection.close()
    steps = [step.split() for *_numbers, step in plan]
    # What a subquery has found, and a list of nothing, are gone through as well; no table is.
    found = {words[1] for words in steps if words[0] == "SCAN"}
    return {name for name in found if name != "CONSTANT" and not name.startswith("(subquery")}


@pytest.mark.parametrize("show", ["children", "guardians", "employees"])
async def test_a_list_takes_four_statements(
    school: School, count_statements: Callable[[], Any], database: str, show: str
) -> None:
    """Budget: group, people, who belongs to whom (and how, for staff), how to reach them.

    None reads what is everybody's: SQLite, which would gather a view of unions first, goes through
    the reader's own groups and the people of this one.
    """
    for member, budget in ((school.people.guardian, 4), (school.people.teacher, 5)):
        client = await school.client(member)
        path = f"/contacts/{school.group()}?show={show}"
        await client.get(path)
        with count_statements() as counted:
            assert (await client.get(path)).status_code == 200
        assert 2 <= len(about_contacts(counted)) <= budget
        if database.startswith("sqlite:"):
            for statement in about_contacts(counted):
                read = {
                    re.sub("groups_of_.*", "my groups", name)
                    for name in scanned(database, statement)
                }
                assert read <= {"in_group", "my groups", "answer"}, statement
