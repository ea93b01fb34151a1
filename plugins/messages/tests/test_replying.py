"""Answering: to the sender, or to all when one has chosen that (MSG-11, R5)."""

from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


async def test_an_answer_goes_to_the_sender_alone(post: PostOffice, people: People) -> None:
    """R5, MSG-11: by default nobody but the writer gets it, or learns that there was an answer."""
    thread = await post.start(people.teacher, post.group("3.A"))
    sent = await post.reply(people.guardian, thread, html="<p>Kun til dig</p>")
    assert sent["thread"] != thread
    assert await post.words(people.teacher, sent["thread"]) == ["<p>Kun til dig</p>"]
    direct = await post.thread(people.teacher, sent["thread"])
    assert (direct["origin"], direct["participant_count"]) == (thread, 2)
    assert [child["name"] for child in direct["children"]] == ["Alma Skov"]
    for member in (people.other_parent, people.other_guardian):
        assert len(await post.inbox(member)) == 1
        assert await post.words(member, thread) == ["<p>Husk madpakke</p>"]
        await post.refused(404, member, "GET", f"/threads/{sent['thread']}")
        assert (await post.thread(member, thread))["answer_count"] == 0
    assert (await post.thread(people.teacher, thread))["answer_count"] == 1


async def test_further_answers_continue_the_direct_conversation(
    post: PostOffice, people: People
) -> None:
    """MSG-11: two people have one direct conversation about another, both ways."""
    thread = await post.start(people.teacher, post.group("3.A"))
    first = await post.reply(people.guardian, thread)
    again = await post.reply(people.guardian, thread)
    back = await post.reply(people.teacher, first["thread"])
    other = await post.reply(people.other_guardian, thread)
    assert first["thread"] == again["thread"] == back["thread"] != other["thread"]
    assert len(await post.words(people.guardian, first["thread"])) == 3
    listed = await post.inbox(people.teacher, f"?origin={thread}")
    assert {item["id"] for item in listed} == {first["thread"], other["thread"]}


async def test_answering_all_is_a_choice(post: PostOffice, people: People) -> None:
    """MSG-11: with ``to = all`` everybody gets it, in the same conversation."""
    thread = await post.start(people.teacher, post.group("3.A"))
    sent = await post.reply(people.guardian, thread, to="all", html="<p>Til alle</p>")
    assert sent["thread"] == thread
    for member in (people.teacher, people.other_guardian):
        assert (await post.words(member, thread))[-1] == "<p>Til alle</p>"


async def test_of_two_the_other_is_answered_in_place(post: PostOffice, people: People) -> None:
    """MSG-11: where two are alone, an answer stays in the conversation."""
    thread = await post.start(people.guardian, person(people.teacher))
    sent = await post.reply(people.teacher, thread)
    assert sent["thread"] == thread
    assert (await post.thread(people.guardian, thread))["unread"] == 1


async def test_the_message_says_who_is_answered(post: PostOffice, people: People) -> None:
    """MSG-11: answering a certain message reaches who wrote that one, not the newest."""
    thread = await post.start(people.teacher, post.group("3.A"))
    await post.reply(people.other_guardian, thread, to="all", html="<p>Fra Line</p>")
    items = (await post.thread(people.guardian, thread))["messages"]["items"]
    to_line = await post.reply(people.guardian, thread)
    to_teacher = await post.reply(people.guardian, thread, message=items[1]["id"])
    assert len(await post.words(people.other_guardian, to_line["thread"])) == 1
    assert len(await post.words(people.teacher, to_teacher["thread"])) == 1
    await post.refused(404, people.teacher, "GET", f"/threads/{to_line['thread']}")


async def test_a_message_of_another_conversation_cannot_be_answered_here(
    post: PostOffice, people: People
) -> None:
    """R10: a nested id from elsewhere is refused, whether one may read it or not."""
    thread = await post.start(people.teacher, post.group("3.A"))
    foreign = await post.start(people.leader, person(people.colleague))
    own = await post.start(people.guardian, person(people.leader))
    for reader, other in ((people.colleague, foreign), (people.guardian, own)):
        item = (await post.thread(reader, other))["messages"]["items"][0]["id"]
        path = f"/threads/{thread}/messages"
        problem = await post.refused(422, people.guardian, "POST", path, html="x", message=item)
        assert problem["errors"][0]["field"] == "message"


async def test_who_starts_has_nobody_to_answer_but_all(post: PostOffice, people: People) -> None:
    """R5: without anybody else's message, an answer to the sender says so instead of guessing."""
    thread = await post.start(people.teacher, post.group("3.A"))
    path = f"/threads/{thread}/messages"
    problem = await post.refused(409, people.teacher, "POST", path, html="x")
    assert problem["code"] == "messages.nobody-to-answer"
    assert (await post.reply(people.teacher, thread, to="all"))["thread"] == thread


async def test_who_has_left_cannot_be_answered(post: PostOffice, people: People) -> None:
    """MSG-20: a direct answer does not reach somebody who went away, and says so."""
    thread = await post.start(people.leader, person(people.teacher), person(people.colleague))
    await post.reply(people.colleague, thread, to="all")
    left = await post.ask(people.colleague, "DELETE", f"/threads/{thread}/participants/me")
    assert left.status_code == 204
    await post.start(people.leader, person(people.teacher))
    added = await post.ask(
        people.leader, "POST", f"/threads/{thread}/participants", recipients=[person(people.admin)]
    )
    assert added.status_code == 201
    problem = await post.refused(
        409, people.teacher, "POST", f"/threads/{thread}/messages", html="x"
    )
    assert problem["code"] == "messages.sender-gone"


async def test_pupils_do_not_answer_all(post: PostOffice, people: People) -> None:
    """Appendix E: pupils answer the sender; the same answer to all is refused."""
    thread = await post.start(people.teacher, post.group("3.A", "pupil"))
    path = f"/threads/{thread}/messages"
    await post.refused(403, people.pupil, "POST", path, html="x", to="all")
    await post.reply(people.pupil, thread)
    assert await post.words(people.classmate, thread) == ["<p>Husk madpakke</p>"]


async def test_the_same_key_answers_once(post: PostOffice, people: People) -> None:
    """Rule 15: sending the same answer twice leaves one, and tells where it is."""
    thread = await post.start(people.teacher, post.group("3.A"))
    client = await post.client(people.guardian)
    answers = [
        await client.post(
            f"/api/v1/messages/threads/{thread}/messages",
            json={"html": "<p>En gang</p>"},
            headers={"Idempotency-Key": "a1"},
        )
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert await post.words(people.guardian, answers[0].json()["thread"]) == ["<p>En gang</p>"]
