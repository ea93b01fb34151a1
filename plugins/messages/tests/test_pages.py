"""The pages, by plain forms as a browser without scripts sends them (R27)."""

import re

from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person


def heading(page: str) -> str:
    """Return the text of the page's only h1."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert len(found) == 1, found
    return re.sub(r"<[^>]+>", "", found[0]).strip()


async def test_a_message_is_written_step_by_step(post: PostOffice, people: People) -> None:
    """R27, MSG-16: search, choose, remove, send; each step keeps everything that was typed."""
    client = await post.client(people.teacher)
    page = (await client.get("/messages/new")).text
    assert heading(page) == "New message"
    action = re.search(r'action="(/messages/drafts/dft_[0-9a-f]{32})"', page)
    assert action is not None
    draft = action[1]
    typed = {"subject": "Tur på fredag", "html": "Husk madpakke", "html_format": "text"}
    found = await client.post(
        draft, data=typed | {"q": "sko", "search": "1"}, follow_redirects=True
    )
    assert str(found.url).endswith(draft)
    assert f'value="{person(people.guardian)}"' in found.text
    chosen = [person(people.guardian), person(people.pupil)]
    page = (
        await client.post(
            draft, data=typed | {"recipient": chosen, "save": "1"}, follow_redirects=True
        )
    ).text
    assert "2 people get this" in page
    assert "Tur på fredag" in page
    assert "Husk madpakke" in page
    page = (
        await client.post(
            draft, data=typed | {"recipient": chosen, "remove": chosen[1]}, follow_redirects=True
        )
    ).text
    assert "1 person gets this" in page
    sent = await client.post(draft, data=typed | {"recipient": chosen[:1]}, follow_redirects=True)
    assert heading(sent.text) == "Tur på fredag"
    assert "Sent to 1 person" in sent.text
    assert await post.inbox(people.pupil) == []
    assert len(await post.inbox(people.guardian)) == 1


async def test_what_cannot_be_sent_is_kept_and_explained(post: PostOffice, people: People) -> None:
    """MSG-16: the page comes back with the reason and the words, and the draft is stored."""
    client = await post.client(people.teacher)
    draft = f"/messages/drafts/dft_{'d' * 32}"
    answer = await client.post(draft, data={"subject": "", "html": "Et langt svar"})
    assert answer.status_code == 422
    assert "Write a subject" in answer.text
    assert "Et langt svar" in answer.text
    assert "Et langt svar" in (await client.get(draft)).text
    assert await post.inbox(people.teacher) == []


async def test_a_double_click_sends_once(post: PostOffice, people: People) -> None:
    """Rule 15: the form's key sends once, and leaves no draft behind."""
    client = await post.client(people.teacher)
    form = {
        "subject": "S",
        "html": "x",
        "recipient": person(people.guardian),
        "idempotency_key": "k",
    }
    answers = [await client.post(f"/messages/drafts/dft_{'e' * 32}", data=form) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await post.inbox(people.guardian)) == 1
    assert (await post.get(people.teacher, "/drafts"))["items"] == []


async def test_the_page_says_to_whom_the_answer_goes(post: PostOffice, people: People) -> None:
    """R5, promise 3: the sender by default; all as a second choice that says how many."""
    thread = await post.start(people.teacher, post.group("3.A"))
    client = await post.client(people.guardian)
    page = (await client.get(f"/messages/{thread}")).text
    assert "To Mette Holm" in page
    assert "Answer all (4 people)" in page
    assert 'name="to" value="sender"' in page
    to_all = (await client.get(f"/messages/{thread}?reply=all")).text
    assert "To all: 4 people get it" in to_all
    assert 'name="to" value="all"' in to_all
    assert "composer--all" in to_all


async def test_an_answer_is_sent_by_a_form(post: PostOffice, people: People) -> None:
    """MSG-11: the page sends the message it answers along, and shows where the answer went."""
    thread = await post.start(people.teacher, post.group("3.A"))
    client = await post.client(people.guardian)
    page = (await client.get(f"/messages/{thread}")).text
    answered = re.search(r'name="message" value="(msg_[0-9a-f]{32})"', page)
    assert answered is not None
    form = {"html": "Vi kommer", "html_format": "text", "to": "sender", "message": answered[1]}
    sent = await client.post(f"/messages/{thread}/reply", data=form, follow_redirects=True)
    assert str(sent.url).rpartition("/")[2] != thread
    assert "Vi kommer" in sent.text
    assert "Your answer has been sent" in sent.text
    empty = await client.post(f"/messages/{thread}/reply", data={"html": " ", "to": "sender"})
    assert empty.status_code == 422
    assert "Write something first" in empty.text


