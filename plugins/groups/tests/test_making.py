"""Making groups, changing and ending them; and those that cannot be changed."""

from datetime import timedelta

from aula_sdk.db import utc_now
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


async def test_a_group_made_here_is_a_group_of_the_stamdata(
    yard: SchoolYard, people: People
) -> None:
    """GRP-1, rule 12: its members and their guardians are reached like those of a class."""
    group = await yard.make(people.teacher, description="Torsdag  kl. 14")
    done = await yard.add(people.teacher, group, pro(people.pupil), pro(people.teacher))
    assert done == {"gained": 2, "lost": 0}
    reached = await yard.reached(group)
    assert ("Alma Skov", None) in reached
    assert ("Anne Skov", people.pupil.profile_id) in reached
    assert not {name for name, _child in reached} & {"Henrik Berg", "Bo Berg"}
    found = await yard.read(people.teacher, group)
    assert (found["made_here"], found["size"], found["kind"]) == (True, 2, "other")
    assert [one["name"] for one in found["editors"]] == ["Mette Holm"]
    assert "Brætspil" in await yard.listed(people.teacher, "?mine=true")


async def test_the_same_key_makes_one_group(yard: SchoolYard, people: People) -> None:
    """Rule 15: a double click makes one group."""
    client = await yard.client(people.teacher)
    answers = [
        await client.post(
            "/api/v1/groups/", json={"name": "Kor"}, headers={"Idempotency-Key": "k1"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    found = await yard.does(people.teacher, "GET", "/?kind=other")
    assert [one["name"] for one in found["items"]] == ["Kor"]


async def test_who_may_make_groups(yard: SchoolYard, people: People) -> None:
    """GRP-9: employees make groups; across institutions only who holds that right."""
    for member in (people.guardian, people.pupil, people.external):
        await yard.refused(403, member, "POST", "/", name="Min gruppe")
    problem = await yard.refused(
        422, people.teacher, "POST", "/", name="Ressourceteam", across=True
    )
    assert problem["errors"][0]["field"] == "across"
    team = await yard.make(
        people.admin, "Ressourceteam", across=True, kinds=["employee"], show_members=True
    )
    await yard.add(people.admin, team, pro(people.pedagogue), pro(people.teacher))
    assert await yard.names(people.pedagogue, team) == {"Åse Dam", "Mette Holm"}
    assert "Ressourceteam" in await yard.listed(people.pedagogue, "?mine=true")
    club = await yard.make(people.admin, "Klub", kinds=["employee"])
    await yard.refused(
        422, people.admin, "POST", f"/{club}/members", people=[pro(people.pedagogue)]
    )


async def test_what_cannot_be_taken_is_named(yard: SchoolYard, people: People) -> None:
    """Every field that is wrong has a reason; nothing is made."""
    yesterday = (utc_now() - timedelta(days=2)).date().isoformat()
    for wrong, field in (
        ({"name": "  "}, "name"),
        ({"kinds": []}, "kinds"),
        ({"ends_on": yesterday}, "ends_on"),
        ({"maker": pro(people.colleague)}, "maker"),
    ):
        body = {"name": "Kor", **wrong}
        problem = await yard.refused(422, people.teacher, "POST", "/", **body)
        assert [error["field"] for error in problem["errors"]] == [field]
    assert await yard.listed(people.teacher, "?kind=other") == set()


async def test_changing_and_ending(yard: SchoolYard, people: People) -> None:
    """GRP-2: a name, an end and a set-up can change; an ended group reaches nobody any more."""
    group = await yard.make(people.teacher, kinds=["pupil"])
    await yard.add(people.teacher, group, pro(people.pupil))
    day = (utc_now() + timedelta(days=30)).date().isoformat()
    wanted = {
        "name": "Skak",
        "description": "Vi spiller skak",
        "access": "open",
        "show_members": True,
        "kinds": ["pupil", "employee"],
        "ends_on": day,
    }
    await yard.does(people.teacher, "PUT", f"/{group}", **wanted)
    found = await yard.read(people.teacher, group)
    assert {key: found[key] for key in wanted if key != "kinds"} == {
        key: value for key, value in wanted.items() if key != "kinds"
    }
    assert set(found["kinds"]) == {"pupil", "employee"}
    assert await yard.reached(group) != set()
    await yard.refused(403, people.pupil, "POST", f"/{group}/end")
    await yard.refused(403, people.colleague, "POST", f"/{group}/end")
    await yard.does(people.leader, "POST", f"/{group}/end")
    assert await yard.reached(group) == set()
    assert "Skak" not in await yard.listed(people.teacher)
    problem = await yard.refused(
        409, people.teacher, "POST", f"/{group}/members", people=[pro(people.classmate)]
    )
    assert problem["code"] == "groups.ended"
    await yard.refused(404, people.pupil, "GET", f"/{group}")


async def test_groups_from_elsewhere_cannot_be_edited(yard: SchoolYard, people: People) -> None:
    """GRP-4: their name and members come from the administrative system; their page is set up."""
    class_ = yard.group("3.A")
    for member in (people.teacher, people.leader, people.admin):
        add = [pro(people.other_pupil)]
        await yard.refused(403, member, "POST", f"/{class_}/members", people=add)
        await yard.refused(403, member, "POST", f"/{class_}/end")
        await yard.refused(403, member, "PUT", f"/{class_}/editors/{pro(people.teacher)}")
    await yard.refused(403, people.teacher, "PUT", f"/{class_}", name="Ny", show_members=True)
    body = {"name": "Ny", "show_members": True, "description": "Fra 2023", "access": "open"}
    await yard.does(people.leader, "PUT", f"/{class_}", **body)
    found = await yard.read(people.guardian, class_)
    assert (found["name"], found["description"]) == ("3.A", "Fra 2023")
    assert (found["access"], found["made_here"]) == ("closed", False)
    assert "Bo Berg" in await yard.names(people.guardian, class_)
    await yard.refused(403, people.pupil, "POST", f"/{class_}/join", who=pro(people.pupil))


async def test_templates(yard: SchoolYard, people: People) -> None:
    """RGT-4: a new group takes a template's set-up; templates stay within their institution."""
    await yard.refused(403, people.teacher, "POST", "/templates", name="Råd")
    made = await yard.does(
        people.leader,
        "POST",
        "/templates",
        name="Råd",
        kinds=["guardian"],
        access="application",
        show_members=True,
    )
    found = (await yard.does(people.teacher, "GET", "/templates"))["items"]
    assert [(one["name"], one["kinds"]) for one in found] == [("Råd", ["guardian"])]
    assert (await yard.does(people.pedagogue, "GET", "/templates"))["items"] == []
    await yard.refused(404, people.pedagogue, "POST", "/", name="Tyv", template=made["id"])
    group = await yard.make(people.teacher, "Forældreråd", template=made["id"])
    council = await yard.read(people.teacher, group)
    assert (council["kinds"], council["access"]) == (["guardian"], "application")
    await yard.does(people.leader, "DELETE", f"/templates/{made['id']}")
    assert (await yard.does(people.teacher, "GET", "/templates"))["items"] == []
    await yard.refused(404, people.leader, "DELETE", f"/templates/{made['id']}")
    assert (await yard.read(people.teacher, group))["access"] == "application"
