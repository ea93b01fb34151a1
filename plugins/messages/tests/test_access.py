"""Who gets in: every route of the plugin, tried by those whom a conversation does not concern."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from aula_sdk.db import Id
from aula_sdk.testing.kernel import Member, Running
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person

SECRET = "Hemmeligheden"


def routes(running: Running) -> Iterator[tuple[str, str]]:
    """Yield verb and path of every route of the plugin, as the application knows them."""
    for route in running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.opt.get("plugin") == "messages":
                for verb in sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                    yield verb, route.path


def fill(path: str, **ids: str) -> str:
    """Return the path with real ids in it."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: ids[found[1]], path)


async def secret_thread(post: PostOffice, people: People) -> dict[str, str]:
    """Let the teacher write to Alma's mother, with a draft and an answer; return the ids."""
    thread = await post.start(
        people.teacher, person(people.guardian), subject=SECRET, html=f"<p>{SECRET}</p>"
    )
    item = (await post.thread(people.teacher, thread))["messages"]["items"][0]
    draft = f"dft_{'7' * 32}"
    await post.ask(people.teacher, "PUT", f"/drafts/{draft}", subject=SECRET, html=SECRET)
    return {"thread_id": thread, "message_id": item["id"], "draft_id": draft}


async def try_all(
    running: Running, post: PostOffice, member: Member | None, ids: dict[str, str]
) -> list[tuple[str, str, int, str]]:
    """Send every request; return verb, path, status and body of each answer."""
    client = await post.client(member)
    answers = []
    for verb, path in routes(running):
        body: dict[str, Any] = {}
        if path.startswith("/api/") and verb in {"POST", "PUT", "PATCH"}:
            body = {"json": {"html": "x", "recipients": [], "subject": "x"}}
        answer = await client.request(verb, fill(path, **ids), **body)
        answers.append((verb, path, answer.status_code, answer.text))
    return answers


async def test_nobody_gets_in_anywhere(running: Running, post: PostOffice, people: People) -> None:
    """Rule 23: nobody is answered 401 or sent to sign in, whether or not the object exists."""
    for ids in (
        await secret_thread(post, people),
        {
            "thread_id": f"thr_{'0' * 32}",
            "message_id": f"msg_{'0' * 32}",
            "draft_id": f"dft_{'0' * 32}",
        },
    ):
        answers = await try_all(running, post, None, ids)
        assert len(answers) > 30
        for verb, path, status, text in answers:
            expected = 401 if path.startswith("/api/") else 303
            assert status == expected, (verb, path)
            assert SECRET not in text


async def test_strangers_meet_nothing(running: Running, post: PostOffice, people: People) -> None:
    """R10, rule 23: with the right ids in hand, a stranger gets 404 where there is an object.

    Colleagues, leaders and administrators of the same school are strangers too (R2).
    """
    ids = await secret_thread(post, people)
    for name in ("stranger", "stranger_teacher", "colleague", "leader", "admin", "pupil"):
        for verb, path, status, text in await try_all(running, post, getattr(people, name), ids):
            assert SECRET not in text, (name, verb, path)
            assert status < 500, (name, verb, path, text)
            if "{" in path:
                is_draft_of_own = path.endswith(("{draft_id:str}", "/autosave", "/send"))
                assert status in {400, 403, 404, 422} or is_draft_of_own, (name, verb, path)
    found = await post.thread(people.teacher, ids["thread_id"])
    assert found["participant_count"] == 2
    assert [item["kind"] for item in found["messages"]["items"]] == ["written"]


async def test_a_draft_cannot_be_written_over(post: PostOffice, people: People) -> None:
    """R10: a draft's id in somebody else's hand changes nothing and tells nothing."""
    ids = await secret_thread(post, people)
    path = f"/drafts/{ids['draft_id']}"
    await post.refused(404, people.colleague, "PUT", path, subject="Overskrevet")
    await post.refused(404, people.colleague, "DELETE", path)
    drafts = (await post.get(people.teacher, "/drafts"))["items"]
    assert [draft["subject"] for draft in drafts] == [SECRET]


