"""The pages, by plain forms as a browser without scripts sends them (R27)."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

TYPED = {"title": "Tur på fredag", "html": "Husk madpakke", "html_format": "text"}


def heading(page: str) -> str:
    """Return the text of the page's only h1."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert len(found) == 1, found
    return re.sub(r"<[^>]+>", "", found[0]).strip()


def picture() -> bytes:
    """Return a small picture."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "#6c2b63").save(content, "PNG")
    return content.getvalue()


async def test_a_post_is_written_step_by_step(board: NoticeBoard, people: People) -> None:
    """R27: search, choose, remove, publish; each step keeps everything that was typed."""
    client = await board.client(people.teacher)
    page = (await client.get("/posts/new")).text
    assert heading(page) == "New post"
    action = re.search(r'action="(/posts/drafts/pdr_[0-9a-f]{32})"', page)
    assert action is not None
    draft = action[1]
    found = await client.post(
        draft, data=TYPED | {"q": "3.b", "search": "1"}, follow_redirects=True
    )
    assert f'value="{board.group("3.B")}"' in found.text
    chosen = [board.group("3.A"), board.group("3.B")]
    page = (
        await client.post(
            draft, data=TYPED | {"recipient": chosen, "save": "1"}, follow_redirects=True
        )
    ).text
    assert "5 people can read it" in page
    assert "Husk madpakke" in page
    page = (
        await client.post(
            draft, data=TYPED | {"recipient": chosen, "remove": chosen[1]}, follow_redirects=True
        )
    ).text
    assert "4 people can read it" in page
    assert "Tur på fredag" in (await client.get("/posts/drafts")).text
    done = await client.post(draft, data=TYPED | {"recipient": chosen[:1]}, follow_redirects=True)
    assert heading(done.text) == "Tur på fredag"
    assert len(await board.feed(people.guardian)) == 1
    assert await board.feed(people.neighbour) == []
    assert "Tur på fredag" not in (await client.get("/posts/drafts")).text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "Write a title"),
        ({"recipient": []}, "Choose who can read it"),
        ({"publish": "i morgen"}, "Write it as"),
        ({"expire": "2020-01-01T10:00"}, "It would end before it can be read"),
    ],
)
async def test_what_cannot_be_posted_is_kept_and_explained(
    board: NoticeBoard, people: People, change: dict[str, Any], reason: str
) -> None:
    """The page comes back with the reason and the words, and the draft is stored."""
    client = await board.client(people.teacher)
    draft = f"/posts/drafts/pdr_{'d' * 32}"
    form = TYPED | {"recipient": [board.group("3.A")]} | change
    answer = await client.post(draft, data=form)
    assert answer.status_code == 422
    assert reason in answer.text
    assert "Husk madpakke" in answer.text
    for typed in change.values():
        assert str(typed or "") in answer.text or typed == []
    assert "Husk madpakke" in (await client.get(draft)).text
    assert await board.feed(people.guardian) == []


async def test_a_double_click_posts_once(board: NoticeBoard, people: People) -> None:
    """Rule 15: the form's key posts once, and leaves no draft behind."""
    client = await board.client(people.teacher)
    form = TYPED | {"recipient": [board.group("3.A")], "idempotency_key": "k"}
    draft = f"/posts/drafts/pdr_{'e' * 32}"
    answers = [await client.post(draft, data=form) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await board.feed(people.guardian)) == 1
    assert (await client.get(draft)).status_code == 404


async def test_times_are_those_of_the_place(board: NoticeBoard, people: People) -> None:
    """Rule 14: what is typed is local time; a post to come says so and waits."""
    client = await board.client(people.teacher)
    form = TYPED | {
        "recipient": [board.group("3.A")],
        "publish": "2031-07-01T08:00",
        "important": "1",
        "comments_allowed": "1",
    }
    done = await client.post(f"/posts/drafts/pdr_{'a' * 32}", data=form, follow_redirects=True)
    assert "Nobody else can read it yet" in done.text
    post = (await board.feed(people.teacher, "?box=own"))[0]
    found = (await board.read(people.teacher, post))["post"]
    assert found["publish_at"] == "2031-07-01T06:00:00Z"
    assert found["important"]["start"] == "2031-07-01T06:00:00Z"
    assert 'value="2031-07-01T08:00"' in (await client.get(f"/posts/{post}/edit")).text
    assert await board.feed(people.guardian) == []


