"""Templates that the classes of a new school year take: which do, and what stops it."""

from __future__ import annotations

from functools import partial
from typing import Any

import anyio
import pytest

from aula_platform.storage import EVERYWHERE
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.models import set_up
from aula_plugins.groups.service.beginning import set_up_beginning
from aula_sdk.grants import GRANT_IN_GROUP, RightToGive
from aula_sdk.group_grants import GroupDecision
from aula_sdk.i18n import Text
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind
from aula_sdk.permissions import NO_RELATION
from aula_sdk.testing.plugin import Browser
from tests.permissions.desk import Desk
from tests.permissions.template_yard import MESSAGES, POSTS, RIGHTS, SEND, WRITE, Yard, begin, count

_OF_GRANTS = "permissions_grant"


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
    assert [one | {"groups": []} for one in looked["refused"]] == [RIGHTS[0] | {"groups": []}]
    assert looked["refused"][0]["groups"] == [one["id"] for one in looked["groups"]]
    said = await yard.refused(people.admin, "/roll/template", template=template, apply=True)
    assert "Guardians: Write posts to the group" in said
    client = await browser(people.admin)
    sent = {"template": template, "apply": template}
    for data, status in (({"template": template}, 200), (sent, 422)):
        page = await client.post("/groups/roll/template", data=data)
        assert (page.status_code, "Guardians: Write posts" in page.text) == (status, True)
        assert 'name="apply"' not in page.text
    assert await count(desk, set_up) == 0


