"""Who gets in: every route of the plugin, tried by those whom a group does not concern."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import People
from plugins.groups.tests.school_yard import SchoolYard, pro

SECRET = "Hemmeligheden"


def routes(running: Running) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Yield verb, path and handler of every route of the plugin, as the application knows them."""
    for route in running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "groups":
                for verb in sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                    yield verb, route.path, handler


def taken(handler: HTTPRouteHandler, body: dict[str, Any]) -> dict[str, Any]:
    """Return those fields that the handler's JSON knows, so that only the right decides."""
    field = handler.parsed_data_field
    if field is None:
        return {}
    known = {one.encode_name for one in msgspec.structs.fields(field.annotation)}
    return {name: value for name, value in body.items() if name in known}


def fill(path: str, **ids: str) -> str:
    """Return the path with real ids in it."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: ids[found[1]], path)


async def secret_group(yard: SchoolYard, people: People) -> dict[str, str]:
    """Let the teacher make a group with Alma in it, and somebody ask to join; return the ids."""
    group = await yard.make(
        people.teacher, SECRET, description=SECRET, access="application", kinds=["employee"]
    )
    asked = await yard.does(
        people.colleague, "POST", f"/{group}/join", who=pro(people.colleague), words=SECRET
    )
    made = await yard.does(people.leader, "POST", "/templates", name=SECRET)
    return {
        "group_id": group,
        "profile_id": pro(people.teacher),
        "part_id": f"{group}:pupil",
        "application_id": asked["application"],
        "template_id": made["id"],
    }


async def try_all(
    running: Running, yard: SchoolYard, member: Member | None, ids: dict[str, str]
) -> list[tuple[str, str, int, str]]:
    """Send every request; return verb, path, status and body of each answer."""
    client = await yard.client(member)
    answers = []
    for verb, path, handler in routes(running):
        sent: dict[str, Any] = {}
        body = {
            "name": "x",
            "words": "he",
            "who": ids["profile_id"],
            "people": [ids["profile_id"]],
            "accept": True,
        }
        if verb in {"POST", "PUT"}:
            is_api = path.startswith("/api/")
            sent = {"json": taken(handler, body)} if is_api else {"data": body}
        answer = await client.request(verb, fill(path, **ids), **sent)
        answers.append((verb, path, answer.status_code, answer.text))
    return answers


async def test_nobody_gets_in_anywhere(running: Running, yard: SchoolYard, people: People) -> None:
    """Rule 23: nobody is answered 401 or sent to sign in, whether or not the object exists."""
    answers = await try_all(running, yard, None, await secret_group(yard, people))
    assert len(answers) > 35
    for verb, path, status, text in answers:
        assert status == (401 if path.startswith("/api/") else 303), (verb, path)
        assert SECRET not in text


async def test_strangers_meet_nothing(running: Running, yard: SchoolYard, people: People) -> None:
    """R10, rule 23: with the right ids in hand, a stranger gets 404 (or 403 without the right)."""
    ids = await secret_group(yard, people)
    strangers = ("stranger", "stranger_teacher", "pupil", "guardian", "external", "pedagogue")
    for name in strangers:
        for verb, path, status, text in await try_all(running, yard, getattr(people, name), ids):
            assert SECRET not in text, (name, verb, path)
            if "{" in path:
                assert status in {403, 404}, (name, verb, path, status)
            assert status < 500, (name, verb, path)
    found = await yard.read(people.teacher, ids["group_id"])
    assert (found["name"], found["size"], len(found["editors"])) == (SECRET, 0, 1)


async def test_a_colleague_sees_but_does_not_change(
    running: Running, yard: SchoolYard, people: People
) -> None:
    """Rule 23, appendix E: staff of the institution see a group; changing it is for its editors."""
    ids = await secret_group(yard, people)
    for verb, path, status, text in await try_all(running, yard, people.colleague, ids):
        is_own = path.endswith(("/join", "/withdraw", "/leave"))
        if "{group_id" in path and verb != "GET" and not is_own:
            assert status in {403, 422}, (verb, path, status)
        assert status < 500, (verb, path, text)
    found = await yard.read(people.teacher, ids["group_id"])
    assert (found["name"], found["size"], len(found["editors"])) == (SECRET, 0, 1)


async def test_ids_say_their_kind(yard: SchoolYard, people: People) -> None:
    """Rule 10: an id of another kind is an error with a name, not a puzzling "not found"."""
    problem = await yard.refused(400, people.teacher, "GET", f"/{pro(people.pupil)}")
    assert (problem["code"], problem["expected"]) == ("id.wrong-kind", "grp")


async def test_a_list_takes_few_statements(
    yard: SchoolYard, people: People, count_statements: Any
) -> None:
    """Query budgets: a list is one statement, a group with its people at most seven."""
    group = await yard.make(people.teacher, access="open", show_members=True)
    await yard.add(people.teacher, group, pro(people.pupil), pro(people.classmate))
    for path, budget in (("/", 1), ("/?mine=true", 1), (f"/{group}", 7)):
        await yard.does(people.teacher, "GET", path)
        with count_statements() as counted:
            await yard.does(people.teacher, "GET", path)
        # The kernel's own reads of the session and the actor go past the published views.
        own = [one for one in counted.statements if "_v1" in one or "groups_" in one]
        assert len(own) <= budget, own
