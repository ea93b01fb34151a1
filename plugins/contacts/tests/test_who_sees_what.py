"""Who is told how to reach whom: relation, choice, permission."""

from typing import Any

from aula_sdk.testing.kernel import Member
from plugins.contacts.tests.school import WAYS, School, key, way

ALL = set(WAYS)
NOTHING: set[str] = set()


async def test_staff_reach_the_families_of_their_own_groups(school: School) -> None:
    """R9: the teacher of the class does; a colleague of another class sees names alone."""
    people = school.people
    for person in (people.pupil, people.guardian, people.other_guardian):
        assert await school.ways(people.teacher, person) == ALL
        assert await school.ways(people.colleague, person) == NOTHING
        assert await school.ways(people.leader, person) == ALL
        assert await school.ways(people.admin, person) == ALL
    listed = await school.listed(people.colleague)
    assert {one["reach"] for one in listed.values()} == {"not_shared"}


async def test_families_see_names_until_somebody_shares(school: School) -> None:
    """CON-2, CNS-5: nobody is the default; one's own data is always seen."""
    people = school.people
    listed = await school.listed(people.guardian)
    assert set(listed) >= {"Alma Skov", "Bo Berg", "Line Berg", "Anne Skov", "Peter Vang"}
    assert await school.ways(people.guardian, people.other_guardian) == NOTHING
    assert await school.ways(people.pupil, people.guardian) == NOTHING
    assert await school.ways(people.guardian, people.guardian) == ALL
    assert await school.ways(people.guardian, people.pupil) == ALL
    await school.choose(people.other_guardian, "class")
    assert await school.ways(people.guardian, people.other_guardian) == ALL
    assert await school.ways(people.pupil, people.other_guardian) == ALL
    assert await school.ways(people.guardian, people.classmate) == NOTHING
    await school.choose(people.other_guardian, "nobody")
    assert await school.ways(people.guardian, people.other_guardian) == NOTHING


async def test_parents_are_told_what_staff_reads_and_not_each_other(school: School) -> None:
    """R19: whose address was read is told, but not that the other parent has opened the list."""
    people = school.people

    async def told(reader: Member) -> list[str]:
        before = len(await looks(people.other_parent))
        assert await school.ways(reader, people.pupil) == ALL
        found = await looks(people.other_parent)
        return [
            f"{one['role']}: {' '.join(sorted(one['about']))}"
            for one in found[: len(found) - before]
        ]

    async def looks(member: Member) -> list[dict[str, Any]]:
        answer = await (await school.client(member)).get("/api/v1/profile/looks")
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    assert await told(people.guardian) == []
    assert await told(people.teacher) == ["Employee: Alma Skov Peter Vang"]


async def test_an_audience_ends_where_it_ends(school: School) -> None:
    """CNS-5: the class is the class; the institution is everybody there, staff of 3.B too."""
    people = school.people
    await school.choose(people.other_guardian, "class")
    assert await school.ways(people.colleague, people.other_guardian) == NOTHING
    await school.choose(people.other_guardian, "institution")
    assert await school.ways(people.colleague, people.other_guardian) == ALL
    path = f"/people/{key(people.other_guardian)}"
    await school.refused(404, people.neighbour, "GET", path)
    await school.refused(404, people.stranger, "GET", path)


async def test_the_narrowest_answer_counts_for_a_child(school: School) -> None:
    """CNS-9: of two guardians with custody the one who shares less decides."""
    people = school.people
    await school.choose(people.guardian, "institution", people.pupil)
    assert await school.ways(people.other_guardian, people.pupil) == ALL
    await school.choose(people.other_parent, "nobody", people.pupil)
    assert await school.ways(people.other_guardian, people.pupil) == NOTHING
    items = (await school.get(people.guardian, "/sharing"))["items"]
    alma = next(one for one in items if one["id"] == key(people.pupil))
    assert (alma["chosen"], alma["in_force"]) == ("institution", "nobody")
    assert [one["is_me"] for one in items] == [True, False, False]


