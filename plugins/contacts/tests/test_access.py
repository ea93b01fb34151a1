"""Who gets in: every route of the plugin, tried by those whom it does not concern."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from aula_sdk.people import Kind
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import Browser
from plugins.contacts.tests.school import WAYS, School, key, way

BODIES: dict[str, dict[str, Any]] = {
    "/search": {"words": "berg"},
    "/contact-parents": {"parents": []},
    "/sharing/": {"audience": "institution"},
}


def routes(running: Running) -> Iterator[tuple[str, str]]:
    """Yield verb and path of every route of the plugin, as the application knows them."""
    for route in running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "contacts":
                for verb in sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                    yield verb, route.path


async def try_all(
    school: School, member: Member | None, *, person: str, group: str
) -> list[tuple[str, str, int, str]]:
    """Send every request; return verb, path, status and body of each answer."""
    client = await school.client(member)
    answers = []
    for verb, path in routes(school.running):
        filled = re.sub(r"\{person_id:str\}", person, path)
        filled = re.sub(r"\{group_id:str\}", group, filled)
        body: dict[str, Any] = {}
        if verb in {"POST", "PUT"}:
            if path.startswith("/api/"):
                body["json"] = next(one for part, one in BODIES.items() if part in path)
            else:
                body["data"] = {"q": "b", "person": person, "audience": "nobody"}
        for query in ("?show=children", "?show=guardians") if "group_id" in path else ("",):
            answer = await client.request(verb, filled + query, **body)
            answers.append((verb, path, answer.status_code, answer.text))
    return answers


async def test_nobody_gets_in_anywhere(school: School) -> None:
    """Rule 23: nobody is answered 401 or sent to sign in, whether or not the object exists."""
    for person, group in (
        (key(school.people.pupil), school.group()),
        (f"pro_{'0' * 32}", f"grp_{'0' * 32}"),
    ):
        answers = await try_all(school, None, person=person, group=group)
        assert len(answers) > 14
        for verb, path, status, _text in answers:
            assert status == (401 if path.startswith("/api/") else 303), (verb, path)


@pytest.mark.parametrize(
    "name", ["stranger", "stranger_teacher", "stranger_pupil", "pedagogue", "external", "neighbour"]
)
async def test_strangers_meet_nothing(school: School, name: str) -> None:
    """R9, R10, rule 23: with the right ids in hand, 404 where there is an object.

    Staff of another institution, of another municipality, externals of the class and families of
    the class beside are strangers to this one.
    """
    people = school.people
    stranger: Member = getattr(people, name)
    answers = await try_all(
        school, stranger, person=key(people.classmate), group=school.group("3.A")
    )
    for verb, path, status, text in answers:
        for member in (people.classmate, people.other_guardian, people.protected_guardian):
            assert member.name not in text, (verb, path)
        if "{" in path:
            assert status in {403, 404}, (verb, path)
        else:
            refused = {403} if stranger.kind is not Kind.GUARDIAN else set()
            assert status in {200, 404} | refused, (verb, path)


async def test_ids_say_their_kind(school: School) -> None:
    """Rule 10: an id of another kind is an error with a name, not a puzzling "not found"."""
    people = school.people
    path = f"/people/{school.group()}"
    problem = await school.refused(400, people.teacher, "GET", path)
    assert (problem["code"], problem["expected"]) == ("id.wrong-kind", "pro")
    path = f"/groups/{school.group()}?after={school.group()}"
    await school.refused(400, people.teacher, "GET", path)


READERS = (
    "guardian",
    "other_guardian",
    "protected_guardian",
    "pupil",
    "protected_pupil",
    "teacher",
    "colleague",
    "leader",
    "admin",
    "external",
    "stranger",
)


async def test_a_protected_family_is_hidden_everywhere(school: School) -> None:
    """R8, STM-12: list, card, search, print, API, sharing: no way to reach them, for nobody.

    Even when the source has sent everything and the family shares as widely as it can.
    """
    people = school.people
    family = (people.protected_guardian, people.protected_pupil)
    for member in family:
        await school.choose(people.protected_guardian, "institution", member)
    secrets = {way(member, name) for member in family for name in WAYS}
    read = 0
    for name in READERS:
        for member in family:
            answers = await try_all(
                school, getattr(people, name), person=key(member), group=school.group()
            )
            for verb, path, status, text in answers:
                assert not any(secret in text for secret in secrets), (name, verb, path)
                read += status == 200
        await school.choose(people.protected_guardian, "institution", people.protected_pupil)
    assert read > 100
    listed = await school.listed(people.teacher)
    assert listed["Ukendt Elev"]["reach"] == "shown"
    others = await school.listed(people.guardian)
    assert others["Ukendt Voksen"]["name"] == "Ukendt Voksen"


async def test_to_choose_an_audience_takes_a_second_factor(
    browser: Browser, school: School
) -> None:
    """LOG-15, CNS-6: seeing one's choice takes one factor; changing it takes two, everywhere."""
    people = school.people
    anne = await browser(people.guardian)
    assert (await anne.get("/contacts/sharing")).status_code == 200
    path = f"/api/v1/contacts/sharing/{key(people.guardian)}"
    told = await anne.put(path, json={"audience": "institution"})
    assert told.status_code == 401
    assert "insufficient_user_authentication" in told.headers["www-authenticate"]
    form = {"person": key(people.guardian), "audience": "institution"}
    asked = await anne.post("/contacts/sharing", data=form, headers={"accept": "text/html"})
    assert asked.status_code == 401
    assert "/step-up?next=%2Fstep-up%2Fkept%2F" in asked.text
    mine = (await school.get(people.guardian, "/sharing"))["items"][0]
    assert (mine["is_me"], mine["chosen"]) == (True, None)
