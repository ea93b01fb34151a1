"""What a municipality sets is obeyed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aula_plugins.messages.models import message
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


@pytest.fixture
def plugin_settings() -> Mapping[str, Mapping[str, Any]]:
    """A municipality with narrow limits."""
    return {
        "messages": {
            "max_recipients": 3,
            "large_audience": 2,
            "edit_window_minutes": 10,
            "guardians_may_write_to_guardians": False,
        }
    }


async def test_a_limit_holds_without_the_right(post: PostOffice, people: People) -> None:
    """MSG-13: more than the limit is refused, unless one may send to many."""
    group = [post.group("3.A")]
    problem = await post.refused(
        422, people.teacher, "POST", "/threads", subject="S", html="x", recipients=group
    )
    assert problem["errors"][0]["code"] == "too-many"
    assert "4" in problem["errors"][0]["reason"]
    await post.start(people.admin, *group)
    await post.start(people.teacher, f"{person(people.classmate)}:guardian")


async def test_the_limit_holds_for_answers_to_all(post: PostOffice, people: People) -> None:
    """MSG-13: an answer to all reaches no more people than a message may."""
    thread = await post.start(people.admin, post.group("3.A"), person(people.teacher))
    path = f"/threads/{thread}/messages"
    problem = await post.refused(422, people.teacher, "POST", path, html="x", to="all")
    assert problem["errors"][0]["code"] == "too-many"
    await post.reply(people.teacher, thread)
    await post.reply(people.admin, thread, to="all")


async def test_the_limit_holds_for_adding_people(post: PostOffice, people: People) -> None:
    """MSG-13: adding people piece by piece does not get around the limit."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    path = f"/threads/{thread}/participants"
    two = [person(people.leader), person(people.other_guardian)]
    problem = await post.refused(422, people.teacher, "POST", path, recipients=two)
    assert problem["errors"][0]["code"] == "too-many"
    answer = await post.ask(people.teacher, "POST", path, recipients=two[:1])
    assert answer.json() == {"added": 1}


async def test_guardians_can_be_kept_from_writing_to_each_other(
    post: PostOffice, people: People
) -> None:
    """RGT-3: where the channel is closed, guardians find and reach staff and pupils only."""
    answer = await post.ask(people.guardian, "POST", "/recipients/search", words="berg")
    assert [one["name"] for one in answer.json()["people"]] == ["Bo Berg"]
    for recipient in (person(people.other_guardian), post.group("3.A")):
        await post.refused(
            422,
            people.guardian,
            "POST",
            "/threads",
            subject="S",
            html="x",
            recipients=[recipient],
        )
    await post.start(people.guardian, person(people.teacher))
    await post.start(people.teacher, person(people.other_guardian))


async def test_the_time_for_changing_ends(
    post: PostOffice, people: People, platform: Platform
) -> None:
    """MSG-19: a message can be changed for a while and withdrawn for ever."""
    thread = await post.start(people.teacher, person(people.guardian))
    item = (await post.thread(people.teacher, thread))["messages"]["items"][0]
    path = f"/messages/{item['id']}"
    answer = await post.ask(people.teacher, "PATCH", path, html="<p>Rettet</p>")
    assert answer.status_code == 204
    async with platform.write() as write:
        long_ago = write.now - timedelta(minutes=11)
        await write.execute(sa.update(message).values(sent_at=long_ago))
    problem = await post.refused(409, people.teacher, "PATCH", path, html="<p>For sent</p>")
    assert problem["code"] == "messages.too-late-to-edit"
    assert await post.words(people.guardian, thread) == ["<p>Rettet</p>"]
    assert (await post.ask(people.teacher, "DELETE", path)).status_code == 204


async def test_a_large_audience_is_confirmed(post: PostOffice, people: People) -> None:
    """Promise 3: before it goes to more than a class, the page asks and says who gets it."""
    client = await post.client(people.teacher)
    draft = f"/messages/drafts/dft_{'1' * 32}"
    form = {"subject": "S", "html": "x", "recipient": [post.group("3.A", "pupil")]}
    answer = await client.post(draft, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{draft}/confirm")
    assert await post.inbox(people.pupil) == []
    page = await client.get(f"{draft}/confirm")
    assert "3 people get this" in page.text
    assert "Alma Skov" in page.text
    sent = await client.post(f"{draft}/send", data={})
    assert sent.headers["location"].startswith("/messages/thr_")
    assert len(await post.inbox(people.pupil)) == 1