async def test_an_answer_counts_while_its_giver_has_custody(school: School) -> None:
    """R7, CNS-3: from the next request on; extended access is not enough to choose."""
    people = school.people
    await school.choose(people.guardian, "class", people.pupil)
    assert await school.ways(people.other_guardian, people.pupil) == ALL
    await school.set_tie(people.guardian, people.pupil, custody=False, access=True)
    assert await school.ways(people.other_guardian, people.pupil) == NOTHING
    path = f"/sharing/{key(people.pupil)}"
    await school.refused(403, people.guardian, "PUT", path, audience="class")
    await school.choose(people.other_parent, "class", people.pupil)
    assert await school.ways(people.other_guardian, people.pupil) == ALL


async def test_nobody_chooses_for_others(school: School) -> None:
    """R10, CNS-3, CNS-8: not for another's child, another adult, as a pupil, or as staff."""
    people = school.people
    for person, status in (
        (people.classmate, 403),
        (people.other_guardian, 403),
        (people.other_pupil, 404),
        (people.stranger_pupil, 404),
    ):
        path = f"/sharing/{key(person)}"
        await school.refused(status, people.guardian, "PUT", path, audience="institution")
    for member in (people.pupil, people.teacher, people.leader, people.external):
        path = f"/sharing/{key(member)}"
        await school.refused(403, member, "PUT", path, audience="class")
    items = (await school.get(people.without_access, "/sharing"))["items"]
    assert [one["id"] for one in items] == [key(people.without_access)]


async def test_who_has_no_access_is_no_reason_and_sees_nothing(school: School) -> None:
    """ID-12: such a contact person is in no list, sees no group, and is met by nobody."""
    people = school.people
    for show in ("children", "guardians"):
        assert "Henrik Berg" not in await school.listed(people.teacher, show)
    assert (await school.get(people.without_access, "/groups"))["items"] == []
    await school.choose(people.without_access, "institution")
    await school.choose(people.other_guardian, "institution")
    path = f"/groups/{school.group()}"
    await school.refused(404, people.without_access, "GET", path)
    for one in (people.other_guardian, people.classmate):
        await school.refused(404, people.without_access, "GET", f"/people/{key(one)}")
    for one in (people.leader, people.guardian):
        await school.refused(404, one, "GET", f"/people/{key(people.without_access)}")


async def test_employees_are_reached_at_work(school: School) -> None:
    """The setting says by which ways; a private address or mobile never is one."""
    people = school.people
    for member in (people.guardian, people.pupil, people.colleague, people.teacher):
        assert await school.ways(member, people.teacher, "employees") == {"email", "phone"}


async def test_the_relation_is_for_staff(school: School) -> None:
    """CON-6: the word for a guardian is told to the group's staff; custody is told to nobody."""
    people = school.people
    for show, name in (("children", "Anne Skov"), ("guardians", "Alma Skov")):
        for member, word in (
            (people.teacher, "Mor"),
            (people.leader, "Mor"),
            (people.colleague, ""),
            (people.guardian, ""),
            (people.pupil, ""),
        ):
            page = await school.get(member, f"/groups/{school.group()}?show={show}")
            words = {
                one["relation"]
                for item in page["items"]
                for one in item["relatives"]
                if one["name"] == name and item["name"] in {"Alma Skov", "Anne Skov"}
            }
            assert words == {word}, (member.key, show)


async def test_each_number_has_a_protection_of_its_own(school: School) -> None:
    """STM-14: what is protected is told to nobody, sharing or not, not even to oneself."""
    people = school.people
    await school.protect(people.other_guardian, "mobile")
    await school.choose(people.other_guardian, "institution")
    for member in (people.guardian, people.teacher, people.leader, people.other_guardian):
        assert await school.ways(member, people.other_guardian) == ALL - {"mobile"}
        answer = await school.ask(member, "GET", f"/people/{key(people.other_guardian)}")
        assert way(people.other_guardian, "mobile") not in answer.text
