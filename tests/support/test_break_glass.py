"""R2: reading beyond one's rights takes a reason, a second person and an end; its owner is told."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.identity.break_glass import WISH_LASTS
from aula_platform.identity.tables import break_glass, impersonation
from aula_platform.privacy.person.erasing import BLANKED
from aula_platform.stamdata.tables import person
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.ids import GLASS
from aula_sdk.operations import APPROVE_GLASS, BREAK_GLASS
from aula_sdk.people import Assurance
from tests.support.glazier import API, PAGE, SECRET, WHY, Glazier, ask, decide, people_path
from tests.support.helpdesk import JSON


async def test_what_a_second_person_approved_is_read_and_nothing_else(glazier: Glazier) -> None:
    """The named person's conversations, as that person reads them; nobody else's, nothing more."""
    people = glazier.people
    client = await glazier.opened(people.guardian)
    page = unescape((await client.get("/messages")).text)
    assert SECRET in page
    assert "You read what Anne Skov reads" in page
    assert "A second person has approved it" in page
    thread = f"/messages/{glazier.threads['guardian']}"
    assert SECRET in (await client.get(thread)).text
    for path in (f"/messages/{glazier.threads['neighbour']}",
                 f"/api/v1/messages/threads/{glazier.threads['neighbour']}"):  # fmt: skip
        assert (await client.get(path)).status_code == 404, path
    for path in ("/posts", "/contacts", "/groups", "/messages/new", "/administration"):
        assert (await client.get(path, headers=JSON)).status_code in {403, 404}, path
    answered = await client.post(
        f"/api/v1/messages/threads/{glazier.threads['guardian']}/messages",
        json={"html": "<p>x</p>", "to": "all"},
    )
    assert answered.json()["code"] == "support.reading-only"
    mother = await glazier.desk.client(people.guardian)
    (item, *_rest) = (await mother.get("/api/v1/messages/threads")).json()["items"]
    assert item["unread"] == 1


async def test_who_may_ask_and_who_may_approve(glazier: Glazier) -> None:
    """As nobody, a stranger, guardian, pupil, staff, an institution's administrator: nobody; and
    of two administrators never the one who has asked, nor the one whose data it is.
    """
    people, desk = glazier.people, glazier.desk
    key = (await ask(glazier.asker, people.guardian)).json()["id"]
    for member in (people.guardian, people.pupil, people.teacher, people.external, people.admin,
                   people.stranger):  # fmt: skip
        client = await desk.client(member)
        assert (await ask(client, people.neighbour)).status_code == 403, member.key
        assert (await decide(client, key)).status_code == 403, member.key
        assert (await client.post(f"/break-glass/{key}")).status_code == 403, member.key
        assert (await client.get(API)).status_code == 403, member.key
        assert (await client.post(f"{API}/{key}/end")).status_code == 403, member.key
    elsewhere = await desk.client(people.stranger_teacher)
    assert (await ask(elsewhere, people.guardian)).status_code == 404
    assert (await decide(elsewhere, key)).status_code == 404
    assert (await elsewhere.get(API)).json()["items"] == []
    assert (await elsewhere.post(f"{API}/{key}/end")).status_code == 404
    nobody = await desk.client(None)
    assert (await nobody.get(API, headers=JSON)).status_code == 401
    assert (await decide(glazier.asker, key)).status_code == 404
    assert (await glazier.asker.post(f"/break-glass/{key}")).status_code == 404
    about_second = (await ask(glazier.asker, people.colleague)).json()["id"]
    assert (await decide(glazier.second, about_second)).status_code == 404
    assert (await ask(glazier.asker, people.leader)).status_code == 404
    assert (await decide(glazier.second, key)).status_code == 204
    assert (await decide(glazier.second, key)).json()["code"] == "support.decided-already"
    # Who has approved it reads nothing by it.
    assert (await glazier.second.post(f"/break-glass/{key}")).status_code == 404


async def test_both_take_a_second_factor(glazier: Glazier) -> None:
    """LOG-15: asking, approving and opening."""
    people, desk = glazier.people, glazier.desk
    key = await glazier.approved(people.guardian)
    low = await desk.client(people.leader, Assurance.LOW)
    for answer in (
        await ask(low, people.guardian),
        await decide(await desk.client(people.colleague, Assurance.LOW), key),
        await low.post(f"/break-glass/{key}", headers=JSON),
    ):
        assert answer.json()["code"] == "step-up-required"


async def test_a_wish_says_what_why_and_how_long(glazier: Glazier) -> None:
    """Without a reason, for longer than the setting, or of a part that cannot be opened: no."""
    whom = glazier.people.guardian
    fits = {"area": "messages", "reason": WHY, "hours": 1}
    for wrong in ({"reason": "  "}, {"hours": 9}, {"hours": 0}, {"area": "contacts"},
                  {"area": "nothing"}, {"reason": "x" * 501}):  # fmt: skip
        answer = await glazier.asker.post(people_path(whom), json=fits | wrong)
        assert answer.status_code in {400, 422}, wrong
    form = people_path(whom).replace(API, PAGE)
    page = unescape((await glazier.asker.get(form)).text)
    assert "Messages" in page
    typed = {"area": "messages", "reason": "", "hours": "2"}
    refused = await glazier.asker.post(form, data=typed)
    assert refused.status_code == 422
    assert "Say why. The person reads it." in refused.text
    assert await glazier.desk.rows(sa.select(break_glass)) == []
    asked = await glazier.asker.post(form, data=typed | {"reason": WHY})
    assert asked.headers["location"] == PAGE
    (row,) = await glazier.desk.rows(sa.select(break_glass))
    decision = f"{PAGE}/{GLASS.format(row.id)}/decision"
    assert "Approve" in (await glazier.second.get(PAGE)).text
    assert "Approve" not in (await glazier.asker.get(PAGE)).text
    done = await glazier.second.post(decision, data={"decision": "approve"})
    assert done.headers["location"] == PAGE
    assert "Read now" in (await glazier.asker.get(PAGE)).text
    assert "Read now" not in (await glazier.second.get(PAGE)).text


@pytest.mark.parametrize("how", ["time", "asker", "second", "right"])
async def test_it_is_over(glazier: Glazier, how: str) -> None:
    """By its time, by either of the two, with the right: at the next request, and for good."""
    people, desk = glazier.people, glazier.desk
    client = await glazier.opened(people.guardian)
    assert SECRET in (await client.get("/messages")).text
    (row,) = await desk.rows(sa.select(break_glass))
    key = GLASS.format(row.id)
    if how == "time":
        await desk.change(sa.update(break_glass).values(ends_at=utc_now()))
    elif how == "right":
        north = people.leader.municipality_id
        await desk.grant("municipality_admin", BREAK_GLASS, "municipality", north, allowed=False)
    else:
        member = people.colleague if how == "second" else people.leader
        by = await desk.client(member, Assurance.LOW)
        assert (await by.post(f"{PAGE}/{key}/end")).headers["location"] == PAGE
    page = (await client.get("/")).text
    assert "Hello Kirsten" in page
    assert SECRET not in (await client.get("/messages")).text
    await desk.take_token(client)
    again = await client.post(f"/break-glass/{key}")
    assert again.status_code in {403, 404}
    (kept,) = await desk.rows(sa.select(impersonation))
    assert kept.ended_at is not None


async def test_what_was_refused_opens_nothing_and_tells_nobody(glazier: Glazier) -> None:
    """The asker reads that it was refused; the person has nothing to be told of."""
    people = glazier.people
    key = (await ask(glazier.asker, people.guardian)).json()["id"]
    assert (await decide(glazier.second, key, approved=False)).status_code == 204
    assert (await glazier.asker.post(f"/break-glass/{key}")).status_code == 404
    (item,) = (await glazier.asker.get(API)).json()["items"]
    assert (item["state"], item["decider"]) == ("refused", "Jonas Friis")
    mother = await glazier.desk.client(people.guardian)
    assert (await mother.get("/api/v1/profile/seen-as")).json()["items"] == []
    assert "has had access" not in (await mother.get("/")).text


async def test_a_wish_that_nobody_decides_about_lapses(glazier: Glazier) -> None:
    """What was the matter a day ago may not be so now: it takes a new reason and a new wish."""
    desk, people = glazier.desk, glazier.people
    key = (await ask(glazier.asker, people.guardian)).json()["id"]
    for age, state in ((WISH_LASTS - timedelta(minutes=5), "asked"), (WISH_LASTS, "lapsed")):
        await desk.change(sa.update(break_glass).values(asked_at=utc_now() - age))
        (item,) = (await glazier.second.get(API)).json()["items"]
        assert (item["state"], item["may_decide"]) == (state, state == "asked")
        page = unescape((await glazier.second.get(PAGE)).text)
        assert (f"{PAGE}/{key}/decision" in page) is (state == "asked")
        assert ("Lapsed: nobody decided" in page) is (state == "lapsed")
    late = await decide(glazier.second, key)
    assert (late.status_code, late.json()["code"]) == (409, "support.wish-lapsed")
    await glazier.asker.post(f"{API}/{key}/end")
    (item,) = (await glazier.second.get(API)).json()["items"]
    assert item["state"] == "lapsed", "it is too late to take it back"
    assert (await glazier.asker.post(f"/break-glass/{key}")).status_code == 404


async def test_who_has_asked_takes_it_back(glazier: Glazier) -> None:
    """While it waits, and nobody else: afterwards nobody can approve it any more."""
    desk, people = glazier.desk, glazier.people
    key = (await ask(glazier.asker, people.guardian)).json()["id"]
    assert "Take it back" not in (await glazier.second.get(PAGE)).text
    assert "Take it back" in (await glazier.asker.get(PAGE)).text
    # Whoever may approve ends what is open; to refuse is to decide.
    await glazier.second.post(f"{API}/{key}/end")
    (item,) = (await glazier.asker.get(API)).json()["items"]
    assert item["state"] == "asked"
    assert (await glazier.asker.post(f"{API}/{key}/end")).status_code == 204
    (item,) = (await glazier.asker.get(API)).json()["items"]
    assert (item["state"], item["may_decide"]) == ("withdrawn", False)
    assert "Taken back" in (await glazier.second.get(PAGE)).text
    assert (await decide(glazier.second, key)).json()["code"] == "support.decided-already"
    noted = sa.select(entry.c.action).where(entry.c.action.like("identity.glass_%"))
    assert [row.action for row in await desk.rows(noted.order_by(entry.c.id))] == [
        "identity.glass_asked", "identity.glass_withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["withdrawn", "refused"])
async def test_what_became_of_it_outlives_who_has_asked(glazier: Glazier, state: str) -> None:
    """GDPR-3: erasing a person leaves what was done, without who it was."""
    key = (await ask(glazier.asker, glazier.people.guardian)).json()["id"]
    if state == "withdrawn":
        await glazier.asker.post(f"{API}/{key}/end")
    else:
        await decide(glazier.second, key, approved=False)
    blanked = dict.fromkeys(BLANKED[break_glass.name])
    assert blanked.keys() == {"asker_id", "decider_id"}
    await glazier.desk.change(sa.update(break_glass).values(blanked))
    (item,) = (await glazier.second.get(API)).json()["items"]
    assert (item["state"], item["asker"], item["decider"]) == (state, "", "")


async def test_its_owners_are_told_at_once(glazier: Glazier) -> None:
    """The person, and of a pupil those with custody: that it is open, why, and what of."""
    people, desk = glazier.people, glazier.desk
    own = {one.key: await desk.client(one) for one in (
        people.pupil, people.guardian, people.other_parent, people.neighbour, people.classmate,
        people.teacher)}  # fmt: skip
    await glazier.approved(people.pupil)
    for key, client in own.items():
        is_owner = key in {"pupil", "guardian", "other_parent"}
        assert ("has had access" in (await client.get("/")).text) is is_owner, key
        items = (await client.get("/api/v1/profile/seen-as")).json()["items"]
        assert [(one["about"], one["area"], one["reason"]) for one in items] == (
            [("Alma Skov", "Messages", WHY)] if is_owner else []
        ), key
    page = unescape((await own["guardian"].get("/profile/looks")).text)
    assert "Has been able to read Messages: a second person has approved it." in page


async def test_of_a_protected_child_the_other_parent_is_told_nothing(glazier: Glazier) -> None:
    """R8: neither a word on the page nor the reason; who is protected with the child is told."""
    people, desk = glazier.people, glazier.desk
    mother, father = await desk.client(people.guardian), await desk.client(people.other_parent)
    hidden = person.c.id.in_([people.pupil.person_id, people.guardian.person_id])
    await desk.change(sa.update(person).where(hidden).values(protected=True))
    await glazier.approved(people.pupil)
    for client, told in ((mother, True), (father, False)):
        assert ("has had access" in (await client.get("/")).text) is told
        items = (await client.get("/api/v1/profile/seen-as")).json()["items"]
        assert bool(items) is told
        assert (WHY in unescape((await client.get("/profile/looks")).text)) is told


async def test_each_look_is_in_the_audit_with_the_glass_as_its_basis(glazier: Glazier) -> None:
    """R19: by whom, as whom, of what, and that broken glass allowed it; the person sees it too."""
    people, desk = glazier.people, glazier.desk
    client = await glazier.opened(people.guardian)
    await client.get(f"/messages/{glazier.threads['guardian']}")
    read = sa.select(entry).where(
        entry.c.action == "messages.read", entry.c.person_id == people.leader.person_id
    )
    rows = await desk.rows(read)
    assert rows
    for row in rows:
        assert row.allowed_by.startswith(f"{BREAK_GLASS}>messages.read:")
        assert row.details["as"] == people.guardian.profile_id.hex
        about = sa.select(subject.c.profile_id).where(subject.c.entry_id == row.id)
        assert people.guardian.profile_id in {one.profile_id for one in await desk.rows(about)}
    asked = sa.select(entry.c.details).where(entry.c.action == BREAK_GLASS)
    handlers = [row.details.get("asked", "") for row in await desk.rows(asked)]
    assert any(one.endswith("conversation.ConversationPages.show") for one in handlers), handlers
    grants = sa.select(entry.c.action).where(entry.c.action.like("identity.glass_%"))
    assert [row.action for row in await desk.rows(grants.order_by(entry.c.id))] == [
        "identity.glass_asked", "identity.glass_settled",
    ]  # fmt: skip


async def test_the_three_answers_agree_with_what_the_person_may(glazier: Glazier) -> None:
    """`visible`, `may` and `explain` are the person's own in the area that was opened, and no
    everywhere else; the oracle is the person's own actor.
    """
    people, desk = glazier.people, glazier.desk
    await glazier.opened(people.guardian)
    actor, own = await glazier.actor(), await desk.running.actor(people.guardian)
    rights: Any = desk.running.platform.permissions
    opened = {one for one, action in rights.catalogue.actions.items() if action.break_glass}
    assert {one for one in opened if one.startswith("messages.")} | {"shell.use"} == set(
        actor.holdings
    )
    async with desk.running.storage.read(EVERYWHERE) as read:
        for action in sorted(own.holdings):
            resource = rights.catalogue.actions[action].resource
            if not resource:
                continue
            table = rights.resource(resource)
            of_own = await _ids(read, rights.visible(own, action), table)
            of_actor = await _ids(read, rights.visible(actor, action), table)
            is_open = action in actor.holdings
            assert of_actor == (of_own if is_open else set()), action
            for one in sorted(of_own)[:3]:
                assert await rights.may(read, actor, action, one) is is_open, action
                why = await rights.explain(read, actor, action, one)
                assert why.allowed is is_open, action
                sources = {reason.source for reason in why.reasons}
                assert ("break-glass" in sources) is is_open, action


async def _ids(read: Any, visible: Any, resource: Any) -> set[UUID]:
    statement = sa.select(resource.id).where(visible.clause)
    return {row[0] for row in await read.rows(statement, visible.params)}


async def test_no_grant_lets_anybody_approve_their_own(glazier: Glazier) -> None:
    """There is no relation to one's own wish through which it could be given: of the institution as
    of the municipality it is others' alone (`test_at_home.py` tries it).
    """
    rights: Any = glazier.desk.running.platform.permissions
    assert [one for _action, one in rights.catalogue.rights_of(APPROVE_GLASS)] == ["own", "others"]
