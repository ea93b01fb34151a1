"""What one is writing is kept on the server (MSG-16)."""

from datetime import timedelta

import sqlalchemy as sa

from aula_plugins.messages.models import draft
from aula_plugins.messages.service.drafting import drop_stale_drafts
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person

DRAFT = f"dft_{'a' * 32}"


async def test_a_new_message_is_kept_until_it_is_sent(post: PostOffice, people: People) -> None:
    """MSG-16: kept as it stands, listed, changed in place, gone once sent."""
    to = [person(people.guardian)]
    for subject in ("Tur", "Tur på fredag"):
        answer = await post.ask(
            people.teacher,
            "PUT",
            f"/drafts/{DRAFT}",
            subject=subject,
            html="<p>Hus</p>",
            recipients=to,
        )
        assert answer.status_code == 204
    kept = (await post.get(people.teacher, "/drafts"))["items"]
    assert [(one["id"], one["subject"], one["recipients"]) for one in kept] == [
        (DRAFT, "Tur på fredag", to)
    ]
    assert (await post.get(people.colleague, "/drafts"))["items"] == []
    client = await post.client(people.teacher)
    sent = await client.post(
        f"/messages/drafts/{DRAFT}",
        data={"subject": "Tur på fredag", "html": "Husk madpakke", "recipient": to},
    )
    assert sent.status_code == 303
    assert (await post.get(people.teacher, "/drafts"))["items"] == []
    assert (await post.inbox(people.guardian))[0]["subject"] == "Tur på fredag"


async def test_an_answer_has_one_draft(post: PostOffice, people: People) -> None:
    """MSG-16: one per person and conversation; it marks the list, and is gone once sent."""
    thread = await post.start(people.teacher, post.group("3.A"))
    path = f"/threads/{thread}/draft"
    for words in ("<p>Vi</p>", "<p>Vi kommer</p>"):
        assert (await post.ask(people.guardian, "PUT", path, html=words)).status_code == 204
    assert (await post.inbox(people.guardian))[0]["has_draft"] is True
    assert (await post.inbox(people.other_parent))[0]["has_draft"] is False
    kept = (await post.get(people.guardian, "/drafts"))["items"]
    assert [(one["thread"], one["html"]) for one in kept] == [(thread, "<p>Vi kommer</p>")]
    await post.reply(people.guardian, thread)
    assert (await post.inbox(people.guardian, f"?origin={thread}"))[0]["has_draft"] is False
    assert (await post.get(people.guardian, "/drafts"))["items"] == []


async def test_an_empty_answer_is_no_draft(post: PostOffice, people: People) -> None:
    """Nothing is kept when everything was deleted again."""
    thread = await post.start(people.teacher, person(people.guardian))
    path = f"/threads/{thread}/draft"
    await post.ask(people.guardian, "PUT", path, html="<p>Nej</p>")
    await post.ask(people.guardian, "PUT", path, html="<p></p>")
    assert (await post.get(people.guardian, "/drafts"))["items"] == []


async def test_drafts_are_made_safe(post: PostOffice, people: People) -> None:
    """A draft is shown in the editor again, so it is cleaned like a message."""
    await post.ask(people.teacher, "PUT", f"/drafts/{DRAFT}", html="<p>Hej<script>x</script></p>")
    assert (await post.get(people.teacher, "/drafts"))["items"][0]["html"] == "<p>Hej</p>"


async def test_old_drafts_are_removed(post: PostOffice, people: People, platform: Platform) -> None:
    """Privacy: a draft that nobody touched for a year is gone; a younger one stays."""
    other = f"dft_{'b' * 32}"
    for key in (DRAFT, other):
        await post.ask(people.teacher, "PUT", f"/drafts/{key}", subject=key, html="x")
    async with platform.write() as write:
        long_ago = write.now - timedelta(days=366)
        old = sa.update(draft).where(draft.c.subject == DRAFT).values(updated_at=long_ago)
        await write.execute(old)
    await drop_stale_drafts(platform)
    assert [one["id"] for one in (await post.get(people.teacher, "/drafts"))["items"]] == [other]
