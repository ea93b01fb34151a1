"""What is given out about a person, and what is left when the person is erased."""

from typing import Any

import sqlalchemy as sa

from aula_plugins.messages.models import metadata
from aula_plugins.messages.privacy import SUBJECT_DATA
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.protocols import Platform
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


async def busy_week(post: PostOffice, people: People) -> tuple[str, str]:
    """Let the guardian take part in everything; return two conversations."""
    alma = person(people.pupil)
    thread = await post.start(people.teacher, post.group("3.A"), regarding=[alma])
    await post.reply(people.guardian, thread, to="all", html="<p>Annes ord</p>")
    own = await post.start(people.guardian, person(people.teacher), html="<p>Fra Anne</p>")
    await post.reply(people.teacher, own, html="<p>Mettes ord</p>")
    await post.ask(
        people.guardian,
        "POST",
        f"/threads/{own}/participants",
        recipients=[person(people.other_guardian)],
    )
    await post.ask(people.guardian, "PUT", f"/threads/{own}/draft", html="<p>Annes kladde</p>")
    return thread, own


async def export(platform: Platform, member: Member) -> list[tuple[str, dict[str, Any]]]:
    """Return everything that is given out about a person."""
    async with platform.read() as read:
        return [row async for row in SUBJECT_DATA.export(member.person_id, read)]


async def test_everything_about_a_person_is_given_out(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """R25: every row that names the person, in every table, and what was written to the person."""
    await busy_week(post, people)
    found = await export(platform, people.guardian)
    assert {name for name, _row in found} == {
        "messages_thread",
        "messages_message",
        "messages_participant",
        "messages_participant_child",
        "messages_draft",
    }
    words = {row["html"] for name, row in found if name == "messages_message"}
    assert {"<p>Annes ord</p>", "<p>Fra Anne</p>"} <= words
    received = [row for name, row in found if row.get("html") == "<p>Mettes ord</p>"]
    assert [row["author_name"] for row in received] == ["Mette Holm"]
    child = {name for name, _row in await export(platform, people.pupil)}
    assert child == {"messages_participant_child", "messages_regarding"}
    assert "Mettes ord" not in str(await export(platform, people.other_parent))
    added = {name for name, _row in await export(platform, people.other_guardian)}
    assert "messages_message_person" in added
    assert await export(platform, people.stranger) == []


async def test_who_has_left_a_post_is_given_nothing_of_it(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """R7: a parent who worked there is given what others wrote to the parent, and one's own words.

    What others wrote to the employee is no more given than it could be read.
    """
    await post.start(people.leader, person(people.teacher), html="<p>Til Mette</p>")
    await post.start(people.teacher, person(people.leader), html="<p>Fra Mette</p>")
    await post.start(people.leader, person(people.guardian), html="<p>Til Anne</p>")
    profiles = sa.table(
        "stamdata_profile", sa.column("id", Id), sa.column("person_id", Id),
        sa.column("valid_to", Instant),
    )  # fmt: skip
    job = profiles.c.id == people.teacher.profile_id
    for change, words in (
        ({"person_id": people.guardian.person_id}, {"Til Mette", "Fra Mette", "Til Anne"}),
        ({"valid_to": utc_now()}, {"Fra Mette", "Til Anne"}),
    ):
        async with platform.write() as write:
            await write.execute(sa.update(profiles).where(job).values(change))
        found = await export(platform, people.guardian)
        given = {row["html"] for name, row in found if name == "messages_message"}
        assert given == {f"<p>{one}</p>" for one in words}


async def test_erasing_leaves_no_trace_of_the_person(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """GDPR art. 17: no id, name or word is left; what others wrote stays in its place."""
    thread, own = await busy_week(post, people)
    async with platform.write() as write:
        assert await SUBJECT_DATA.erase(people.guardian.person_id, write) > 0
    assert await export(platform, people.guardian) == []
    async with platform.read() as read:
        profiles = {one.profile_id for one in people.profiles if one.key == "guardian"}
        for table in metadata.sorted_tables:
            for row in await read.rows(sa.select(table)):
                assert not profiles & set(row), table.name
                assert not any("Anne" in str(value) for value in row), table.name
    found = await post.thread(people.teacher, own)
    items = [item for item in found["messages"]["items"] if item["kind"] == "written"]
    assert [(item["html"], item["author"]["id"] is None) for item in items] == [
        ("<p>Mettes ord</p>", False),
        ("", True),
    ]
    assert (found["participant_count"], found["creator"]) == (2, {"id": None, "name": ""})
    assert (await post.words(people.other_parent, thread)) == ["<p>Husk madpakke</p>", ""]
    client = await post.client(people.teacher)
    for path in ("/messages", f"/messages/{own}", f"/messages/{own}/people"):
        assert (await client.get(path)).status_code == 200
