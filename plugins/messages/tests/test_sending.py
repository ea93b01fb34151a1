"""Starting conversations: who gets it, once each, in how many statements."""

from collections.abc import Callable
from typing import Any

from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


async def test_a_role_in_a_group_is_reached(post: PostOffice, people: People) -> None:
    """MSG-8: "guardians of 3.A" are the guardians with access, each once, nobody else."""
    thread = await post.start(people.teacher, post.group("3.A"))
    found = await post.thread(people.teacher, thread)
    assert found["participant_count"] == 5
    assert [(one["name"], one["people"]) for one in found["recipients"]] == [("3.A", 4)]
    for member in (people.guardian, people.other_parent, people.other_guardian):
        assert [item["id"] for item in await post.inbox(member)] == [thread]
    for member in (people.without_access, people.pupil, people.neighbour, people.stranger):
        assert await post.inbox(member) == []


async def test_nobody_gets_it_twice(post: PostOffice, people: People) -> None:
    """MSG-8: a guardian who is chosen by name, by child and by group takes part once."""
    child = f"{person(people.pupil)}:guardian"
    thread = await post.start(people.teacher, person(people.guardian), child, post.group("3.A"))
    assert (await post.thread(people.guardian, thread))["participant_count"] == 5
    assert len(await post.inbox(people.guardian)) == 1


async def test_the_guardians_of_a_child_are_reached(post: PostOffice, people: People) -> None:
    """MSG-10: who finds a child can write to the guardians; one without access is left out."""
    await post.start(people.teacher, f"{person(people.classmate)}:guardian")
    assert len(await post.inbox(people.other_guardian)) == 1
    assert await post.inbox(people.without_access) == []
    assert await post.inbox(people.guardian) == []


async def test_recipients_are_a_snapshot(post: PostOffice, people: People) -> None:
    """Rule 13: pupils of the group are not guardians of it, then or later."""
    thread = await post.start(people.teacher, post.group("3.A", "pupil"))
    found = await post.thread(people.pupil, thread)
    assert found["participant_count"] == 4
    assert await post.inbox(people.guardian) == []


async def test_what_is_written_is_made_safe(post: PostOffice, people: People) -> None:
    """What could run or track is gone before it is stored."""
    thread = await post.start(
        people.teacher,
        person(people.guardian),
        html="<p onclick='x()'>Hej <script>x()</script><img src=//e.example/x.png><b>med</b></p>",
    )
    assert await post.words(people.guardian, thread) == ["<p>Hej <b>med</b></p>"]
    assert (await post.inbox(people.guardian))[0]["latest"]["excerpt"] == "Hej med"


async def test_a_message_needs_words_subject_and_recipients(
    post: PostOffice, people: People
) -> None:
    """MSG-7: what is missing is named by field, and nothing is sent."""
    good = {"subject": "S", "html": "<p>x</p>", "recipients": [person(people.guardian)]}
    for change, field in (
        ({"subject": "  "}, "subject"),
        ({"html": "<p> </p>"}, "html"),
        ({"recipients": []}, "recipients"),
    ):
        problem = await post.refused(422, people.teacher, "POST", "/threads", **(good | change))
        assert [error["field"] for error in problem["errors"]] == [field]
    assert await post.inbox(people.teacher) == []
    await post.start(people.teacher, *good["recipients"])


async def test_the_same_key_sends_once(post: PostOffice, people: People) -> None:
    """Rule 15: a double click makes one conversation; another person's key is another key."""
    body = {"subject": "S", "html": "<p>x</p>", "recipients": [person(people.colleague)]}
    answers = []
    for member in (people.teacher, people.teacher, people.leader):
        client = await post.client(member)
        answers.append(
            await client.post(
                "/api/v1/messages/threads", json=body, headers={"Idempotency-Key": "k1"}
            )
        )
    threads = [answer.json()["thread"] for answer in answers]
    assert threads[0] == threads[1] != threads[2]
    assert len(await post.inbox(people.colleague)) == 2


async def test_the_number_of_statements_does_not_grow(
    post: PostOffice, people: People, count_statements: Callable[[], Any]
) -> None:
    """Sending takes at most 12 statements, as many for one person as for everybody."""
    await post.start(people.teacher, person(people.guardian))
    counts = []
    everybody = [post.group("3.A"), post.group("3.A", "pupil"), post.group("3.B")]
    for recipients in ([person(people.guardian)], everybody):
        with count_statements() as counted:
            await post.start(people.teacher, *recipients)
        counts.append(len([one for one in counted.statements if "messages_" in one]))
    assert counts[0] == counts[1] <= 12