async def test_one_class_that_is_closed_to_the_asker_is_named(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """0016, 0027: a no in one class is enough that none takes it; the preview names right and
    class, and so does the refusal, whether it is about the right or about deciding there.
    """
    people, template = desk.people, await yard.template()
    for days, (name, right) in enumerate(
        (("4.A", (WRITE, "institution")), ("4.B", (GRANT_IN_GROUP, "own")))
    ):
        class_id = await begin(desk, name, days - 1)
        closed = RightToGive(*right, "no", class_id)
        given = await desk.give_right(people.leader, people.admin, closed)
        looked = await yard.does(people.admin, "/roll/template", template=template)
        refused = RIGHTS[:1] if name == "4.A" else RIGHTS
        assert sorted(map(str, looked["refused"])) == sorted(
            str(one | {"groups": [GROUP.format(class_id)]}) for one in refused
        )
        said = await yard.refused(people.admin, "/roll/template", template=template, apply=True)
        assert f"Guardians: Write posts to the group ({name})" in said
        page = await (await browser(people.admin)).post(
            "/groups/roll/template", data={"template": template, "apply": template}
        )
        assert page.status_code == 422
        assert f"Guardians: Write posts to the group ({name})" in " ".join(page.text.split())
        await desk.take_back(people.leader, given)
    assert await count(desk, set_up) == 0
    done = await yard.does(people.admin, "/roll/template", template=template, apply=True)
    assert [one["name"] for one in done["groups"]] == ["3.B", "4.A", "4.B"]
    closed = RightToGive(WRITE, "institution", "no")
    await desk.give_right(people.leader, people.admin, closed)
    looked = await yard.does(people.admin, "/roll/template", template=template)
    assert (looked["groups"], looked["refused"]) == ([], []), "nothing is left to be refused"


async def test_classes_in_which_somebody_has_decided_are_left_alone(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """GRP-5: what was decided by hand in a class outlives the roll; preview and answer name it."""
    people, template = desk.people, await yard.template()
    by_hand, other = await begin(desk, "4.A", -1), await begin(desk, "4.B", -1)
    actor = await desk.site.actor(people.admin)
    wanted = [GroupDecision(Kind.GUARDIAN, POSTS, "no"), GroupDecision(Kind.PUPIL, POSTS, "yes")]
    async with desk.site.platform.write(actor) as write:
        await desk.grants.decide_in_groups(write, actor, [by_hand], wanted)
    looked = await yard.does(people.leader, "/roll/template", template=template)
    assert [one["name"] for one in looked["groups"]] == ["3.B", "4.B"]
    assert [one["name"] for one in looked["decided"]] == ["4.A"]
    client = await browser(people.leader)
    sent = {"template": template}
    page = await client.post("/groups/roll/template", data=sent)
    assert "somebody has decided a right there: 4.A" in " ".join(page.text.split())
    done = await client.post(
        "/groups/roll/template", data=sent | {"apply": template}, follow_redirects=True
    )
    assert "2 groups took it. Left as they are: 4.A" in done.text
    assert await count(desk, set_up) == 2
    assert not await desk.may(people.guardian, WRITE, by_hand)
    assert await desk.may(people.pupil, WRITE, by_hand)
    assert not await desk.may(people.pupil, SEND, by_hand), "which the template gives elsewhere"
    assert await desk.may(people.pupil, SEND, other)
    again = await yard.does(people.leader, "/roll/template", template=template, apply=True)
    assert (again["groups"], [one["name"] for one in again["decided"]]) == ([], ["4.A"])
    page = await client.post("/groups/roll/template", data=sent)
    assert "No group would take" in page.text
    assert "set up already" not in page.text
    plain = await yard.does(people.leader, "/templates", name="Klasser")
    done = await yard.does(people.leader, "/roll/template", template=plain["id"], apply=True)
    assert [one["name"] for one in done["groups"]] == ["4.A"], "it says nothing of rights"
    assert not await desk.may(people.guardian, WRITE, by_hand)
    assert await desk.may(people.pupil, WRITE, by_hand)


async def test_what_is_decided_meanwhile_is_left_alone(desk: Desk, yard: Yard) -> None:
    """GRP-5: who decides by hand in a class while the template is taken is not overruled."""
    people, template = desk.people, await yard.template()
    by_hand = await begin(desk, "4.A", -1)
    actor = await desk.site.actor(people.admin)
    wanted = [GroupDecision(Kind.GUARDIAN, POSTS, "no")]
    async with anyio.create_task_group() as both, desk.site.platform.write(actor) as write:
        await desk.grants.decide_in_groups(write, actor, [by_hand], wanted)
        both.start_soon(partial(yard.take, people.leader, template))
        # It has read what there was by then, where it does not wait.
        await anyio.sleep(0.3)
    assert await count(desk, set_up) == 1, "3.B alone"
    assert not await desk.may(people.guardian, WRITE, by_hand)


async def test_a_feature_that_is_switched_off_since_the_preview_is_named(
    desk: Desk, yard: Yard, browser: Browser
) -> None:
    """Rule 9: what the classes have not got though the preview said so is told with the rest."""
    template = await yard.template(RIGHTS[:2])
    await begin(desk, "4.A", -1)
    client = await browser(desk.people.leader)
    page = await client.post("/groups/roll/template", data={"template": template})
    assert POSTS not in page.text
    desk.site.app.state.activation.suspend("posts", Text("sdk", "broken"))
    sent = {"template": template, "apply": template}
    done = await client.post("/groups/roll/template", data=sent, follow_redirects=True)
    assert f"2 groups took it, without {POSTS}" in done.text


async def test_the_button_is_pressed_twice(desk: Desk, yard: Yard) -> None:
    """Two at once: the second finds that there is nothing left to take it."""
    people, template = desk.people, await yard.template()
    await begin(desk, "4.A", -1)
    actor, platform, done = await desk.site.actor(people.leader), desk.site.platform, list[Any]()
    async with anyio.create_task_group() as both, platform.write(actor) as write:
        found = await set_up_beginning(write, platform, actor, TEMPLATE.parse(template))
        both.start_soon(partial(yard.take, people.leader, template, done))
        await anyio.sleep(0.3)
    assert [len(found.groups), *(len(one["groups"]) for one in done)] == [2, 0]
    assert await count(desk, set_up) == 2


async def test_the_roll_costs_as_much_for_many_classes(
    desk: Desk, yard: Yard, count_statements: Any
) -> None:
    """Nothing is asked or done once for each class: five take a template by as many statements as
    two.
    """
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
        counts.append([one for one in counted.statements if "groups_" in one or _OF_GRANTS in one])
    assert 0 < len(counts[0]) == len(counts[1]), counts
