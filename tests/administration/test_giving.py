"""Giving one person a role or a right, and taking it back: by the API and by its pages."""

from __future__ import annotations

import re

from aula_sdk.grants import EXPLAIN
from aula_sdk.ids import GROUP, PROFILE
from tests.administration.office import Office, home

POST = "posts.create:-"
_GIVEN = re.compile(r'name="given" value="((?:hol|gra)_[0-9a-f]{32})"')


async def test_a_deputy_has_the_role_after_a_preview(office: Office) -> None:
    """Somebody acts for another for a period; what it means is told before it is given."""
    people = office.people
    teacher = PROFILE.format(people.teacher.profile_id)
    page = f"/people/{teacher}"
    shown = await office.page(people.leader, page)
    assert "Nothing beside what everybody" in shown
    admin = PROFILE.format(people.admin.profile_id)
    assert f'value="{admin}"' in shown
    wanted = {"role": "institution_admin", "deputy_for": admin, "ends_on": "2190-01-31"}
    preview = await office.press(people.leader, f"{page}/role", **wanted)
    assert preview.status_code == 200
    assert "Ask why somebody may do something" in preview.text
    assert people.admin.name in preview.text
    # A preview gives nothing.
    client = await office.client(people.teacher)
    assert (await client.get("/administration/rights")).status_code == 403
    given = await office.press(people.leader, f"{page}/role", **wanted, sure="1")
    assert given.status_code == 303
    assert (await client.get(f"/administration/rights/{home(people.teacher)}")).status_code == 200
    shown = await office.page(people.leader, page)
    assert f"acts for {people.admin.name}" in shown
    again = await office.press(people.leader, f"{page}/role", **wanted, sure="1")
    assert again.status_code == 422
    assert "The person has the role already" not in shown
    assert "has the role already" in again.text
    key = _GIVEN.findall(shown)[0]
    assert (await office.press(people.leader, f"{page}/take-back", given=key)).status_code == 303
    assert (await client.get("/administration/rights")).status_code == 403


async def test_a_preview_says_what_the_deputy_will_have(office: Office) -> None:
    """RGT-1, 0044: it is tried beforehand, so what is closed for the deputy alone is not promised;
    nothing is left of trying it.
    """
    people = office.people
    page = f"/people/{PROFILE.format(people.teacher.profile_id)}"
    preview, wanted = f"/rights{page}/roles/preview", {"role": "institution_admin"}
    wanted["deputy_for"] = PROFILE.format(people.admin.profile_id)

    async def told() -> dict[str, list[dict[str, object]]]:
        found: dict[str, list[dict[str, object]]] = {}
        answer = await office.ask(people.leader, "POST", preview, **wanted)
        assert answer.status_code == 200, answer.text
        for one in answer.json()["items"]:
            found.setdefault(one["title"], []).append(one)
        return found

    title = "Ask why somebody may do something"
    assert [(one["is_new"], one["is_closed"]) for one in (await told())[title]] == [(True, False)]
    right = {"action": EXPLAIN, "relation": "own", "decided": "no"}
    closed = await office.ask(people.leader, "POST", f"/rights{page}/rights", **right)
    assert closed.is_success, closed.text
    found = await told()
    assert [(one["is_new"], one["is_closed"]) for one in found[title]] == [(False, True)]
    assert any(one["is_new"] for lines in found.values() for one in lines)
    days = {"starts_on": "2091-03-05", "ends_on": "2091-04-02"}
    shown = await office.press(people.leader, f"{page}/role", **wanted, **days)
    assert [f">{day}</time>" in shown.text for day in ("5 Mar 2091", "2 Apr 2091")] == [True, True]
    assert f"{title}</p>" not in shown.text.split("Stays closed for this person")[0]
    assert "Stays closed for this person" in shown.text
    assert (await office.get(people.leader, f"/rights{page}/given"))["roles"] == []
    given = await office.ask(people.leader, "POST", f"/rights{page}/roles", **wanted)
    assert given.is_success
    client = await office.client(people.teacher)
    assert (await client.get(page.replace("/people/", "/administration/why/"))).status_code == 403
    found = await told()
    assert [(one["is_new"], one["is_closed"]) for one in found[title]] == [(False, True)]
    assert not any(one["is_new"] for lines in found.values() for one in lines), "it has it all now"


