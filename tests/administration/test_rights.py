"""Roles, rights and reasons at the administration, by the API and by its pages."""

from __future__ import annotations

import re

from aula_sdk.ids import GROUP, PROFILE
from tests.administration.office import Office, home, whole

POST = "right-posts.create:-"


async def test_a_role_is_made_given_rights_and_removed(office: Office) -> None:
    """RGT-2: by forms alone; a name that is taken stands beside its field."""
    people = office.people
    place = f"/rights/{whole(people.leader)}"
    made = await office.press(people.leader, place, name="Kontaktforældre")
    assert made.status_code == 303
    role = made.headers["location"].removeprefix("/administration")
    page = await office.page(people.leader, role)
    assert "now say what it may do" in page
    assert f'name="{POST}"' in page
    again = await office.press(people.leader, place, name="kontaktforældre")
    assert again.status_code == 422
    assert 'id="field-name-error"' in again.text
    kept = await office.press(people.leader, role, **{POST: "yes", f"was-{POST}": ""})
    assert kept.status_code == 303
    key = role.rpartition("/")[2]
    view = await office.get(people.leader, f"{place}/roles/{key}")
    found = {(one["action"], one["relation"]): one["decided"] for one in view["items"]}
    assert found["posts.create", "-"] == "yes"
    assert [right for right, decided in found.items() if decided] == [("posts.create", "-")]
    assert (await office.press(people.leader, f"{role}/drop")).status_code == 303
    assert "Kontaktforældre" not in await office.page(people.leader, place)


async def test_what_is_decided_holds_at_once_and_is_explained(office: Office) -> None:
    """From the next request; the reason names the role and each level that spoke."""
    people = office.people
    teacher = PROFILE.format(people.teacher.profile_id)
    path = f"/rights/{home(people.admin)}/roles/employee/right"
    body = {"action": "posts.create", "relation": "-", "decided": "no"}
    assert (await office.ask(people.admin, "PUT", path, **body)).status_code == 204
    client = await office.client(people.teacher)
    assert (await client.get("/posts/new")).status_code == 403
    found = await office.get(people.admin, f"/rights/people/{teacher}")
    why = {one["action"]: one for one in found["items"]}["posts.create"]
    assert not why["allowed"]
    assert why["reasons"][0]["levels"] == [
        "Employees: given from the start",
        "Employees: closed by the institution",
    ]
    assert "Employees: closed by the institution" in await office.page(
        people.admin, f"/why/{teacher}"
    )
    assert (await office.ask(people.admin, "PUT", path, **body | {"decided": None})).is_success
    assert (await client.get("/posts/new")).status_code == 200


async def test_why_about_a_thing_names_the_relation(office: Office) -> None:
    """Promise 5: what relation there is to this very thing, and that there is none."""
    people = office.people
    path = f"/rights/people/{PROFILE.format(people.teacher.profile_id)}/why"
    for name, allowed, words in (
        ("3.B", True, "is a group of an institution where I work"),
        ("1.X", False, "no relation"),
    ):
        thing = GROUP.format(people.groups[name])
        answer = await office.ask(
            people.admin, "POST", path, action="posts.write_to_group", thing=thing
        )
        assert answer.json()["allowed"] is allowed
        assert words in answer.json()["reasons"][0]["sentence"]
    wrong = {"action": "posts.write_to_group", "thing": PROFILE.format(people.pupil.profile_id)}
    assert (await office.ask(people.admin, "POST", path, **wrong)).status_code == 400


async def test_an_administrator_finds_people_of_their_own_institution(office: Office) -> None:
    """What was typed is in no address; nobody of elsewhere is found or explained."""
    people = office.people
    place = f"/rights/{home(people.admin)}"
    found = await office.press(people.admin, f"{place}/people", words="Mette")
    assert re.findall(r"/administration/why/(pro_[0-9a-f]{32})", found.text) == [
        PROFILE.format(people.teacher.profile_id)
    ]
    for other in (people.pedagogue, people.stranger_teacher):
        answer = await office.press(people.admin, f"{place}/people", words=other.name)
        assert "Nobody of that name" in answer.text
        await office.page(people.admin, f"/why/{PROFILE.format(other.profile_id)}", 404)
    refused = await office.press(people.admin, f"{place}/municipality_admin", **{POST: "yes"})
    assert refused.status_code == 403
