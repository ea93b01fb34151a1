"""Files of messages: who may fetch them, and until when (rule 24)."""

import httpx

from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.messages.tests.post_office import PostOffice, person

TEXT = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


async def upload(post: PostOffice, member: Member, name: str = "tur.pdf") -> str:
    """Upload a file and return its id."""
    client = await post.client(member)
    answer = await client.post("/api/v1/files", files={"file": (name, TEXT, "application/pdf")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def fetch(post: PostOffice, member: Member, file: str) -> httpx.Response:
    """Ask for a file."""
    client = await post.client(member)
    return await client.get(f"/files/{file}")


async def test_who_reads_the_message_gets_the_file(post: PostOffice, people: People) -> None:
    """Rule 24: recipients fetch it, everybody else meets 404, also at the same school."""
    file = await upload(post, people.teacher)
    thread = await post.start(people.teacher, person(people.guardian), attachments=[file])
    item = (await post.thread(people.guardian, thread))["messages"]["items"][0]
    assert [(one["id"], one["name"]) for one in item["attachments"]] == [(file, "tur.pdf")]
    assert (await fetch(post, people.guardian, file)).content == TEXT
    for member in (people.colleague, people.other_parent, people.stranger):
        assert (await fetch(post, member, file)).status_code == 404
    assert (await post.inbox(people.guardian))[0]["latest"]["has_attachments"] is True


async def test_withdrawn_files_are_gone(post: PostOffice, people: People) -> None:
    """MSG-19: with the words the attachments go, for the writer too."""
    file = await upload(post, people.teacher)
    thread = await post.start(people.teacher, person(people.guardian), attachments=[file])
    item = (await post.thread(people.guardian, thread))["messages"]["items"][0]
    await post.ask(people.teacher, "DELETE", f"/messages/{item['id']}")
    for member in (people.guardian, people.teacher):
        assert (await fetch(post, member, file)).status_code == 404


async def test_who_left_gets_no_later_files(post: PostOffice, people: People) -> None:
    """MSG-20: files of messages up to leaving, none of later ones, even with the id in hand."""
    before, after = await upload(post, people.teacher), await upload(post, people.teacher)
    thread = await post.start(
        people.teacher, person(people.guardian), person(people.colleague), attachments=[before]
    )
    await post.ask(people.colleague, "DELETE", f"/threads/{thread}/participants/me")
    await post.reply(people.teacher, thread, to="all", attachments=[after])
    assert (await fetch(post, people.guardian, after)).status_code == 200
    assert (await fetch(post, people.colleague, before)).status_code == 200
    assert (await fetch(post, people.colleague, after)).status_code == 404


async def test_only_own_files_can_be_attached(post: PostOffice, people: People) -> None:
    """R10: another's file, an attached one and an unknown one are refused, and nothing is sent."""
    foreign = await upload(post, people.colleague)
    used = await upload(post, people.teacher)
    await post.start(people.teacher, person(people.colleague), attachments=[used])
    for file in (foreign, used, f"fil_{'0' * 32}"):
        await post.refused(
            422,
            people.teacher,
            "POST",
            "/threads",
            subject="S",
            html="x",
            recipients=[person(people.guardian)],
            attachments=[file],
        )
    assert await post.inbox(people.guardian) == []


async def test_files_come_with_a_plain_form(post: PostOffice, people: People) -> None:
    """R27: without scripts the form brings the file, with the words, in one go."""
    client = await post.client(people.teacher)
    sent = await client.post(
        f"/messages/drafts/dft_{'c' * 32}",
        data={"subject": "Tur", "html": "Se her", "recipient": person(people.guardian)},
        files={"attachment": ("tur.pdf", TEXT, "application/pdf")},
    )
    assert sent.status_code == 303, sent.text
    thread = sent.headers["location"].removeprefix("/messages/")
    item = (await post.thread(people.guardian, thread))["messages"]["items"][0]
    assert [one["name"] for one in item["attachments"]] == ["tur.pdf"]
    page = (await (await post.client(people.guardian)).get(f"/messages/{thread}")).text
    assert f"/files/{item['attachments'][0]['id']}" in page
