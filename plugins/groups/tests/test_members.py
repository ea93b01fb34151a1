"""Who comes into a group and who goes: people, parts, editors, guardians."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from aula_plugins.groups.service.settling import follow_parts
from aula_sdk.db import Id, Instant
from aula_sdk.ids import GROUP
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


async def cut_access(running: Running, guardian: Member, child: Member) -> None:
    """Let the guardian lose custody and access, as the administrative system would say."""
    ties = sa.table(
        "stamdata_guardianship",
        sa.column("guardian_person_id", Id),
        sa.column("child_person_id", Id),
        sa.column("custody", sa.Boolean),
        sa.column("extended_access", sa.Boolean),
    )
    async with running.platform.write() as write:
        await write.execute(
            sa.update(ties)
            .where(
                ties.c.guardian_person_id == guardian.person_id,
                ties.c.child_person_id == child.person_id,
            )
            .values(custody=False, extended_access=False)
        )


async def test_people_are_found_and_told_apart(yard: SchoolYard, people: People) -> None:
    """R6, STM-12: by name, with class or children; protected people by their alias alone."""
    group = await yard.make(people.teacher, kinds=["pupil", "guardian"])
    path = f"/{group}/people"
    found = (await yard.does(people.teacher, "POST", path, words="sko"))["items"]
    assert {(one["name"], tuple(one["details"])) for one in found} == {
        ("Alma Skov", ("3.A",)),
        ("Anne Skov", ("Alma Skov 3.A",)),
    }
    by_alias = (await yard.does(people.teacher, "POST", path, words="ukendt"))["items"]
    assert {one["name"] for one in by_alias} == {"Ukendt Elev", "Ukendt Voksen"}
    nobody = (await yard.does(people.teacher, "POST", path, words="henrik"))["items"]
    assert nobody == []
    parts = (await yard.does(people.teacher, "POST", path, words="3."))["items"]
    assert {(one["name"], one["kind"]) for one in parts} >= {("3.A", "pupil"), ("3.A", "guardian")}
    assert "employee" not in {one["kind"] for one in parts}
    assert (await yard.does(people.teacher, "POST", path, words="s"))["items"] == []


async def test_only_who_may_be_chosen_comes_in(yard: SchoolYard, people: People) -> None:
    """R10: others' children, other kinds and people without access are nobody who can be added."""
    group = await yard.make(people.teacher, kinds=["pupil", "guardian"])
    for member in (
        people.colleague,
        people.sibling,
        people.without_access,
        people.stranger_pupil,
    ):
        problem = await yard.refused(
            422, people.teacher, "POST", f"/{group}/members", people=[pro(member)]
        )
        assert problem["errors"][0]["code"] == "out-of-reach", member.key
    for part in (yard.part("1.X", "pupil"), yard.part("3.A", "employee"), f"{group}:pupil"):
        await yard.refused(422, people.teacher, "POST", f"/{group}/members", people=[part])
    assert await yard.names(people.teacher, group) == set()


async def test_the_people_of_a_class_come_and_go_with_it(
    yard: SchoolYard, people: People, running: Running
) -> None:
    """GRP-2: a part follows the class; who was chosen as well stays when the part goes."""
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, yard.part("3.A", "pupil"), pro(people.pupil))
    assert await yard.names(people.teacher, group) == {"Alma Skov", "Bo Berg", "Ukendt Elev"}
    problem = await yard.refused(
        409, people.teacher, "DELETE", f"/{group}/members/{pro(people.classmate)}"
    )
    assert problem["code"] == "groups.through-another-group"
    members = sa.table(
        "stamdata_membership",
        sa.column("profile_id", Id),
        sa.column("group_id", Id),
        sa.column("valid_to", Instant),
    )
    async with running.platform.write() as write:
        await write.execute(
            sa.update(members)
            .where(
                members.c.profile_id == people.classmate.profile_id,
                members.c.group_id == people.groups["3.A"],
            )
            .values(valid_to=write.now)
        )
    await follow_parts(running.platform)
    assert await yard.names(people.teacher, group) == {"Alma Skov", "Ukendt Elev"}
    done = await yard.does(people.teacher, "DELETE", f"/{group}/parts/{yard.part('3.A', 'pupil')}")
    assert done == {"gained": 0, "lost": 1}
    assert await yard.names(people.teacher, group) == {"Alma Skov"}
    await yard.does(people.teacher, "DELETE", f"/{group}/members/{pro(people.pupil)}")
    assert await yard.names(people.teacher, group) == set()
    problem = await yard.refused(
        409, people.teacher, "DELETE", f"/{group}/members/{pro(people.pupil)}"
    )
    assert problem["code"] == "groups.no-member"


