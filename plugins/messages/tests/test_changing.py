"""Changing and withdrawing what one has sent (MSG-19)."""

from typing import Any

from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


async def newest(post: PostOffice, member: Member, thread: str) -> dict[str, Any]:
    """Return the newest message as the member sees it."""
    item: dict[str, Any] = (await post.thread(member, thread))["messages"]["items"][0]
    return item


async def test_a_change_leaves_a_trace(post: PostOffice, people: People) -> None:
    """MSG-19: all see the new words and that they are new."""
    thread = await post.start(people.teacher, person(people.guardian))
    before = await newest(post, people.guardian, thread)
    path = f"/messages/{before['id']}"
    answer = await post.ask(people.teacher, "PATCH", path, html="<p>Kl. 9 <script>x</script></p>")
    assert answer.status_code == 204
    after = await newest(post, people.guardian, thread)
    assert (before["edited_at"], after["html"]) == (None, "<p>Kl. 9 </p>")
    assert after["edited_at"] is not None
    assert (await post.inbox(people.guardian))[0]["latest"]["excerpt"] == "Kl. 9"


async def test_withdrawing_leaves_an_empty_place(post: PostOffice, people: People) -> None:
    """MSG-19: the words are gone for everybody, that there was a message is not."""
    thread = await post.start(people.teacher, person(people.guardian))
    path = f"/messages/{(await newest(post, people.teacher, thread))['id']}"
    assert (await post.ask(people.teacher, "DELETE", path)).status_code == 204
    for member in (people.teacher, people.guardian):
        seen = await newest(post, member, thread)
        assert (seen["html"], seen["author"]["name"]) == ("", "Mette Holm")
        assert seen["withdrawn_at"] is not None
        latest = (await post.inbox(member))[0]["latest"]
        assert (latest["excerpt"], latest["withdrawn"]) == ("", True)
    for verb, body in (("PATCH", {"html": "x"}), ("DELETE", {})):
        problem = await post.refused(409, people.teacher, verb, path, **body)
        assert problem["code"] == "messages.already-withdrawn"


async def test_only_own_words_can_be_changed(post: PostOffice, people: People) -> None:
    """MSG-19: readers get 403, strangers 404, who has left 403; the author can."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    path = f"/messages/{(await newest(post, people.teacher, thread))['id']}"
    for verb, body in (("PATCH", {"html": "<p>x</p>"}), ("DELETE", {})):
        await post.refused(401, None, verb, path, **body)
        await post.refused(403, people.guardian, verb, path, **body)
        await post.refused(404, people.stranger_teacher, verb, path, **body)
        await post.refused(404, people.leader, verb, path, **body)
    assert (await post.ask(people.teacher, "PATCH", path, html="<p>x</p>")).status_code == 204
    await post.ask(people.teacher, "DELETE", f"/threads/{thread}/participants/me")
    await post.refused(403, people.teacher, "DELETE", path)


async def test_lines_of_the_system_are_nobodys(post: PostOffice, people: People) -> None:
    """MSG-4: that somebody was added or left cannot be changed or taken back."""
    thread = await post.start(people.teacher, person(people.guardian))
    await post.ask(
        people.teacher,
        "POST",
        f"/threads/{thread}/participants",
        recipients=[person(people.colleague)],
    )
    path = f"/messages/{(await newest(post, people.teacher, thread))['id']}"
    for verb, body in (("PATCH", {"html": "x"}), ("DELETE", {})):
        problem = await post.refused(409, people.teacher, verb, path, **body)
        assert problem["code"] == "messages.not-written"
