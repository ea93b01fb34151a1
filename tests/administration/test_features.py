"""Choosing what is on: what is shown, who decides, what is answered, and how it is undone."""

from __future__ import annotations

import re

import pytest

from tests.administration.office import PAGES, Office, home, whole


async def test_each_sees_the_places_that_are_theirs(office: Office) -> None:
    """ADM-1, R10: municipalities first; who has one place only goes there at once."""
    people = office.people
    found = await office.get(people.leader, "/places")
    assert [one["name"] for one in found["items"]] == ["Nordby", "Nordskolen", "Solstrålen"]
    found = await office.get(people.admin, "/places")
    assert [one["name"] for one in found["items"]] == ["Nordskolen"]
    answer = await (await office.client(people.admin)).get(f"{PAGES}/places")
    assert answer.headers["location"] == f"{PAGES}/places/{home(people.admin)}"
    for place in (whole(people.stranger_teacher), home(people.stranger_teacher)):
        assert "Posts" not in await office.page(people.leader, f"/places/{place}", 404)
    await office.page(people.admin, f"/places/{whole(people.admin)}", 404)


async def test_what_is_locked_says_why(office: Office) -> None:
    """0012: a state is told with its source; what cannot be chosen is refused with the reason."""
    people = office.people
    contacts = await office.feature(people.leader, whole(people.leader), "contacts")
    assert (contacts["is_on"], contacts["is_open"]) == (True, False)
    assert contacts["decision"]["key"].startswith("[municipalities.north.plugins.contacts]")
    place = f"/places/{home(people.admin)}"
    page = await office.page(people.admin, f"{place}/messages")
    assert "This cannot be chosen here" in page
    assert "Hidden as the configuration proposes" in page
    answer = await office.ask(people.admin, "PUT", f"{place}/features/messages/state", state="on")
    assert (answer.status_code, answer.json()["code"]) == (409, "plugins.locked")


async def test_a_choice_answers_at_once_and_can_be_undone(office: Office) -> None:
    """Promise: what happened, and how to undo it; undone means as it was before."""
    people = office.people
    place = f"/places/{home(people.admin)}/posts"
    client = await office.client(people.admin)
    first = await office.press(people.admin, f"{place}/state", choice="off-nobody")
    assert first.status_code == 303
    page = await office.page(people.admin, place)
    assert "Posts is off: Nordskolen" in page
    assert "chosen by Søren Lund" in page
    assert (await client.get("/posts")).status_code == 404
    undo = re.search(r'<form action="([^"]+)" method="post">(?:(?!</form>).)*Undo', page, re.DOTALL)
    assert undo is not None
    assert undo[1] == f"{PAGES}{place}/state/take-back"
    await client.post(undo[1], data={})
    assert not (await office.feature(people.admin, home(people.admin), "posts"))["chosen"]
    assert (await client.get("/posts")).status_code == 200
    # Taking a choice back can be undone too: it is then chosen again.
    await office.press(people.admin, f"{place}/state", choice="off-nobody")
    await office.page(people.admin, place)
    await office.press(people.admin, f"{place}/state/take-back")
    undo = re.search(
        rf'action="({PAGES}{place}/state\?[^"]+)"', await office.page(people.admin, place)
    )
    assert undo is not None
    undone = await client.post(undo[1], data={})
    assert undone.status_code == 303, (undo[1], undone.text)
    assert (await office.feature(people.admin, home(people.admin), "posts"))["chosen"] == "off"


async def test_the_municipality_decides_or_leaves_it(office: Office) -> None:
    """0012: what the municipality leaves to nobody is locked at its institutions."""
    people = office.people
    at = f"/places/{whole(people.leader)}/features/posts/state"
    for left_to, is_open in (("nobody", False), ("institution", True)):
        answer = await office.ask(people.leader, "PUT", at, state="off", left_to=left_to)
        assert answer.status_code == 204, answer.text
        posts = await office.feature(people.admin, home(people.admin), "posts")
        assert (posts["is_on"], posts["is_open"]) == (False, is_open)
    assert (await office.ask(people.leader, "DELETE", at)).status_code == 204
    posts = await office.feature(people.leader, whole(people.leader), "posts")
    assert (posts["is_on"], posts["chosen"]) == (True, None)


