"""The pages, by plain forms as a browser without scripts sends them (R27)."""

import re

from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro


def heading(page: str) -> str:
    """Return the text of the page's only h1."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert len(found) == 1, found
    return re.sub(r"<[^>]+>", "", found[0]).strip()


async def test_a_group_is_made_step_by_step(yard: SchoolYard, people: People) -> None:
    """R27: make, search, add, remove, let somebody look after it; each step says what happened."""
    client = await yard.client(people.teacher)
    form = {"name": "", "description": "Hver torsdag", "kinds": ["pupil"], "access": "open"}
    answer = await client.post("/groups/new", data=form)
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert "Hver torsdag" in answer.text
    made = await client.post("/groups/new", data=form | {"name": "Kor"}, follow_redirects=True)
    assert heading(made.text) == "People in the group"
    here = made.url.path
    found = await client.post(here, data={"q": "alma", "search": "1"})
    assert f'value="{pro(people.pupil)}"' in found.text
    added = await client.post(here, data={"recipient": pro(people.pupil)}, follow_redirects=True)
    assert "1 person was added" in added.text
    nobody = await client.post(here, data={})
    assert nobody.status_code == 422
    assert "Choose somebody" in nobody.text
    post = {"recipient": pro(people.colleague), "role": "editor"}
    looks = await client.post(here, data=post, follow_redirects=True)
    assert "Jonas Friis" in looks.text
    gone = await client.post(here, data={"remove": pro(people.pupil)}, follow_redirects=True)
    assert "Removed from the group" in gone.text
    assert await yard.names(people.teacher, here.split("/")[2]) == set()


async def test_a_guardian_asks_and_is_let_in(yard: SchoolYard, people: People) -> None:
    """GRP-2: ask for a child, see that it waits, be accepted, leave."""
    group = await yard.make(people.teacher, access="application", kinds=["pupil"])
    guardian, teacher = await yard.client(people.guardian), await yard.client(people.teacher)
    page = f"/groups/{group}"
    form = {"who": pro(people.pupil), "words": "Hun glæder sig"}
    asked = await guardian.post(f"{page}/join", data=form, follow_redirects=True)
    assert "it is still to be decided" in asked.text
    again = await guardian.post(f"{page}/join", data=form)
    assert again.status_code == 422
    listed = (await teacher.get("/groups/applications")).text
    assert "Hun glæder sig" in listed
    action = re.search(r'action="(/groups/applications/gap_[0-9a-f]{32})"', listed)
    assert action is not None
    accepted = await teacher.post(action[1], data={"decision": "accept"}, follow_redirects=True)
    assert "Is a member of the group now" in accepted.text
    twice = await teacher.post(action[1], data={"decision": "accept"})
    assert "This has been decided already" in twice.text
    left = await guardian.post(f"{page}/leave", data={"who": pro(people.pupil)})
    assert left.headers["location"] == "/groups"
    assert await yard.names(people.teacher, group) == set()


async def test_the_page_says_what_one_may_and_why(yard: SchoolYard, people: People) -> None:
    """Promise 5: each right with the relation that gives it; a class says where it comes from."""
    class_ = yard.group("3.A")
    guardian = await yard.client(people.guardian)
    rights = (await guardian.get(f"/groups/{class_}/rights")).text
    assert "is a group of a child of mine" in rights
    page = (await guardian.get(f"/groups/{class_}")).text
    assert "This group comes from the administrative system" in page
    assert f"/groups/{class_}/edit" not in page
    leader = await yard.client(people.leader)
    edit = (await leader.get(f"/groups/{class_}/edit")).text
    assert 'name="name"' not in edit
    saved = await leader.post(
        f"/groups/{class_}/edit", data={"description": "Klassen", "show_members": "1"}
    )
    assert saved.status_code == 303
    assert "Bo Berg" in (await guardian.get(f"/groups/{class_}")).text


async def test_lists(yard: SchoolYard, people: People) -> None:
    """Mine, all, of a kind, by name; what was typed is in no address."""
    await yard.make(people.teacher, "Kor")
    client = await yard.client(people.teacher)
    assert "3.A" in (await client.get("/groups")).text
    every = (await client.get("/groups/all?kind=other")).text
    assert "Kor" in every
    assert ">3.A<" not in every
    found = await client.post("/groups/all", data={"q": "3.B"})
    assert ">3.B<" in found.text
    assert ">3.A<" not in found.text
    nothing = await client.post("/groups/all", data={"q": "findes ikke"})
    assert "No group has a name that begins like that" in nothing.text


async def test_ending_is_asked_first(yard: SchoolYard, people: People) -> None:
    """Promise 2: what cannot be undone is asked; afterwards the page says so."""
    group = await yard.make(people.teacher)
    client = await yard.client(people.teacher)
    assert heading((await client.get(f"/groups/{group}/end")).text) == "End the group?"
    done = await client.post(f"/groups/{group}/end", follow_redirects=True)
    assert "The group has ended" in done.text
    assert "The group has ended" in (await client.get(f"/groups/{group}")).text


async def test_the_matrix_is_for_those_who_decide(yard: SchoolYard, people: People) -> None:
    """RGT-4: who administers the institution gives and takes; others see no form."""
    class_ = yard.group("3.A")
    page = f"/groups/{class_}/rights"
    field = "right-guardian-groups.see_members_of_group"
    for member in (people.teacher, people.guardian, people.pupil):
        client = await yard.client(member)
        assert field not in (await client.get(page)).text
        assert (await client.post(page, data={field: "no"})).status_code == 403
    stranger = await yard.client(people.stranger)
    assert (await stranger.post(page, data={field: "no"})).status_code == 403
    admin = await yard.client(people.admin)
    assert field in (await admin.get(page)).text
    for value, shown in (("no", "No, not in this group"), ("", "As elsewhere")):
        was = {"no": "", "": "no"}[value]
        kept = await admin.post(page, data={field: value, f"was-{field}": was})
        assert kept.status_code == 303, kept.text
        assert shown in (await admin.get(page)).text
    elsewhere = f"/groups/{yard.group('Stjernerne')}/rights"
    assert (await admin.post(elsewhere, data={field: "no"})).status_code == 404


async def test_a_template_that_is_gone_by_then(yard: SchoolYard, people: People) -> None:
    """R27: it is said at its field and what was typed stays; what was made is not made again."""
    made = await yard.does(people.leader, "POST", "/templates", name="Råd", kinds=["pupil"])
    client = await yard.client(people.teacher)
    form = {"name": "Elevråd", "description": "Hver mandag", "kinds": ["pupil"], "access": "open"}
    form |= {"template": made["id"], "idempotency_key": "0" * 32}
    first = await client.post("/groups/new", data=form)
    assert first.status_code == 303
    await yard.does(people.leader, "DELETE", f"/templates/{made['id']}")
    again = await client.post("/groups/new", data=form)
    assert again.headers["location"] == first.headers["location"]
    late = await client.post("/groups/new", data=form | {"idempotency_key": "1" * 32})
    assert late.status_code == 422
    assert "The template is not there any more" in late.text
    assert "Hver mandag" in late.text
