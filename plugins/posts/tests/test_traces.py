"""What every act leaves behind: audit, event, and word to open pages."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from aula_plugins.posts.ids import REPORT
from aula_sdk.db import JSON, Id
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

AUDIT = sa.table(
    "audit_entry",
    sa.column("kind"),
    sa.column("action"),
    sa.column("object_id", Id),
    sa.column("details", JSON),
    sa.column("id"),
)
TOPICS = sa.table("events_topic", sa.column("name"), sa.column("profiles", JSON))
OUTBOX = sa.table("events_outbox", sa.column("name"), sa.column("payload", JSON), sa.column("id"))


async def everything(platform: Platform, table: sa.TableClause) -> Sequence[sa.Row[Any]]:
    """Return the rows of a table of the kernel, the oldest first."""
    async with platform.read() as read:
        return await read.rows(sa.select(table).order_by(table.c.id))


async def test_every_act_is_audited_and_told(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """Rules 17 and 18: one audit row for each act, and the event that goes with it."""
    post = await board.post(people.teacher, board.group("3.A"), board.group("3.B"))
    await board.do(people.teacher, "PUT", f"/{post}", title="T", html="<p>x</p>")
    comment = await board.comment(people.guardian, post)
    await board.do(people.guardian, "PATCH", f"/comments/{comment}", text="Ny")
    sent = await board.do(people.neighbour, "POST", f"/{post}/reports", reason="other")
    path = f"/reports/{sent['report']}/decision"
    await board.do(people.admin, "POST", path, decision="kept")
    await board.do(people.guardian, "DELETE", f"/comments/{comment}")
    group = board.group("3.A").partition(":")[0]
    await board.do(people.admin, "DELETE", f"/{post}/groups/{group}")
    await board.do(people.neighbour, "PATCH", f"/{post}", unread=False, bookmarked=True)
    await board.do(people.teacher, "DELETE", f"/{post}")
    entries = await everything(platform, AUDIT)
    audited = [row.action for row in entries if row.kind == "write"]
    assert [action for action in audited if action.startswith("posts.")] == [
        "posts.post_created",
        "posts.post_edited",
        "posts.comment_written",
        "posts.comment_edited",
        "posts.reported",
        "posts.report_decided",
        "posts.comment_withdrawn",
        "posts.post_removed_from_group",
        "posts.post_withdrawn",
    ]
    assert [row.name for row in await everything(platform, OUTBOX)] == [
        "posts.post_published.v1",
        "posts.post_edited.v1",
        "posts.comment_written.v1",
        "posts.comment_edited.v1",
        "posts.reported.v1",
        "posts.report_decided.v1",
        "posts.comment_withdrawn.v1",
        "posts.post_removed_from_group.v1",
        "posts.post_withdrawn.v1",
    ]


async def test_a_refusal_leaves_nothing(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """What was refused is neither audited nor told; the same with a good audience is."""
    body = {"title": "T", "html": "<p>x</p>"}
    bad = [board.group("3.A"), board.group("1.X")]
    await board.refused(422, people.teacher, "POST", "", audience=bad, **body)
    assert await everything(platform, OUTBOX) == []
    await board.do(people.teacher, "POST", "", audience=bad[:1], **body)
    assert len(await everything(platform, OUTBOX)) == 1


async def test_traces_hold_no_words(board: NoticeBoard, people: People, platform: Platform) -> None:
    """Rule 18: audit and events carry ids and numbers, never names, titles or words."""
    post = await board.post(people.teacher, title="Hemmelig", html="<p>Hemmelig</p>")
    await board.comment(people.guardian, post, "Hemmelig")
    await board.do(people.guardian, "POST", f"/{post}/reports", reason="other", words="Hemmelig")
    for table in (AUDIT, OUTBOX):
        for row in await everything(platform, table):
            assert "Hemmelig" not in str(row)
            assert "Anne" not in str(row)


async def test_reading_a_report_is_told_to_nobody(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """ADM-6, R19: it is in the audit; author, reporter and their parents see no such reading."""
    readers = (board.group("3.A"), board.group("3.A", "pupil"))
    comment = await board.comment(people.pupil, await board.post(people.teacher, *readers))
    sent = await board.do(people.classmate, "POST", f"/comments/{comment}/reports", reason="unkind")
    assert len((await board.get(people.admin, "/reports"))["items"]) == 1
    read = [row for row in await everything(platform, AUDIT) if row.kind == "look"]
    assert [(row.action, REPORT.format(row.object_id)) for row in read] == [
        ("posts.handle_reports", sent["report"])
    ]
    for member in (
        people.pupil, people.guardian, people.other_parent, people.classmate, people.other_guardian,
    ):  # fmt: skip
        told = await (await board.client(member)).get("/api/v1/profile/looks")
        assert told.status_code == 200
        assert told.json()["items"] == [], member.key


async def test_open_pages_are_told(board: NoticeBoard, people: People, platform: Platform) -> None:
    """Rule 22: a new post is told to those whom it reaches now; a comment to who talks there."""

    async def told() -> set[str]:
        async with platform.write() as write:
            rows = await write.rows(sa.select(TOPICS))
            await write.execute(sa.delete(TOPICS))
        return {profile for row in rows if row.name == "posts" for profile in row.profiles}

    def keys(*names: str) -> set[str]:
        return {getattr(people, name).profile_id.hex for name in names}

    post = await board.post(people.teacher)
    readers = ("guardian", "other_parent", "other_guardian", "protected_guardian")
    assert await told() == keys("teacher", *readers)
    await board.comment(people.guardian, post)
    assert await told() == keys("teacher", "guardian")