async def test_a_form_without_a_choice_comes_back(office: Office) -> None:
    """What is wrong is said on the page; nothing is chosen."""
    people = office.people
    place = f"/places/{home(people.admin)}/posts"
    answer = await office.press(people.admin, f"{place}/state", choice="perhaps")
    assert answer.status_code == 422
    assert "Choose one of these" in answer.text
    assert not (await office.feature(people.admin, home(people.admin), "posts"))["chosen"]


@pytest.mark.parametrize("verb", ["PUT", "DELETE"])
async def test_nobody_shuts_themselves_out(office: Office, verb: str) -> None:
    """Whoever switched the administration off could not come back to switch it on."""
    people = office.people
    place = f"/places/{home(people.admin)}/features/administration/state"
    body = {"state": "off"} if verb == "PUT" else {}
    answer = await office.ask(people.admin, verb, place, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "administration.would-shut-out")


async def test_settings_are_typed_checked_and_taken_back(office: Office) -> None:
    """A form from the schema: errors beside fields, nothing typed is lost, then kept and undone."""
    people = office.people
    place = f"/places/{whole(people.leader)}/posts"
    page = await office.page(people.leader, place)
    assert "Days an important post stays on top" in page
    assert 'name="set-comments"' not in page, "the configuration has fixed it"
    shown = {"was-important_days": "7", "was-large_audience": "60"}
    wrong = {"set-important_days": "soon", "set-large_audience": "80", **shown}
    answer = await office.press(people.leader, f"{place}/settings", **wrong)
    assert answer.status_code == 422
    for part in ('value="soon"', 'value="80"', 'id="field-set-important_days-error"'):
        assert part in answer.text
    right = {"set-important_days": "14", "set-large_audience": "60", **shown}
    assert (await office.press(people.leader, f"{place}/settings", **right)).status_code == 303
    page = await office.page(people.leader, place)
    assert "1 setting is kept" in page
    kept = await office.setting(people.leader, whole(people.leader), "posts", "important_days")
    assert (kept["value"], kept["decision"]["name"]) == (14, "Kirsten Bang")
    left = await office.setting(people.leader, whole(people.leader), "posts", "large_audience")
    assert not left["is_chosen"], "what was left alone stays nobody's choice"
    undo = f"{place}/settings/important_days/take-back"
    assert f'action="{PAGES}{undo}"' in page
    await office.press(people.leader, undo)
    kept = await office.setting(people.leader, whole(people.leader), "posts", "important_days")
    assert (kept["value"], kept["is_chosen"]) == (7, False)


async def test_several_values_are_ticked_by_their_titles(office: Office) -> None:
    """A list is ticked, each value by a name for people; ticking none is a choice too."""
    people = office.people
    place = f"/places/{whole(people.leader)}/contacts"
    page = await office.page(people.leader, place)
    assert "Mobile phone</label>" in page
    sent = {"many-staff_ways": "1", "was-staff_ways": "email,phone"}
    for ticked, kept in (({"set-staff_ways": "mobile"}, ["mobile"]), ({}, [])):
        answer = await office.press(people.leader, f"{place}/settings", **sent, **ticked)
        assert answer.status_code == 303
        setting = await office.setting(
            people.leader, whole(people.leader), "contacts", "staff_ways"
        )
        assert setting["value"] == kept
        assert setting["value_titles"]["mobile"] == "Mobile phone"


async def test_a_setting_that_there_is_not_cannot_be_taken_back(office: Office) -> None:
    """Whatever is sent in its place, up to what a database would choke on."""
    people = office.people
    for name, status in (("nothing", 404), ("%00", 400)):
        path = f"/places/{whole(people.leader)}/features/posts/settings/{name}"
        assert (await office.ask(people.leader, "DELETE", path)).status_code == status


async def test_settings_of_a_locked_place_are_read(office: Office) -> None:
    """Institutions choose what the plugin names; the rest they read, and cannot write."""
    people = office.people
    place = home(people.admin)
    page = await office.page(people.admin, f"/places/{place}/posts")
    assert "Cannot be chosen here" in page
    path = f"/places/{place}/features/posts/settings"
    answer = await office.ask(people.admin, "PATCH", path, values={"important_days": 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "plugins.locked")
    answer = await office.ask(
        people.leader,
        "PATCH",
        path.replace(place, whole(people.leader)),
        values={"important_days": 0},
    )
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["important_days"]