async def test_a_guardian_without_access_gains_nothing(
    yard: SchoolYard, people: People, running: Running
) -> None:
    """R7, ID-11: a guardian who is a member sees, is seen and is reached while there is access."""
    group = await yard.make(people.teacher, kinds=["guardian"], show_members=True)
    await yard.add(people.teacher, group, pro(people.guardian), pro(people.other_guardian))
    assert await yard.names(people.other_guardian, group) == {"Anne Skov", "Line Berg"}
    assert ("Line Berg", people.classmate.profile_id) in await yard.reached(group)
    await cut_access(running, people.other_guardian, people.classmate)
    assert await yard.reached(group) == {("Anne Skov", people.pupil.profile_id)}
    await yard.refused(404, people.other_guardian, "GET", f"/{group}")
    assert "Brætspil" not in await yard.listed(people.other_guardian)
    assert await yard.names(people.guardian, group) == {"Anne Skov"}
    assert (await yard.read(people.teacher, group))["size"] == 1


async def test_who_is_in_it_is_shown_as_it_was_set_up(yard: SchoolYard, people: People) -> None:
    """RGT-5: members see the members only where that is allowed; employees always; others never."""
    group = await yard.make(people.teacher, kinds=["pupil", "external"])
    await yard.add(people.teacher, group, pro(people.pupil), pro(people.external))
    for member in (people.pupil, people.guardian, people.external):
        found = await yard.read(member, group)
        assert found["members"]["items"] == []
        assert "see_members" not in found["may"]
        await yard.refused(403, member, "GET", f"/{group}/members")
    assert len(await yard.names(people.colleague, group)) == 2
    shown = {"name": "Brætspil", "kinds": ["pupil", "external"], "show_members": True}
    await yard.does(people.teacher, "PUT", f"/{group}", **shown)
    for member in (people.pupil, people.guardian):
        assert await yard.names(member, group) == {"Alma Skov", "Viggo Krog"}
    await yard.refused(403, people.external, "GET", f"/{group}/members")
    for stranger in (people.classmate, people.other_guardian, people.stranger):
        await yard.refused(404, stranger, "GET", f"/{group}/members")


async def test_editors(yard: SchoolYard, people: People) -> None:
    """ADM-5: an employee who is made editor manages the group; nobody else of the staff does."""
    group = await yard.make(people.teacher)
    path, add = f"/{group}/editors/{pro(people.colleague)}", [pro(people.pupil)]
    await yard.refused(403, people.colleague, "POST", f"/{group}/members", people=add)
    await yard.refused(403, people.colleague, "PUT", path)
    await yard.refused(422, people.teacher, "PUT", f"/{group}/editors/{pro(people.pupil)}")
    for _ in range(2):
        await yard.does(people.teacher, "PUT", path)
    await yard.add(people.colleague, group, pro(people.pupil))
    editors = (await yard.read(people.colleague, group))["editors"]
    assert [one["name"] for one in editors] == ["Jonas Friis", "Mette Holm"]
    await yard.does(people.teacher, "DELETE", path)
    await yard.refused(403, people.colleague, "POST", f"/{group}/members", people=add)


@pytest.fixture
def plugin_settings(request: pytest.FixtureRequest) -> Mapping[str, Mapping[str, Any]]:
    """Small groups where the test is about their size."""
    return {"groups": {"max_members": 2}} if "limit" in request.node.name else {}


async def test_the_limit_of_the_municipality_holds(yard: SchoolYard, people: People) -> None:
    """Settings: a group that would become too large stays as it was."""
    group = await yard.make(people.teacher)
    problem = await yard.refused(
        422, people.teacher, "POST", f"/{group}/members", people=[yard.part("3.A", "pupil")]
    )
    assert problem["errors"][0]["code"] == "too-many"
    found = await yard.read(people.teacher, group)
    assert (found["size"], found["parts"]) == (0, [])


async def test_pages_of_members_follow_each_other(yard: SchoolYard, people: People) -> None:
    """An id of the last one shown says where the next page begins; wrong ids are named."""
    group = await yard.make(people.teacher)
    await yard.add(people.teacher, group, pro(people.pupil), pro(people.classmate))
    path = f"/{group}/members?after={pro(people.pupil)}"
    found = await yard.does(people.teacher, "GET", path)
    assert [one["name"] for one in found["items"]] == ["Bo Berg"]
    problem = await yard.refused(400, people.teacher, "GET", f"/{group}/members?after={group}")
    assert problem["code"] == "id.wrong-kind"
    listed = await yard.does(people.teacher, "GET", f"/?after={yard.group('3.A')}")
    assert [one["name"] for one in listed["items"]] == ["3.B", "Brætspil"]
    assert GROUP.parse(listed["items"][1]["id"]) == GROUP.parse(group)
    words = await yard.does(people.teacher, "POST", "/search", words="bræt")
    assert [one["name"] for one in words["items"]] == ["Brætspil"]