async def test_pictures_come_with_a_plain_form(board: NoticeBoard, people: People) -> None:
    """Rule 24: without scripts the form brings pictures; who reads the post sees them, alone."""
    client = await board.client(people.teacher)
    done = await client.post(
        f"/posts/drafts/pdr_{'c' * 32}",
        data=TYPED | {"recipient": board.group("3.A")},
        files={"attachment": ("tur.png", picture(), "image/png")},
    )
    assert done.status_code == 303, done.text
    post = done.headers["location"].removeprefix("/posts/")
    found = await board.read(people.guardian, post)
    file = found["attachments"][0]["id"]
    assert found["post"]["pictures"] == [file]
    reader = await board.client(people.guardian)
    assert f"/files/{file}/thumbnail" in (await reader.get("/posts")).text
    assert f"/files/{file}/preview" in (await reader.get(f"/posts/{post}")).text
    assert (await reader.get(f"/files/{file}/thumbnail")).status_code == 200
    for member in (people.neighbour, people.without_access, people.stranger):
        stranger = await board.client(member)
        assert (await stranger.get(f"/files/{file}/thumbnail")).status_code == 404
    await board.do(people.teacher, "DELETE", f"/{post}")
    assert (await reader.get(f"/files/{file}")).status_code == 404


async def test_the_box_and_the_number_tell_what_is_new(board: NoticeBoard, people: People) -> None:
    """POST-9: the overview shows the newest posts, per child, and the navigation counts them."""
    await board.post(people.teacher, title="Fra skolen")
    await board.post(people.pedagogue, board.group("Stjernerne"), title="Fra børnehaven")
    client = await board.client(people.guardian)
    page = (await client.get("/")).text
    assert "Fra skolen" in page
    assert "2 new" in page
    only = await client.get(f"/?child=per_{people.sibling.person_id.hex}")
    assert "Fra børnehaven" in only.text
    assert "Fra skolen" not in only.text
    post = (await board.feed(people.guardian))[0]
    await client.get(f"/posts/{post}")
    assert "1 new" in (await client.get("/posts")).text


async def test_talk_by_plain_forms(board: NoticeBoard, people: People) -> None:
    """R27: comment, answer, change, withdraw and report without scripts."""
    post = await board.post(people.teacher)
    client = await board.client(people.guardian)
    empty = await client.post(f"/posts/{post}/comments", data={"text": " "})
    assert (empty.status_code, "Write something first" in empty.text) == (422, True)
    done = await client.post(f"/posts/{post}/comments", data={"text": "<b>Hej</b>"})
    place, _hash, comment = done.headers["location"].partition("#")
    page = (await client.get(place)).text
    assert "&lt;b&gt;Hej&lt;/b&gt;" in page
    answer = await client.post(f"/posts/comments/{comment}/answer", data={"text": "Et svar"})
    assert "Et svar" in (await client.get(answer.headers["location"])).text
    await client.post(f"/posts/comments/{comment}/edit", data={"text": "Rettet"})
    assert "Rettet" in (await client.get(place)).text
    await client.post(f"/posts/comments/{comment}/withdraw")
    page = (await client.get(place)).text
    assert "Withdrawn by the writer" in page
    assert "Rettet" not in page
    long = {"reason": "other", "words": "x" * 600}
    refused = await client.post(f"/posts/{post}/report", data=long)
    assert (refused.status_code, "x" * 600 in refused.text) == (422, True)
    await client.post(f"/posts/{post}/report", data={"reason": "other", "words": "Se her"})
    handler = await board.client(people.admin)
    page = (await handler.get("/posts/reports")).text
    assert "Se her" in page
    action = re.search(r'action="(/posts/reports/rep_[0-9a-f]{32})"', page)
    assert action is not None
    await handler.post(action[1], data={"decision": "kept"})
    assert "Kept by Søren Lund" in (await handler.get("/posts/reports?decided=true")).text


class TestWithManyReaders:
    """More people than the municipality finds few."""

    @pytest.fixture
    def plugin_settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Three people are few."""
        return {"posts": {"large_audience": 3}}

    async def test_a_large_audience_is_confirmed(self, board: NoticeBoard, people: People) -> None:
        """Promise 3: before it goes to more than a class, the page asks and says who reads it."""
        client = await board.client(people.teacher)
        draft = f"/posts/drafts/pdr_{'1' * 32}"
        form = TYPED | {"recipient": [board.group("3.A")], "comments_allowed": "1"}
        answer = await client.post(draft, data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{draft}/confirm")
        assert await board.feed(people.guardian) == []
        page = await client.get(f"{draft}/confirm")
        assert "4 people can read it" in page.text
        assert "Anne Skov" in page.text
        sent = await client.post(f"{draft}/publish", data={})
        assert sent.headers["location"].startswith("/posts/pst_")
        assert len(await board.feed(people.guardian)) == 1