async def test_a_right_is_decided_for_one_person_and_taken_back(office: Office) -> None:
    """RGT-1: it overrides the person's roles, and others keep what they have."""
    people = office.people
    page = f"/people/{PROFILE.format(people.teacher.profile_id)}"
    closed = await office.press(people.admin, f"{page}/right", right=POST, decided="no")
    assert closed.status_code == 303, closed.text
    client = await office.client(people.teacher)
    assert (await client.get("/posts/new")).status_code == 403
    given = await office.get(people.admin, f"/rights{page}/given")
    assert [(one["action"], one["decided"]) for one in given["rights"]] == [("posts.create", "no")]
    # Who holds it through the same relation may open it again.
    mine = f"/rights/given/{given['rights'][0]['id']}"
    assert (await office.ask(people.admin, "DELETE", mine)).is_success
    assert (await client.get("/posts/new")).status_code == 200
    gone = await office.ask(people.admin, "DELETE", mine)
    assert gone.status_code == 404


async def test_what_is_wrong_stands_at_its_field(office: Office) -> None:
    """What was typed is kept; nothing is given by halves."""
    people = office.people
    page = f"/people/{PROFILE.format(people.teacher.profile_id)}"
    for form, where, words in (
        ({"right": POST, "decided": "maybe"}, "right", "Choose one of the list"),
        ({"right": POST, "decided": "yes", "ends_on": "soon"}, "right", "This is not a date"),
        (
            {"right": POST, "decided": "yes", "ends_on": "2001-01-01"},
            "right",
            "end lies before",
        ),
        (
            {"right": POST, "decided": "yes", "group": GROUP.format(people.groups["3.B"])},
            "right",
            "cannot be limited to a group",
        ),
        ({"role": "institution_admin", "starts_on": "9999-12-31"}, "role", "This is not a date"),
        ({"role": "guardian"}, "role", "This role cannot be given"),
    ):
        answer = await office.press(people.admin, f"{page}/{where}", **form)
        assert answer.status_code == 422, form
        assert words in answer.text, form
    given = await office.get(people.admin, f"/rights{page}/given")
    assert given["roles"] == given["rights"] == []


async def test_nobody_gives_more_than_they_have(office: Office) -> None:
    """ADM-2: an institution's administrator is offered no role that holds more."""
    people = office.people
    page = f"/people/{PROFILE.format(people.teacher.profile_id)}"
    shown = await office.page(people.admin, page)
    assert 'value="institution_admin"' in shown
    assert 'value="municipality_admin"' not in shown
    refused = await office.press(people.admin, f"{page}/role", role="municipality_admin")
    assert refused.status_code == 422
    assert "You can only give rights that you have yourself" in refused.text
    answer = await office.ask(
        people.admin, "POST", f"/rights{page}/roles", role="municipality_admin"
    )
    assert answer.status_code == 403
    for other in (people.pedagogue, people.stranger_teacher):
        elsewhere = f"/people/{PROFILE.format(other.profile_id)}"
        await office.page(people.admin, elsewhere, 404)
        sent = await office.press(people.admin, f"{elsewhere}/role", role="nonsense role")
        assert sent.status_code == 404


async def test_why_about_a_thing_by_the_address_of_its_page(office: Office) -> None:
    """Promise 5: an administrator pastes an address; each thing that can be done is explained."""
    people = office.people
    page = f"/why/{PROFILE.format(people.teacher.profile_id)}"
    address = f"https://aula.example/groups/{GROUP.format(people.groups['1.X'])}?x=1"
    found = await office.press(people.admin, page, address=address)
    assert found.status_code == 200
    assert "no relation" in found.text
    for wrong in ("", "https://aula.example/", "thr_zzz"):
        answer = await office.press(people.admin, page, address=wrong)
        assert answer.status_code == 422
        assert 'id="field-address-error"' in answer.text
