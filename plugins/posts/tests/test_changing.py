"""Changing, withdrawing, publishing later, taking off a group; bookmarks and read state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import time_machine

from aula_plugins.posts.models import audience as audience_table
from aula_plugins.posts.models import post as post_table
from aula_plugins.posts.service.telling import announce_due
from aula_sdk.db import JSON, utc_now
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

OUTBOX = sa.table("events_outbox", sa.column("name"), sa.column("payload", JSON), sa.column("id"))


async def published(platform: Platform) -> int:
    """Return how many times it was told that a post can be read."""
    statement = sa.select(sa.func.count()).where(OUTBOX.c.name == "posts.post_published.v1")
    async with platform.read() as read:
        return int(await read.scalar(statement))


async def test_a_change_shows(board: NoticeBoard, people: People) -> None:
    """POST-1: other words, and that and when they changed; readers keep their place."""
    post = await board.post(people.teacher)
    change = {"title": "Tur på torsdag", "html": "<p>Flyttet</p>", "comments_allowed": False}
    await board.do(people.teacher, "PUT", f"/{post}", **change)
    found = await board.read(people.guardian, post)
    assert (found["post"]["title"], found["html"]) == ("Tur på torsdag", "<p>Flyttet</p>")
    assert found["post"]["edited_at"] is not None
    assert found["may"]["comment"] is False
    later = (utc_now() + timedelta(days=1)).isoformat()
    problem = await board.refused(
        409, people.teacher, "PUT", f"/{post}", **change, publish_at=later
    )
    assert problem["code"] == "posts.already-published"


async def test_a_withdrawn_post_leaves_its_place(board: NoticeBoard, people: People) -> None:
    """POST-1: title, words and comments are gone, that there was a post is not."""
    post = await board.post(people.teacher)
    comment = await board.comment(people.guardian, post)
    await board.do(people.teacher, "DELETE", f"/{post}")
    for member in (people.guardian, people.teacher):
        found = await board.read(member, post)
        assert (found["html"], found["post"]["title"]) == ("", "")
        assert found["post"]["withdrawn_by"] == "author"
        assert await board.feed(member) == [post]
        assert await board.comments(member, post) == []
    await board.refused(404, people.guardian, "PATCH", f"/comments/{comment}", text="x")
    problem = await board.refused(409, people.teacher, "DELETE", f"/{post}")
    assert problem["code"] == "posts.already-withdrawn"


async def test_a_post_waits_for_its_time(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """POST-1: until then only the writer knows of it; then it is announced exactly once."""
    moment = utc_now() + timedelta(minutes=10)
    post = await board.post(people.teacher, publish_at=moment.isoformat())
    assert await board.feed(people.guardian) == []
    await board.refused(404, people.guardian, "GET", f"/{post}")
    await board.refused(404, people.admin, "GET", f"/{post}")
    assert await board.feed(people.teacher, "?box=own") == [post]
    await announce_due(platform)
    assert await published(platform) == 0
    with time_machine.travel(moment + timedelta(seconds=1), tick=True):
        assert await board.feed(people.guardian) == [post]
        for _ in range(3):
            await announce_due(platform)
        assert await published(platform) == 1
    await board.post(people.teacher)
    await announce_due(platform)
    assert await published(platform) == 2


async def test_a_waiting_post_can_be_moved(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """POST-1: before it is out, another time leaves no trace; a past one publishes it now."""
    moment = utc_now() + timedelta(days=2)
    post = await board.post(people.teacher, publish_at=moment.isoformat())
    words = {"title": "T", "html": "<p>x</p>"}
    later = (moment + timedelta(days=1)).isoformat()
    await board.do(people.teacher, "PUT", f"/{post}", **words, publish_at=later)
    found = (await board.read(people.teacher, post))["post"]
    assert (found["publish_at"][:16], found["edited_at"]) == (later[:16], None)
    past = (utc_now() - timedelta(days=1)).isoformat()
    await board.do(people.teacher, "PUT", f"/{post}", **words, publish_at=past)
    assert await board.feed(people.guardian) == [post]
    assert await published(platform) == 1
    async with platform.read() as read:
        moments = await read.rows(
            sa.select(post_table.c.publish_at, audience_table.c.publish_at).join(
                audience_table, audience_table.c.post_id == post_table.c.id
            )
        )
    assert all(len(set(row)) == 1 for row in moments)


async def test_a_post_withdrawn_before_its_time_is_nobodys(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """POST-1: what was never out leaves no empty place in anybody's list."""
    moment = utc_now() + timedelta(minutes=10)
    post = await board.post(people.teacher, publish_at=moment.isoformat())
    await board.do(people.teacher, "DELETE", f"/{post}")
    with time_machine.travel(moment + timedelta(seconds=1), tick=True):
        await announce_due(platform)
        assert await board.feed(people.guardian) == []
        await board.refused(404, people.guardian, "GET", f"/{post}")
    assert await published(platform) == 0