async def test_ids_say_their_kind(post: PostOffice, people: People) -> None:
    """Rule 10: an id of another kind is an error with a name, not a puzzling "not found"."""
    ids = await secret_thread(post, people)
    path = f"/threads/{ids['message_id']}"
    problem = await post.refused(400, people.teacher, "GET", path)
    assert (problem["code"], problem["expected"]) == ("id.wrong-kind", "thr")


async def cut_access(running: Running, guardian: Member, child: Member) -> None:
    """Let the guardian lose custody and access, as the administrative system would say."""
    ties = sa.table(
        "stamdata_guardianship",
        sa.column("guardian_person_id", Id),
        sa.column("child_person_id", Id),
        sa.column("custody", sa.Boolean),
        sa.column("extended_access", sa.Boolean),
    )
    async with running.platform.write() as write:
        await write.execute(
            sa.update(ties)
            .where(
                ties.c.guardian_person_id == guardian.person_id,
                ties.c.child_person_id == child.person_id,
            )
            .values(custody=False, extended_access=False)
        )


async def test_lost_access_closes_conversations_at_once(
    running: Running, post: PostOffice, people: People
) -> None:
    """R7: a guardian who loses access no longer sees what came on account of the child.

    The other parent still does, and so does the guardian what is about the other child.
    """
    school = await post.start(people.teacher, post.group("3.A"))
    own = await post.start(people.guardian, person(people.teacher))
    daycare = await post.start(people.pedagogue, post.group("Stjernerne"))
    assert {item["id"] for item in await post.inbox(people.guardian)} == {school, own, daycare}
    await cut_access(running, people.guardian, people.pupil)
    assert [item["id"] for item in await post.inbox(people.guardian)] == [daycare]
    assert "1 new" in (await (await post.client(people.guardian)).get("/messages")).text
    for verb, path in (
        ("GET", f"/threads/{school}"),
        ("GET", f"/threads/{school}/messages"),
        ("GET", f"/threads/{own}/participants"),
    ):
        await post.refused(404, people.guardian, verb, path)
    await post.refused(404, people.guardian, "POST", f"/threads/{own}/messages", html="x")
    assert {item["id"] for item in await post.inbox(people.other_parent)} == {school}


async def test_who_has_lost_access_is_not_answered(
    running: Running, post: PostOffice, people: People
) -> None:
    """R7: an answer to the sender does not reach a guardian without access any more."""
    thread = await post.start(people.teacher, post.group("3.A"))
    await post.reply(people.guardian, thread, to="all")
    await cut_access(running, people.guardian, people.pupil)
    problem = await post.refused(
        409, people.teacher, "POST", f"/threads/{thread}/messages", html="x"
    )
    assert problem["code"] == "messages.sender-gone"
    await post.refused(
        422,
        people.teacher,
        "POST",
        "/threads",
        subject="S",
        html="x",
        recipients=[person(people.without_access)],
    )


async def test_where_nobody_reads_any_more_nothing_is_answered(
    running: Running, post: PostOffice, people: People
) -> None:
    """R7: of two the other, and of several all, have lost access: an answer says so."""
    alone = await post.start(people.teacher, person(people.guardian))
    several = await post.start(people.teacher, person(people.guardian), person(people.other_parent))
    gone = (409, people.teacher, "POST", f"/threads/{alone}/messages")
    await cut_access(running, people.guardian, people.pupil)
    assert (await post.refused(*gone, html="x"))["code"] == "messages.sender-gone"
    assert (await post.refused(*gone, html="x", to="all"))["code"] == "messages.nobody-to-answer"
    await post.reply(people.teacher, several, to="all", html="<p>Til Anders</p>")
    assert (await post.words(people.other_parent, several))[-1] == "<p>Til Anders</p>"
    await cut_access(running, people.other_parent, people.pupil)
    all_gone = (409, people.teacher, "POST", f"/threads/{several}/messages")
    problem = await post.refused(*all_gone, html="x", to="all")
    assert problem["code"] == "messages.nobody-to-answer"
    for thread in (alone, several):
        assert "<p>x</p>" not in await post.words(people.teacher, thread)
