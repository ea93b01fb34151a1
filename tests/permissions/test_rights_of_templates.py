"""Templates that carry rights: who may choose them, who may let a group take them, what holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.models import set_up, template_right
from aula_sdk.db import utc_now
from aula_sdk.errors import NotFound
from aula_sdk.grants import GroupDecision, NotYoursToGive, Period, RightToGive
from aula_sdk.i18n import Text
from aula_sdk.ids import GROUP, new_id
from aula_sdk.people import Kind
from aula_sdk.permissions import NO_RELATION
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from plugins.groups.tests.test_rolling import begin_class, end_class
from tests.permissions.desk import Desk

API = "/api/v1/groups"
POSTS, MESSAGES = "posts.write_in_group", "messages.write_in_group"
WRITE, SEND = "posts.write_to_group", "messages.write_to_group"
_GIVING = "INTO permissions_grant"
RIGHTS = [
    {"kind": "guardian", "right": POSTS, "decided": "yes"},
    {"kind": "pupil", "right": MESSAGES, "decided": "yes"},
    {"kind": "employee", "right": POSTS, "decided": "no"},
]


class Yard:
    """The cast with templates, by the API as programs use it."""

    def __init__(self, browser: Browser, people: People) -> None:
        self._browser = browser
        self.people = people

    async def ask(self, by: Member | None, verb: str, path: str, **body: Any) -> httpx.Response:
        client = await self._browser(by)
        sent: dict[str, Any] = {"json": body} if verb == "POST" else {}
        return await client.request(verb, f"{API}{path}", **sent)

    async def does(self, by: Member, path: str, **body: Any) -> Any:
        answer = await self.ask(by, "POST", path, **body)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, by: Member, path: str, **body: Any) -> str:
        """Return the sentence with which something is refused."""
        answer = await self.ask(by, "POST", path, **body)
        assert answer.status_code == 422, answer.text
        (field,) = answer.json()["errors"]
        return f"{field['field']}: {field['reason']}"

    async def template(self, rights: list[dict[str, str]] | None = None) -> str:
        """Let the leader keep a template; return its id."""
        body = {"kinds": ["guardian", "pupil", "employee"], "rights": rights or RIGHTS}
        return str((await self.does(self.people.leader, "/templates", name="Åben", **body))["id"])

    async def group(self, by: Member, template: str, **body: Any) -> Any:
        """Make a group from the template, with Alma's class in it."""
        made = await self.does(by, "/", name="Festudvalg", template=template, **body)
        chosen = [
            f"{GROUP.format(self.people.groups['3.A'])}:{kind}" for kind in ("guardian", "pupil")
        ]
        await self.does(by, f"/{made['id']}/members", people=chosen)
        return made


@pytest.fixture
def yard(browser: Browser, people: People) -> Yard:
    """Return the cast with templates."""
    return Yard(browser, people)


async def begin(desk: Desk, name: str, days: int) -> UUID:
    """Let Alma's next class begin so many days from now, when 3.A ends."""
    people, moment = desk.people, utc_now() + timedelta(days=days)
    async with desk.site.platform.write() as write:
        await end_class(write, people.groups["3.A"], moment)
        return await begin_class(write, people, name, moment, "pupil", "classmate")


async def count(desk: Desk, table: sa.Table) -> int:
    """Return how many rows there are."""
    async with desk.site.storage.read(EVERYWHERE) as read:
        return int(await read.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


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


@pytest.mark.parametrize("days", [-1, 10], ids=["has begun", "begins later"])
async def test_classes_that_begin_take_the_rights(desk: Desk, yard: Yard, days: int) -> None:
    """GRP-5, RGT-4: what the preview says, the classes have, those that still have to begin too."""
    people, template = desk.people, await yard.template()
    class_id = await begin(desk, "4.A", days)
    looked = await yard.does(people.leader, "/roll/template", template=template)
    assert (looked["applied"], await count(desk, set_up)) == (False, 0)
    assert [one["name"] for one in looked["groups"]] == ["3.B", "4.A"], "3.B is new in the cast"
    told = {
        line["right"]: {c["kind"]: c["is_given"] for c in line["cells"]} for line in looked["lines"]
    }
    assert told[POSTS] == {"employee": False, "guardian": True, "pupil": False, "external": False}
    assert told["groups.see_members_of_group"] == {"guardian": False, "pupil": False}
    done = await yard.does(people.leader, "/roll/template", template=template, apply=True)
    assert done == {**looked, "applied": True}
    actor = await desk.site.actor(people.leader)
    async with desk.site.storage.read(EVERYWHERE, actor) as read:
        lines = await desk.grants.group_rights(read, actor, class_id)
    found = {line.right: {one.kind: one.is_given for one in line.cells} for line in lines}
    assert found[POSTS] == told[POSTS]
    assert found[MESSAGES] == told[MESSAGES]
    has_begun = days < 0
    assert await desk.may(people.guardian, WRITE, class_id) is has_begun
    assert await desk.may(people.pupil, SEND, class_id) is has_begun
    again = await yard.does(people.leader, "/roll/template", template=template, apply=True)
    assert again["groups"] == []


async def test_what_is_not_ones_own_to_give_stops_the_roll(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """0027: named in the preview, and no class takes anything of it, by no way."""
    people, template = desk.people, await yard.template()
    await begin(desk, "4.A", -1)
    await desk.give_right(
        people.leader, people.admin, RightToGive("posts.create", NO_RELATION, "no")
    )
    looked = await yard.does(people.admin, "/roll/template", template=template)
    assert looked["refused"] == RIGHTS[:1]
    said = await yard.refused(people.admin, "/roll/template", template=template, apply=True)
    assert "Guardians: Write posts to the group" in said
    client = await browser(people.admin)
    sent = {"template": template, "apply": template}
    for data, status in (({"template": template}, 200), (sent, 422)):
        page = await client.post("/groups/roll/template", data=data)
        assert (page.status_code, "Guardians: Write posts" in page.text) == (status, True)
        assert 'name="apply"' not in page.text
    assert await count(desk, set_up) == 0


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


async def test_the_roll_costs_as_much_for_many_classes(
    desk: Desk, yard: Yard, count_statements: Any
) -> None:
    """Nothing is done once for each class: five take a template by as many statements as two."""
    people, counts = desk.people, []
    # The first time it is the cast's 3.B as well, which is as new as the cast.
    for names, taking in ((("4.A",), 2), (("4.B", "4.C", "4.D", "4.E", "4.F"), 5)):
        template = await yard.template()
        for name in names:
            await begin(desk, name, -1)
        with count_statements() as counted:
            done = await yard.does(people.leader, "/roll/template", template=template, apply=True)
        assert len(done["groups"]) == taking
        # The site's own jobs go on meanwhile.
        counts.append([one for one in counted.statements if "groups_" in one or _GIVING in one])
    assert 0 < len(counts[0]) == len(counts[1]), counts


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