async def test_administrators_take_a_post_off_a_group(board: NoticeBoard, people: People) -> None:
    """POST-6: one group loses it, the other keeps it, and the writer sees that it happened."""
    post = await board.post(people.teacher, board.group("3.A"), board.group("3.B"))
    group = board.group("3.A").partition(":")[0]
    await board.do(people.admin, "DELETE", f"/{post}/groups/{group}")
    await board.refused(404, people.guardian, "GET", f"/{post}")
    assert await board.feed(people.guardian) == []
    assert await board.feed(people.neighbour) == [post]
    audience = (await board.read(people.teacher, post))["post"]["audience"]
    assert [(one["name"], one["removed"]) for one in audience] == [("3.A", True), ("3.B", False)]
    await board.refused(404, people.admin, "DELETE", f"/{post}/groups/{group}")


async def test_reading_and_bookmarks_are_ones_own(board: NoticeBoard, people: People) -> None:
    """POST-3: unread until kept as read; bookmarked by one, not by others."""
    first, second = await board.post(people.teacher), await board.post(people.teacher)
    assert await board.feed(people.guardian, "?box=unread") == [second, first]
    assert await board.feed(people.teacher, "?box=unread") == []
    await board.do(people.guardian, "PATCH", f"/{first}", unread=False, bookmarked=True)
    assert await board.feed(people.guardian, "?box=unread") == [second]
    assert await board.feed(people.guardian, "?box=bookmarked") == [first]
    assert await board.feed(people.other_parent, "?box=unread") == [second, first]
    assert await board.feed(people.other_parent, "?box=bookmarked") == []
    await board.do(people.guardian, "PATCH", f"/{first}", unread=True, bookmarked=False)
    assert await board.feed(people.guardian, "?box=unread") == [second, first]
    assert await board.feed(people.guardian, "?box=bookmarked") == []
    client = await board.client(people.guardian)
    assert "2 new" in (await client.get("/posts")).text
    assert (await client.post("/posts/read-all")).status_code == 303
    assert await board.feed(people.guardian, "?box=unread") == []
    assert "2 new" not in (await client.get("/posts")).text


async def test_old_posts_do_not_nag(board: NoticeBoard, people: People, platform: Platform) -> None:
    """Promise 2: who joins a group does not meet its whole past as unread."""
    post = await board.post(people.teacher)
    async with platform.write() as write:
        old = write.now - timedelta(days=31)
        await write.execute(sa.update(post_table).values(publish_at=old))
        await write.execute(sa.update(audience_table).values(publish_at=old))
    assert await board.feed(people.guardian) == [post]
    assert await board.feed(people.guardian, "?box=unread") == []
    problem = await board.refused(409, people.guardian, "PATCH", f"/{post}", unread=True)
    assert problem["code"] == "posts.too-old-for-unread"


async def test_a_list_takes_few_statements(
    board: NoticeBoard, people: People, count_statements: Callable[[], Any]
) -> None:
    """Budget: a page of 20 takes at most 5 statements: list, on top, labels of both, the badge."""
    for number in range(22):
        await board.post(people.teacher, important={} if number < 2 else None)
    client = await board.client(people.guardian)
    for path in ("/posts", "/posts/list", "/api/v1/posts"):
        await client.get(path)
        with count_statements() as counted:
            assert (await client.get(path)).status_code == 200
        assert len([one for one in counted.statements if "posts_" in one]) <= 5, path


async def test_a_post_takes_few_statements(
    board: NoticeBoard, people: People, count_statements: Callable[[], Any]
) -> None:
    """Budget: a post with 20 comments and answers takes 4 statements; its page the badge too."""
    post = await board.post(people.teacher)
    for number in range(10):
        comment = await board.comment(people.guardian, post, str(number))
        await board.comment(people.teacher, post, "svar", parent=comment)
    client = await board.client(people.guardian)
    await client.get(f"/posts/{post}")
    for path, budget in ((f"/api/v1/posts/{post}", 2), (f"/posts/{post}", 5)):
        with count_statements() as counted:
            assert (await client.get(path)).status_code == 200
        assert len([one for one in counted.statements if "posts_" in one]) <= budget
