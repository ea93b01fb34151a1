"""When somebody moves or stops: looked at beforehand and handed over, by the API and its pages."""

from __future__ import annotations

import re

from aula_sdk.ids import GROUP, INSTITUTION, PROFILE
from aula_sdk.testing.kernel import Member
from tests.administration.office import Office

ROLE = "institution_admin"
_THING = re.compile(r'name="things"[^>]* value="((?:hol|gra)_[0-9a-f]{32})"')


def _page(member: Member) -> str:
    return f"/people/{PROFILE.format(member.profile_id)}/moving"


async def _give(office: Office, member: Member) -> str:
    path = f"/rights/people/{PROFILE.format(member.profile_id)}/roles"
    given = await office.ask(office.people.leader, "POST", path, role=ROLE)
    assert given.status_code == 201, given.text
    return str(given.json()["id"])


async def test_what_a_move_does_is_shown_and_nothing_happens(office: Office) -> None:
    """The pupil's page names the parents; what is shown is not done."""
    people = office.people
    page = _page(people.pupil)
    shown = await office.page(people.leader, page)
    daycare = INSTITUTION.format(people.pedagogue.institution_id)
    assert f'value="{daycare}"' in shown
    answer = await office.press(people.leader, page, kind="moves", to=daycare)
    assert answer.status_code == 200, answer.text
    for words in ("Alma Skov moves to Solstrålen", "Anne Skov", "Peter Vang", "3.A"):
        assert words in answer.text, words
    path = f"/rights{page}/preview"
    told = await office.ask(people.leader, "POST", path, kind="moves", to=daycare)
    names = [one["person"]["name"] for one in told.json()["affected"]]
    assert names[0] == "Alma Skov"
    assert sorted(names[1:]) == ["Anne Skov", "Peter Vang"]
    # Alma still goes to the school, and to no other.
    found = await office.ask(people.leader, "GET", f"/rights{page}")
    assert found.json()["person"]["institution"] == "Nordskolen"
    client = await office.client(people.pupil)
    group = GROUP.format(people.groups["3.A"])
    assert (await client.get(f"/api/v1/contacts/groups/{group}")).status_code == 200


async def test_custody_that_ends_is_asked_about_one_child(office: Office) -> None:
    """R7: on the parent's page, with the child's name; nothing is said to be done here."""
    people = office.people
    page = _page(people.other_parent)
    assert "Which child" in await office.page(people.admin, page)
    child = PROFILE.format(people.pupil.profile_id)
    answer = await office.press(people.admin, page, kind="access_ends", child=child)
    assert answer.status_code == 200, answer.text
    assert "no longer has custody of, or access to, Alma Skov" in answer.text
    assert "Nothing is changed" in answer.text
    without = await office.page(people.admin, _page(people.without_access))
    assert "has access to no child here" in without


async def test_what_was_given_is_handed_over_after_a_preview(office: Office) -> None:
    """The successor has it on the next page, the other no more."""
    people = office.people
    await _give(office, people.teacher)
    page, form = _page(people.teacher), f"{_page(people.teacher)}/hand-over"
    (thing,) = _THING.findall(await office.page(people.leader, page))
    successor = PROFILE.format(people.colleague.profile_id)
    old, new = await office.client(people.teacher), await office.client(people.colleague)
    seen = await office.press(people.leader, form, things=thing, successor=successor)
    assert seen.status_code == 200, seen.text
    assert "Ask why somebody may do something" in seen.text
    assert (await new.get("/administration/rights")).status_code == 403
    done = await office.press(people.leader, form, things=thing, successor=successor, sure="1")
    assert done.status_code == 303, done.text
    assert (await new.get("/administration/rights")).status_code == 303, "to the one place"
    assert (await old.get("/administration/rights")).status_code == 403
    again = await office.press(people.leader, form, things=thing, successor=successor, sure="1")
    assert again.status_code == 404


async def test_the_api_hands_over_too(office: Office) -> None:
    """A preview, then the doing; ids are what the list gave."""
    people = office.people
    await _give(office, people.teacher)
    base = f"/rights/people/{PROFILE.format(people.teacher.profile_id)}"
    view = await office.get(people.leader, f"{base}/moving")
    (thing,) = [one["id"] for one in view["things"]]
    wanted = {
        "things": [thing],
        "successor": next(
            one["profile"] for one in view["successors"] if one["name"] == "Jonas Friis"
        ),
    }
    seen = await office.ask(people.leader, "POST", f"{base}/hand-over/preview", **wanted)
    assert seen.status_code == 200, seen.text
    assert seen.json()["successor"]["name"] == "Jonas Friis"
    done = await office.ask(people.leader, "POST", f"{base}/hand-over", **wanted)
    assert done.status_code == 204, done.text
    assert (await office.get(people.leader, f"{base}/moving"))["things"] == []


async def test_what_is_wrong_stands_at_its_field(office: Office) -> None:
    """What was typed is kept; nothing is handed over by halves, and more than one has by nobody."""
    people = office.people
    thing = await _give(office, people.teacher)
    page, successor = _page(people.teacher), PROFILE.format(people.colleague.profile_id)
    for form, path, words in (
        ({"kind": "moves", "to": INSTITUTION.format(people.stranger.institution_id)}, "",
         "Choose an institution to move to"),
        ({"kind": "nonsense"}, "", "Choose one of the list"),
        ({"successor": successor}, "/hand-over", "Choose what the successor takes over"),
        ({"things": thing}, "/hand-over", "Choose one of the list"),
        ({"things": thing, "successor": PROFILE.format(people.pupil.profile_id)}, "/hand-over",
         "Choose an employee of the same institution"),
        ({"things": thing, "successor": successor, "starts_on": "soon"}, "/hand-over",
         "This is not a date"),
    ):  # fmt: skip
        answer = await office.press(people.leader, f"{page}{path}", **form)
        assert answer.status_code == 422, (form, answer.text)
        assert words in answer.text, form
    mine = PROFILE.format(people.admin.profile_id)
    refused = await office.press(
        people.admin, f"{page}/hand-over", things=thing, successor=mine, sure="1"
    )
    assert refused.status_code == 422
    assert "You can only give rights that you have yourself" in refused.text


async def test_people_of_elsewhere_have_no_such_page(office: Office) -> None:
    """R10: 404 for another institution and another municipality, 403 for who decides nothing."""
    people = office.people
    for member, of, status in (
        (people.admin, people.pedagogue, 404),
        (people.stranger_teacher, people.teacher, 404),
        (people.teacher, people.teacher, 403),
        (people.guardian, people.pupil, 403),
        (people.pupil, people.pupil, 403),
        (people.external, people.teacher, 403),
    ):
        await office.page(member, _page(of), status)
        answer = await office.press(member, _page(of), kind="leaves")
        assert answer.status_code == status, member.key
    signed_out = await (await office.client(None)).get(f"/administration{_page(people.teacher)}")
    assert signed_out.status_code == 303
