"""Templates that carry rights: who may choose them, who may let a group take them, what holds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from aula_platform.stamdata.tables import profile
from aula_platform.storage import EVERYWHERE
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.models import set_up, template_right
from aula_sdk.errors import NotFound, StepUpRequired
from aula_sdk.grants import GRANT_IN_GROUP, NotYoursToGive, Period, RightToGive
from aula_sdk.group_grants import GroupDecision
from aula_sdk.i18n import Text
from aula_sdk.ids import GROUP, PROFILE, new_id
from aula_sdk.people import Assurance, Kind
from aula_sdk.permissions import INSTITUTION_ADMIN, NO_RELATION
from aula_sdk.testing.plugin import Browser
from tests.permissions.desk import Desk
from tests.permissions.template_yard import MESSAGES, POSTS, RIGHTS, SEND, WRITE, Yard, begin, count


async def test_a_group_has_the_rights_of_its_template(desk: Desk, yard: Yard) -> None:
    """RGT-4: from the next request, in that group alone, audited; also without the template."""
    people = desk.people
    template = await yard.template()
    found = (await yard.ask(people.leader, "GET", "/templates")).json()["items"]
    assert sorted(map(str, found[0]["rights"])) == sorted(map(str, RIGHTS))
    made = await yard.group(people.leader, template)
    group, other = GROUP.parse(made["id"]), people.groups["3.A"]
    assert made["left_out"] == []
    assert await desk.may(people.guardian, WRITE, group)
    assert await desk.can(people.guardian, "posts.create")
    assert await desk.may(people.pupil, SEND, group)
    assert not await desk.may(people.teacher, WRITE, group)
    assert await desk.may(people.teacher, SEND, group), "of which the template says nothing"
    assert not await desk.may(people.guardian, WRITE, other)
    assert not await desk.may(people.stranger, WRITE, group)
    assert await desk.may(people.teacher, WRITE, other)
    told = [row.details for row in await desk.audited() if row.action == "permissions.decided"]
    assert {(one["role"], one["right"], one["decided"]) for one in told} == {
        ("guardian", "posts.create", "yes"),
        ("guardian", WRITE, "yes"),
        ("pupil", "messages.create", "yes"),
        ("pupil", SEND, "yes"),
        ("employee", WRITE, "no"),
    }
    assert {one["group"] for one in told} == {group.hex}
    assert (await yard.ask(people.leader, "DELETE", f"/templates/{template}")).is_success
    assert await count(desk, template_right) == 0
    assert await desk.may(people.guardian, WRITE, group)


async def test_whoever_takes_a_template_must_be_able_to_give_it(desk: Desk, yard: Yard) -> None:
    """0027, ADM-2: a teacher decides no rights, so the template's are named and nothing is made;
    nor does whoever may decide and does not hold the right.
    """
    people, template = desk.people, await yard.template()
    before = await count(desk, set_up), len(await desk.audited())
    said = await yard.refused(people.teacher, "/", name="Fest", template=template)
    assert said.startswith("template:")
    assert "Guardians: Write posts to the group" in said
    assert "Employees: Write posts to the group" in said
    lost = RightToGive("posts.create", NO_RELATION, "no")
    await desk.give_right(people.leader, people.admin, lost)
    said = await yard.refused(people.admin, "/", name="Fest", template=template)
    assert "Guardians: Write posts to the group" in said
    assert "Employees" not in said, "to take away is anybody's who decides there"
    assert before[0] == await count(desk, set_up)
    assert len(await desk.audited()) == before[1] + 1
    plain = await yard.does(people.leader, "/templates", name="Råd")
    assert (await yard.does(people.teacher, "/", name="Råd", template=plain["id"]))[
        "left_out"
    ] == []


async def test_whoever_makes_a_template_chooses_what_they_may_give(desk: Desk, yard: Yard) -> None:
    """0027: somebody who makes templates and decides no rights keeps none in them."""
    people = desk.people
    async with desk.site.storage.write(EVERYWHERE, await desk.site.actor(people.leader)) as write:
        role = await desk.grants.make_role(
            write, await desk.site.actor(people.leader), desk.whole(), "Koordinator"
        )
    right = ("groups.handle_templates", NO_RELATION)
    await desk.decide(people.leader, desk.whole(), role, right, "yes")
    await desk.give(people.leader, people.teacher, role, Period())
    said = await yard.refused(people.teacher, "/templates", name="Mig", rights=RIGHTS[:1])
    assert said.startswith("rights:")
    assert "Guardians: Write posts to the group" in said
    assert (await yard.ask(people.teacher, "GET", "/templates")).json()["items"] == []
    lines = (await yard.ask(people.teacher, "GET", "/templates/rights")).json()["items"][0]["lines"]
    assert not any(cell["is_open"] for line in lines for cell in line["cells"])
    await yard.does(people.teacher, "/templates", name="Mig")
    unknown = [{"kind": "guardian", "right": "posts.rule_the_group", "decided": "yes"}]
    said = await yard.refused(people.leader, "/templates", name="Mig", rights=unknown)
    assert "a feature that is off there" in said


@pytest.mark.parametrize("gone", [False, True], ids=["off", "gone"])
async def test_a_right_whose_plugin_is_off_is_left_out(
    desk: Desk, yard: Yard, browser: Browser, *, gone: bool
) -> None:
    """Rule 9: what is off is left out and said so, also to whoever could not give it; the rest of
    the template holds.
    """
    people, template = desk.people, await yard.template(RIGHTS[:2])
    if gone:
        async with desk.site.storage.write(EVERYWHERE) as write:
            renamed = sa.update(template_right).values(right_name="album.share_in_group")
            await write.execute(renamed.where(template_right.c.right_name == POSTS))
    else:
        desk.site.app.state.activation.suspend("posts", Text("sdk", "broken"))
    name = "album.share_in_group" if gone else POSTS
    page = await (await browser(people.leader)).get("/groups/templates")
    assert f"{name} – yes" in " ".join(page.text.split())
    made = await yard.group(people.leader, template)
    assert made["left_out"] == [{"kind": "guardian", "right": name, "decided": "yes"}]
    assert await desk.may(people.pupil, SEND, GROUP.parse(made["id"]))
    form = {"name": "Mere fest", "template": template, "kinds": ["pupil"]}
    answer = await (await browser(people.leader)).post(
        "/groups/new", data=form, follow_redirects=True
    )
    assert f"without {name}" in answer.text
    only = sa.delete(template_right).where(template_right.c.right_name == MESSAGES)
    async with desk.site.storage.write(EVERYWHERE) as write:
        await write.execute(only)
    made = await yard.does(people.teacher, "/", name="Lærerfest", template=template)
    assert [one["right"] for one in made["left_out"]] == [name]


async def test_in_several_groups_it_is_all_or_nothing(desk: Desk) -> None:
    """0027, ADM-2: one group in which the actor may not do it is enough that none is decided."""
    people = desk.people
    groups = [people.groups["3.A"], people.groups["3.B"]]
    closed = RightToGive(WRITE, "institution", "no", groups[1])
    await desk.give_right(people.leader, people.admin, closed)
    wanted = [GroupDecision(Kind.GUARDIAN, POSTS, "yes"), GroupDecision(Kind.EMPLOYEE, POSTS, "no")]
    for of, refusal in ((groups, NotYoursToGive), ([*groups, new_id()], NotFound)):
        actor = await desk.site.actor(people.admin)
        with pytest.raises(refusal):
            async with desk.site.platform.write(actor) as write:
                await desk.grants.decide_in_groups(write, actor, of, wanted)
    assert await desk.may(people.teacher, WRITE, groups[0])
    assert not await desk.may(people.guardian, WRITE, groups[0])
    actor = await desk.site.actor(people.admin)
    async with desk.site.platform.write(actor) as write:
        await desk.grants.decide_in_groups(write, actor, groups, wanted[1:])
        await desk.grants.decide_in_groups(write, actor, groups[:1], wanted[:1])
    assert not await desk.may(people.teacher, WRITE, groups[1])
    assert await desk.may(people.guardian, WRITE, groups[0])


async def test_templates_are_nobody_elses(desk: Desk, yard: Yard, browser: Browser) -> None:
    """R10, rule 23: tried as everybody; a stranger's template is not there, whoever asks."""
    people, template = desk.people, await yard.template()
    await begin(desk, "4.A", -1)
    for path, body in (
        ("/templates", {"name": "x", "rights": RIGHTS[:1]}),
        ("/roll/template", {"template": template, "apply": True}),
    ):
        assert (await yard.ask(None, "POST", path, **body)).status_code == 401
        for name in ("stranger", "guardian", "pupil", "external", "teacher", "pedagogue"):
            answer = await yard.ask(getattr(people, name), "POST", path, **body)
            assert answer.status_code == 403, (name, path)
    for name in ("stranger", "guardian", "pupil", "external", "teacher"):
        assert (
            await yard.ask(getattr(people, name), "GET", "/templates/rights")
        ).status_code == 403
    elsewhere = TEMPLATE.format(people.groups["3.A"])
    answer = await yard.ask(people.leader, "POST", "/roll/template", template=elsewhere)
    assert answer.status_code == 404
    assert await count(desk, set_up) == 0


