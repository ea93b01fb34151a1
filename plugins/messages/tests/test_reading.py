"""Lists, counters and budgets."""

from collections.abc import Callable
from typing import Any

import pytest

from aula_sdk.ids import PERSON
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


def about_messages(counted: Any) -> int:
    """Return how many of the statements were the plugin's own."""
    return len([one for one in counted.statements if "messages_" in one or "files_file" in one])


async def test_the_newest_activity_is_on_top(post: PostOffice, people: People) -> None:
    """MSG-1: sent and received are one list; an answer lifts its conversation."""
    first = await post.start(people.teacher, person(people.guardian), subject="A")
    second = await post.start(people.guardian, person(people.teacher), subject="B")
    assert [item["id"] for item in await post.inbox(people.guardian)] == [second, first]
    await post.reply(people.guardian, first)
    assert [item["id"] for item in await post.inbox(people.teacher)] == [first, second]


async def test_pages_neither_repeat_nor_lose(post: PostOffice, people: People) -> None:
    """MSG-5: 20 a page by cursor; what arrives in between disturbs nothing."""
    sent = [await post.start(people.teacher, person(people.colleague)) for _ in range(45)]
    seen: list[str] = []
    query = ""
    while True:
        page = await post.get(people.colleague, f"/threads{query}")
        assert len(page["items"]) <= 20
        seen += [item["id"] for item in page["items"]]
        await post.start(people.leader, person(people.colleague))
        if page["next"] is None:
            break
        query = f"?after={page['next']}"
    assert seen == list(reversed(sent))


async def test_messages_come_in_pages(post: PostOffice, people: People) -> None:
    """MSG-5: the messages of a conversation are paged by themselves."""
    thread = await post.start(people.teacher, person(people.guardian), html="<p>0</p>")
    for number in range(1, 26):
        await post.reply(people.teacher, thread, html=f"<p>{number}</p>")
    first = (await post.thread(people.guardian, thread))["messages"]
    second = await post.get(people.guardian, f"/threads/{thread}/messages?after={first['next']}")
    words = [item["html"] for item in first["items"] + second["items"]]
    assert words == [f"<p>{number}</p>" for number in range(25, -1, -1)]
    assert second["next"] is None


async def test_unread_is_counted_per_person(post: PostOffice, people: People) -> None:
    """MSG-2: each participant has an own count; the writer has none, reading clears one's own."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    await post.reply(people.teacher, thread, to="all")
    unread = {
        name: (await post.thread(member, thread))["unread"]
        for name, member in (
            ("writer", people.teacher),
            ("anne", people.guardian),
            ("jonas", people.colleague),
        )
    }
    assert unread == {"writer": 0, "anne": 2, "jonas": 2}
    answer = await post.ask(people.guardian, "PATCH", f"/threads/{thread}", unread=False)
    assert answer.status_code == 204
    assert (await post.thread(people.guardian, thread))["unread"] == 0
    assert (await post.thread(people.colleague, thread))["unread"] == 2
    await post.ask(people.guardian, "PATCH", f"/threads/{thread}", unread=True)
    assert [item["id"] for item in await post.inbox(people.guardian, "?box=unread")] == [thread]


async def test_muted_conversations_are_silent(post: PostOffice, people: People) -> None:
    """MSG-25: a muted conversation is listed as unread and not counted in the navigation."""
    thread = await post.start(people.teacher, person(people.guardian))
    client = await post.client(people.guardian)
    assert "1 new" in (await client.get("/messages")).text
    await post.ask(people.guardian, "PATCH", f"/threads/{thread}", muted=True)
    page = (await client.get("/messages")).text
    assert "1 new" not in page
    assert "thread-item--unread" in page
    assert (await post.thread(people.teacher, thread))["muted"] is False


async def test_the_list_is_filtered_by_child(post: PostOffice, people: People) -> None:
    """MSG-9: a guardian of children at two institutions sees one child's conversations."""
    school = await post.start(people.teacher, post.group("3.A"))
    daycare = await post.start(people.pedagogue, post.group("Stjernerne"))
    both = [item["id"] for item in await post.inbox(people.guardian)]
    assert both == [daycare, school]
    for child, expected in ((people.pupil, school), (people.sibling, daycare)):
        key = PERSON.format(child.person_id)
        found = await post.inbox(people.guardian, f"?child={key}")
        assert [item["id"] for item in found] == [expected]
    key = PERSON.format(people.classmate.person_id)
    await post.refused(422, people.guardian, "GET", f"/threads?child={key}")


@pytest.mark.parametrize("path", ["/messages", "/messages/list", "/api/v1/messages/threads"])
async def test_a_list_takes_three_statements(
    post: PostOffice, people: People, count_statements: Callable[[], Any], path: str
) -> None:
    """Budget: a list of 20 takes at most 3 statements, the badge among them."""
    for _ in range(22):
        await post.start(people.teacher, post.group("3.A"), regarding=[person(people.pupil)])
    client = await post.client(people.guardian)
    await client.get(path)
    with count_statements() as counted:
        assert (await client.get(path)).status_code == 200
    assert about_messages(counted) <= 3


async def test_a_conversation_takes_five_statements(
    post: PostOffice, people: People, count_statements: Callable[[], Any]
) -> None:
    """Budget: a conversation takes at most 5 statements, however many take part."""
    thread = await post.start(people.teacher, post.group("3.A"))
    for number in range(8):
        await post.reply(people.other_guardian, thread, to="all", html=f"<p>{number}</p>")
    client = await post.client(people.guardian)
    for path, budget in ((f"/api/v1/messages/threads/{thread}", 5), (f"/messages/{thread}", 6)):
        with count_statements() as counted:
            assert (await client.get(path)).status_code == 200
        # A page counts the badge too, and marks as read.
        assert about_messages(counted) <= budget