async def test_an_answer_that_fails_is_kept(post: PostOffice, people: People) -> None:
    """MSG-16: when the sender is gone meanwhile, the words stay as a draft."""
    thread = await post.start(
        people.teacher, person(people.colleague), person(people.leader), person(people.admin)
    )
    await post.ask(people.teacher, "DELETE", f"/threads/{thread}/participants/me")
    client = await post.client(people.colleague)
    answer = await client.post(f"/messages/{thread}/reply", data={"html": "Mit svar"})
    assert answer.status_code == 409
    assert "Mit svar" in answer.text
    assert [one["html"] for one in (await post.get(people.colleague, "/drafts"))["items"]] == [
        "<p>Mit svar</p>"
    ]


async def test_reading_the_page_counts_as_reading(post: PostOffice, people: People) -> None:
    """MSG-24: the page marks as read; the refreshing fragment and the list do not."""
    thread = await post.start(people.teacher, person(people.guardian))
    client = await post.client(people.guardian)
    for path in ("/messages/list", f"/messages/{thread}/latest", "/"):
        assert (await client.get(path)).status_code == 200
        assert (await post.thread(people.guardian, thread))["unread"] == 1
    assert "messages__new" in (await client.get(f"/messages/{thread}")).text
    assert (await post.thread(people.guardian, thread))["unread"] == 0
    assert "messages__new" not in (await client.get(f"/messages/{thread}")).text


async def test_personal_actions_by_forms(post: PostOffice, people: People) -> None:
    """MSG-25, MSG-20: mute, mark as unread, leave; each answers with what happened."""
    thread = await post.start(people.teacher, person(people.guardian), person(people.colleague))
    client = await post.client(people.colleague)
    base = f"/messages/{thread}"
    for path, form, said in (
        (f"{base}/mute", {"muted": "1"}, "You will not be told"),
        (f"{base}/mute", {"muted": "0"}, "You will be told again"),
        (f"{base}/unread", {}, "Marked as unread"),
        (f"{base}/leave", {}, "You have left the conversation"),
    ):
        answer = await client.post(path, data=form, follow_redirects=True)
        assert answer.status_code == 200
        assert said in answer.text
    assert "You have left this conversation" in (await client.get(base)).text


async def test_changing_and_withdrawing_by_forms(post: PostOffice, people: People) -> None:
    """MSG-19: the forms lead back to the conversation, where the trace is seen."""
    thread = await post.start(people.teacher, person(people.guardian))
    item = (await post.thread(people.teacher, thread))["messages"]["items"][0]["id"]
    client = await post.client(people.teacher)
    edit = await client.get(f"/messages/sent/{item}/edit")
    assert heading(edit.text) == "Change your message"
    assert "Husk madpakke" in edit.text
    empty = await client.post(f"/messages/sent/{item}/edit", data={"html": ""})
    assert empty.status_code == 422
    page = await client.post(
        f"/messages/sent/{item}/edit", data={"html": "Kl. 9"}, follow_redirects=True
    )
    assert "Changed" in page.text
    asked = await client.get(f"/messages/sent/{item}/withdraw")
    assert heading(asked.text) == "Withdraw the message?"
    page = await client.post(f"/messages/sent/{item}/withdraw", follow_redirects=True)
    assert "Withdrawn by the sender" in page.text
    assert "Kl. 9" not in page.text
    other = await post.client(people.guardian)
    assert (await other.get(f"/messages/sent/{item}/edit")).status_code == 404


async def test_people_are_found_and_added_by_forms(post: PostOffice, people: People) -> None:
    """MSG-18: the page shows who takes part, finds others and lets them in."""
    thread = await post.start(people.teacher, person(people.guardian))
    client = await post.client(people.teacher)
    path = f"/messages/{thread}/people"
    page = (await client.get(path)).text
    assert heading(page) == "Who takes part"
    assert "Anne Skov" in page
    found = (await client.post(path, data={"q": "jon", "search": "1"})).text
    assert f'value="{person(people.colleague)}"' in found
    added = await client.post(
        path, data={"recipient": person(people.colleague)}, follow_redirects=True
    )
    assert "1 person was added" in added.text
    assert "You added Jonas Friis" in added.text
    again = await client.post(path, data={"recipient": person(people.colleague)})
    assert again.status_code == 422
    assert "Jonas Friis is in the conversation already" in again.text


async def test_the_overview_shows_what_is_new(post: PostOffice, people: People) -> None:
    """The box shows unread conversations with the child; when all is read, it says so."""
    thread = await post.start(people.teacher, post.group("3.A"), subject="Lus i klassen")
    client = await post.client(people.guardian)
    page = (await client.get("/")).text
    assert "Lus i klassen" in page
    assert "chip--child" in page
    await client.get(f"/messages/{thread}")
    assert "You have read everything" in (await client.get("/")).text


async def test_what_people_wrote_cannot_break_the_page(post: PostOffice, people: People) -> None:
    """Names, subjects and words are escaped or cleaned wherever they are shown."""
    evil = '"><script>alert(1)</script>'
    thread = await post.start(
        people.teacher, post.group("3.A"), subject=evil, html=f"<p>{evil}</p>"
    )
    client = await post.client(people.guardian)
    for path in ("/", "/messages", "/messages/list", f"/messages/{thread}"):
        text = (await client.get(path)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text or path == "/messages/drafts"