async def test_the_form_of_a_template(desk: Desk, yard: Yard, browser: Browser) -> None:
    """RGT-4: chosen by lists, kept when something else is wrong, read back where one takes it."""
    people = desk.people
    client = await browser(people.leader)
    field = f"right-guardian-{POSTS}"
    form = {"name": "", "kinds": ["pupil"], field: "yes", f"right-pupil-{POSTS}": ""}
    wrong = await client.post("/groups/templates", data=form)
    assert wrong.status_code == 422
    chosen = wrong.text.split(f'name="{field}"')[1].split("</select>")[0]
    assert '<option value="yes" selected>' in chosen
    kept = await client.post(
        "/groups/templates", data=form | {"name": "Åben"}, follow_redirects=True
    )
    said = "Guardians: Write posts to the group – yes"
    assert said in " ".join(kept.text.split())
    for member, needs in ((people.leader, False), (people.teacher, True)):
        page = await (await browser(member)).get("/groups/new")
        assert said in " ".join(page.text.split())
        assert ("A leader or an administrator has to make the group" in page.text) is needs
    (made,) = (await yard.ask(people.leader, "GET", "/templates")).json()["items"]
    refused = await (await browser(people.teacher)).post(
        "/groups/new", data={"name": "Fest", "kinds": ["pupil"], "template": made["id"]}
    )
    assert refused.status_code == 422
    assert "Guardians: Write posts to the group" in refused.text
    assert f'<option value="{made["id"]}" selected>' in refused.text


