"""Who gets in: every route of the plugin, tried by those whom a post does not concern."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

SECRET = "Hemmeligheden"
OWN_DRAFT = ("{draft_id:str}", "/autosave", "/publish")


def routes(running: Running) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Yield verb, path and handler of every route of the plugin, as the application knows them."""
    for route in running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "posts":
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


async def secret_post(board: NoticeBoard, people: People) -> dict[str, str]:
    """Let the teacher post to 3.A's guardians, with a comment, a report, a draft; return ids."""
    post = await board.post(people.teacher, title=SECRET, html=f"<p>{SECRET}</p>")
    comment = await board.comment(people.guardian, post, SECRET)
    body = {"reason": "other", "words": SECRET}
    sent = await board.do(people.other_guardian, "POST", f"/{post}/reports", **body)
    draft = f"pdr_{'7' * 32}"
    client = await board.client(people.teacher)
    kept = await client.post(f"/posts/drafts/{draft}/autosave", data={"title": SECRET})
    assert kept.status_code == 204, kept.text
    return {
        "post_id": post,
        "comment_id": comment,
        "report_id": sent["report"],
        "group_id": board.group("3.A").partition(":")[0],
        "draft_id": draft,
    }


async def try_all(
    running: Running, board: NoticeBoard, member: Member | None, ids: dict[str, str]
) -> list[tuple[str, str, int, str]]:
    """Send every request; return verb, path, status and body of each answer."""
    client = await board.client(member)
    answers = []
    for verb, path, handler in routes(running):
        body: dict[str, Any] = {}
        if path.startswith("/api/") and verb in {"POST", "PUT", "PATCH"}:
            body = {"json": taken(handler, _body(path))}
        elif verb == "POST":
            body = {"data": {"text": "x", "group": ids["group_id"]}}
        answer = await client.request(verb, fill(path, **ids), **body)
        answers.append((verb, path, answer.status_code, answer.text))
    return answers


def _body(path: str) -> dict[str, Any]:
    """Return what handlers below this path take."""
    if path.endswith("/reports"):
        return {"reason": "other"}
    if path.endswith("/decision"):
        return {"decision": "removed"}
    return {"title": "x", "html": "x", "text": "x", "audience": [f"grp_{'0' * 32}:pupil"]}


async def test_nobody_gets_in_anywhere(
    running: Running, board: NoticeBoard, people: People
) -> None:
    """Rule 23: nobody is answered 401 or sent to sign in, whether or not the object exists."""
    real = await secret_post(board, people)
    unknown = {name: f"{key[:4]}{'0' * 32}" for name, key in real.items()}
    for ids in (real, unknown):
        answers = await try_all(running, board, None, ids)
        assert len(answers) > 40
        for verb, path, status, text in answers:
            expected = 401 if path.startswith("/api/") else 303
            assert status == expected, (verb, path)
            assert SECRET not in text


async def test_strangers_meet_nothing(running: Running, board: NoticeBoard, people: People) -> None:
    """R10, ID-12, rule 23: with the right ids in hand a stranger opens and changes nothing.

    Strangers are also a colleague, the pupils of the class, the neighbour, and the father without
    access to his child.
    """
    ids = await secret_post(board, people)
    for name in (
        "stranger",
        "stranger_teacher",
        "colleague",
        "pupil",
        "neighbour",
        "without_access",
        "external",
    ):
        for verb, path, status, text in await try_all(running, board, getattr(people, name), ids):
            assert SECRET not in text, (name, verb, path)
            assert status < 500, (name, verb, path, text)
            if "{" in path and not path.endswith(OWN_DRAFT):
                assert status in {403, 404}, (name, verb, path, status)
    found = await board.read(people.teacher, ids["post_id"])
    assert (found["post"]["title"], found["post"]["comment_count"]) == (SECRET, 1)
    assert [one["text"] for one in await board.comments(people.teacher, ids["post_id"])] == [SECRET]
    client = await board.client(people.teacher)
    assert SECRET in (await client.get(f"/posts/drafts/{ids['draft_id']}")).text


async def test_readers_are_forbidden_what_is_not_theirs(board: NoticeBoard, people: People) -> None:
    """Rule 23: who sees it but may not gets 403; the same by who may is carried out."""
    ids = await secret_post(board, people)
    post, comment = f"/{ids['post_id']}", f"/comments/{ids['comment_id']}"
    words = {"title": "x", "html": "<p>x</p>"}
    off = f"{post}/groups/{ids['group_id']}"
    for member in (people.other_parent, people.other_guardian):
        await board.refused(403, member, "PUT", post, **words)
        await board.refused(403, member, "DELETE", post)
        await board.refused(403, member, "PATCH", comment, text="x")
        await board.refused(403, member, "DELETE", comment)
        await board.refused(403, member, "DELETE", off)
        await board.refused(403, member, "GET", "/reports")
    await board.refused(403, people.leader, "DELETE", off)
    await board.do(people.teacher, "PUT", post, **words)
    await board.do(people.guardian, "PATCH", comment, text="x")
    await board.do(people.guardian, "DELETE", comment)
    await board.do(people.admin, "DELETE", off)
    await board.do(people.teacher, "DELETE", post)


async def test_who_looks_after_posts_opens_them_and_is_not_flooded(
    board: NoticeBoard, people: People
) -> None:
    """ADM-6: leaders and administrators read each post of their institution, by its link only."""
    post = await board.post(people.teacher)
    elsewhere = await board.post(people.pedagogue, board.group("Stjernerne"))
    for member in (people.leader, people.admin):
        assert await board.feed(member) == []
        found = await board.read(member, post)
        assert found["may"]["comment"] is False
        await board.refused(404, member, "GET", f"/{elsewhere}")
    assert await board.feed(people.admin, "?box=institution") == [post]
    await board.refused(403, people.leader, "GET", "?box=institution")


async def test_ids_say_their_kind(board: NoticeBoard, people: People) -> None:
    """Rule 10: an id of another kind is an error with a name, not a puzzling "not found"."""
    ids = await secret_post(board, people)
    problem = await board.refused(400, people.teacher, "GET", f"/{ids['comment_id']}")
    assert (problem["code"], problem["expected"]) == ("id.wrong-kind", "pst")
