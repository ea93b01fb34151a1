"""What every act leaves behind: audit, event, and word to open pages."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from aula_sdk.db import JSON
from aula_sdk.protocols import Platform
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person

AUDIT = sa.table(
    "audit_entry",
    sa.column("kind"),
    sa.column("action"),
    sa.column("details", JSON),
    sa.column("id"),
)
OUTBOX = sa.table("events_outbox", sa.column("name"), sa.column("payload", JSON), sa.column("id"))


async def everything(platform: Platform, table: sa.TableClause) -> Sequence[sa.Row[Any]]:
    """Return the rows of a table of the kernel, the oldest first."""
    async with platform.read() as read:
        return await read.rows(sa.select(table).order_by(table.c.id))


async def test_every_act_is_audited_and_told(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """Rules 17 and 18: one audit row for each act, and the event that goes with it."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.leader))
    await post.reply(people.teacher, thread, to="all")
    item = (await post.thread(people.teacher, thread))["messages"]["items"][0]["id"]
    await post.ask(people.teacher, "PATCH", f"/messages/{item}", html="<p>Ny</p>")
    await post.ask(people.teacher, "DELETE", f"/messages/{item}")
    body = {"recipients": [person(people.colleague)]}
    await post.ask(people.teacher, "POST", f"/threads/{thread}/participants", **body)
    await post.ask(people.colleague, "DELETE", f"/threads/{thread}/participants/me")
    entries = await everything(platform, AUDIT)
    audited = [row.action for row in entries if row.kind == "write"]
    assert [action for action in audited if action.startswith("messages.")] == [
        "messages.thread_started",
        "messages.message_sent",
        "messages.message_edited",
        "messages.message_withdrawn",
        "messages.participants_added",
        "messages.participant_left",
    ]
    assert [row.name for row in await everything(platform, OUTBOX)] == [
        "messages.message_sent.v1",
        "messages.message_sent.v1",
        "messages.message_edited.v1",
        "messages.message_withdrawn.v1",
        "messages.participants_added.v1",
        "messages.participant_left.v1",
    ]


async def test_a_refusal_leaves_nothing(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """What was refused is neither audited nor told; the same with good recipients is."""
    bad = {"subject": "S", "html": "x", "recipients": [person(people.stranger)]}
    await post.refused(422, people.teacher, "POST", "/threads", **bad)
    assert await everything(platform, OUTBOX) == []
    await post.start(people.teacher, person(people.guardian))
    assert len(await everything(platform, OUTBOX)) == 1


async def test_traces_hold_no_words(post: PostOffice, people: People, platform: Platform) -> None:
    """Rule 18: audit and events carry ids and numbers, never names, subjects or words."""
    await post.start(
        people.teacher, person(people.guardian), subject="Hemmelig", html="<p>Hemmelig</p>"
    )
    for table in (AUDIT, OUTBOX):
        for row in await everything(platform, table):
            assert "Hemmelig" not in str(row)
            assert "Anne" not in str(row)


async def test_parents_are_told_what_staff_reads_and_not_each_other(
    post: PostOffice, people: People
) -> None:
    """R19: readings about the child are told, but not that the other parent has opened anything."""
    thread = await post.start(people.teacher, post.group("3.A"), regarding=[person(people.pupil)])

    async def read_all(reader: Member) -> None:
        await post.inbox(reader)
        await post.thread(reader, thread)

    async def told(member: Member) -> list[str]:
        answer = await (await post.client(member)).get("/api/v1/profile/looks")
        return [f"{one['role']}: {' '.join(one['about'])}" for one in answer.json()["items"]]

    await read_all(people.guardian)
    await read_all(people.other_parent)
    assert {one.key: await told(one) for one in (people.guardian, people.other_parent)} == {
        "guardian": [],
        "other_parent": [],
    }
    await read_all(people.teacher)
    for parent in (people.guardian, people.other_parent):
        assert await told(parent) == ["Employee: Alma Skov"] * 2