async def test_a_second_factor_is_asked_for_in_place(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """LOG-15, LOG-17: what takes two factors is shown as one's own to give, and asked for when it
    is given; nothing is made before.
    """
    people, template = desk.people, await yard.template()
    right = (GRANT_IN_GROUP, "own")
    await desk.decide(people.leader, desk.school(), INSTITUTION_ADMIN, right, "two_factors")
    await begin(desk, "4.A", -1)
    looked = await yard.does(people.admin, "/roll/template", template=template)
    assert (looked["refused"], len(looked["groups"])) == ([], 2)
    for path, body in (
        ("/roll/template", {"template": template, "apply": True}),
        ("/", {"name": "Fest", "template": template}),
    ):
        asked = await yard.ask(people.admin, "POST", path, **body)
        assert (asked.status_code, asked.json()["code"]) == (401, "step-up-required"), path
    page = await (await browser(people.admin)).post(
        "/groups/roll/template", data={"template": template, "apply": template}
    )
    assert (page.status_code, "Log in with two factors" in page.text) == (401, True)
    assert await count(desk, set_up) == 0
    client = await browser(people.admin, Assurance.SUBSTANTIAL)
    sent = {"template": template, "apply": True}
    done = await client.post("/api/v1/groups/roll/template", json=sent)
    assert len(done.json()["groups"]) == 2, done.text
    assert await desk.may(people.guardian, WRITE, desk.people.groups["3.B"]) is False, "not theirs"
    assert await desk.may(people.neighbour, WRITE, desk.people.groups["3.B"])


async def test_one_group_asks_for_the_second_factor_too(desk: Desk, browser: Browser) -> None:
    """LOG-17: the matrix is shown as what they could decide, and deciding asks for the factor;
    strangers get no other answer than ever (R10).
    """
    people, wanted = desk.people, [GroupDecision(Kind.GUARDIAN, POSTS, "yes")]
    right = (GRANT_IN_GROUP, "own")
    await desk.decide(people.leader, desk.school(), INSTITUTION_ADMIN, right, "two_factors")
    actor = await desk.site.actor(people.admin)
    for name, refusal in (("3.A", StepUpRequired), ("Stjernerne", NotFound), ("1.X", NotFound)):
        group = people.groups[name]
        with pytest.raises(refusal):
            async with desk.site.platform.write(actor) as write:
                await desk.grants.decide_in_groups(write, actor, [group], wanted)
        async with desk.site.storage.read(EVERYWHERE, actor) as read:
            if refusal is NotFound:
                with pytest.raises(NotFound):
                    await desk.grants.group_rights(read, actor, group)
            else:
                lines = await desk.grants.group_rights(read, actor, group)
                assert any(cell.is_open for line in lines for cell in line.cells)
    client = await browser(people.admin)
    address = f"/groups/{GROUP.format(people.groups['3.A'])}/rights"
    page = await client.get(address)
    assert (page.status_code, "<select" in page.text) == (200, True)
    assert (await client.post(address, data={})).status_code == 401
    actor, group = await desk.site.actor(people.admin, Assurance.SUBSTANTIAL), people.groups["3.A"]
    async with desk.site.platform.write(actor) as write:
        await desk.grants.decide_in_groups(write, actor, [group], wanted)
    assert await desk.may(people.guardian, WRITE, group)


async def test_a_template_stays_at_its_institution(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """RGT-4: who makes groups at two institutions takes each one's own templates there."""
    people, template = desk.people, await yard.template(RIGHTS[2:])
    teacher, other = people.teacher, people.pedagogue.institution_id
    there = new_id()
    async with desk.site.storage.write(EVERYWHERE) as write:
        (row,) = await write.rows(sa.select(profile).where(profile.c.id == teacher.profile_id))
        second = {**row._mapping, "id": there, "institution_id": other}
        await write.execute(sa.insert(profile), second)
        write.audit("stamdata.appointed", municipality_id=teacher.municipality_id)
    body = {"name": "Fest", "template": template, "maker": PROFILE.format(there)}
    said = await yard.refused(teacher, "/", **body)
    assert said.startswith("template: The template is of ")
    client = await browser(teacher)
    page = await client.post("/groups/new", data=body | {"kinds": ["pupil"]})
    assert page.status_code == 422
    assert "choose one of the place of the group" in page.text
    assert await count(desk, set_up) == 0


async def test_the_same_key_is_answered_the_same(desk: Desk, yard: Yard, browser: Browser) -> None:
    """Rule 15: what was left out is told again to whoever had not heard it, also when the feature
    has come back meanwhile: the group does not have it for that.
    """
    people, template = desk.people, await yard.template(RIGHTS[:2])
    desk.site.app.state.activation.suspend("posts", Text("sdk", "broken"))
    client = await browser(people.leader)
    body, header = {"name": "Fest", "template": template}, {"Idempotency-Key": "k1"}
    answers = []
    for _ in range(3):
        answers.append((await client.post("/api/v1/groups/", json=body, headers=header)).json())
        if len(answers) == 2:
            desk.site.app.state.activation.resume("posts")
    assert answers[0]["left_out"] == RIGHTS[:1]
    assert answers[1:] == answers[:1] * 2
    assert await count(desk, set_up) == 1
