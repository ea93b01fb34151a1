"""Writing posts: to whom, until when, with what; and what is refused."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from aula_plugins.posts.models import post as post_table
from aula_sdk.db import utc_now
from aula_sdk.ids import PERSON
from aula_sdk.protocols import Platform
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

CLASS_3A = {"guardian", "other_parent", "other_guardian", "protected_guardian"}
EVERYBODY = (
    *sorted(CLASS_3A),
    "without_access",
    "neighbour",
    "pupil",
    "classmate",
    "other_pupil",
    "external",
    "colleague",
    "pedagogue",
    "sibling",
    "stranger",
    "stranger_teacher",
    "stranger_pupil",
)


@pytest.mark.parametrize(
    ("role", "readers"),
    [
        ("guardian", CLASS_3A),
        ("pupil", {"pupil", "classmate"}),
        ("employee", set()),
        ("external", {"external"}),
    ],
)
async def test_a_post_is_for_a_role_in_a_group(
    board: NoticeBoard, people: People, role: str, readers: set[str]
) -> None:
    """POST-2, ID-12: who is meant has it in the list and opens it, nobody else does either."""
    post = await board.post(people.teacher, board.group("3.A", role))
    for name in EVERYBODY:
        member = getattr(people, name)
        if name in readers:
            assert await board.feed(member) == [post], name
            assert (await board.read(member, post))["html"] == "<p>Husk madpakke</p>"
        else:
            assert await board.feed(member) == [], name
            await board.refused(404, member, "GET", f"/{post}")
    assert await board.feed(people.teacher) == [post]


async def test_a_post_can_be_for_several_groups(board: NoticeBoard, people: People) -> None:
    """POST-2: whoever is in one of the groups reads it, and has it once."""
    post = await board.post(
        people.teacher, board.group("3.A"), board.group("3.A", "pupil"), board.group("3.B")
    )
    for member in (people.guardian, people.pupil, people.neighbour):
        assert await board.feed(member) == [post]
    item = (await board.read(people.guardian, post))["post"]
    assert [(one["name"], one["role"]) for one in item["audience"]] == [
        ("3.A", "guardian"),
        ("3.A", "pupil"),
        ("3.B", "guardian"),
    ]
    assert (item["author"]["name"], item["author"]["title"]) == ("Mette Holm", "Lærer")
    assert [child["name"] for child in item["children"]] == ["Alma Skov"]


@pytest.mark.parametrize("name", ["guardian", "pupil", "external"])
async def test_only_employees_write_posts(board: NoticeBoard, people: People, name: str) -> None:
    """Appendix E: guardians, pupils and externals read; the same post is taken from a teacher."""
    body = {"title": "T", "html": "<p>x</p>", "audience": [board.group("3.A")]}
    await board.refused(403, getattr(people, name), "POST", "", **body)
    await board.refused(403, getattr(people, name), "POST", "/audience/search", words="3")
    await board.do(people.teacher, "POST", "", **body)


async def test_posts_go_to_groups_of_the_own_institution(
    board: NoticeBoard, people: People
) -> None:
    """RGT-1: another institution's group and an unknown one are refused alike."""
    unknown = f"grp_{'0' * 32}:guardian"
    for foreign in (board.group("Stjernerne"), board.group("1.X"), unknown):
        problem = await board.refused(
            422,
            people.teacher,
            "POST",
            "",
            title="T",
            html="<p>x</p>",
            audience=[board.group("3.B"), foreign],
        )
        assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (
            "audience",
            "out-of-reach",
        )
    assert await board.feed(people.neighbour) == []
    await board.post(people.pedagogue, board.group("Stjernerne"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"html": "<p> </p>"}, "html"),
        ({"audience": []}, "audience"),
        ({"expire_at": "2020-01-01T00:00:00Z"}, "expire_at"),
        (
            {"important": {"start": "2030-01-02T00:00:00Z", "end": "2030-01-01T00:00:00Z"}},
            "important_to",
        ),
    ],
)
async def test_what_cannot_be_taken_says_why(
    board: NoticeBoard, people: People, change: dict[str, Any], field: str
) -> None:
    """RFC 9457: the field and a sentence; the same without the mistake is taken."""
    body = {"title": "T", "html": "<p>x</p>", "audience": [board.group("3.A")]}
    problem = await board.refused(422, people.teacher, "POST", "", **(body | change))
    assert problem["errors"][0]["field"] == field
    assert problem["errors"][0]["reason"]
    assert await board.feed(people.guardian) == []
    await board.do(people.teacher, "POST", "", **body)


async def test_words_are_made_safe(board: NoticeBoard, people: People) -> None:
    """Rule of the house: what could run or track is gone before it is stored."""
    post = await board.post(
        people.teacher, html='<p onclick="x()">Hej<script>x()</script><img src="//x"></p>'
    )
    assert (await board.read(people.guardian, post))["html"] == "<p>Hej</p>"


async def test_words_that_look_like_templates_or_formats_stay_words(
    board: NoticeBoard, people: People
) -> None:
    """ASVS 1.3.7, 1.3.10: nothing that people write is worked out or filled in."""
    words = "{{ 7 * 7 }} {% if 1 %} %(count)s %s %999d {0} {self} $name"
    post = await board.post(people.teacher, title=words, html=f"<p>{words}</p>")
    found = await board.read(people.guardian, post)
    assert (found["post"]["title"], found["html"]) == (words, f"<p>{words}</p>")
    client = await board.client(people.guardian)
    page = unescape((await client.get(f"/posts/{post}")).text)
    assert page.count(words) >= 2
    assert words in unescape((await client.get("/posts")).text)


async def test_a_moment_needs_its_zone(board: NoticeBoard, people: People) -> None:
    """Rule 14: a time without a zone is refused with a name, not taken for another one."""
    body = {"title": "T", "html": "<p>x</p>", "audience": [board.group("3.A")]}
    moment = "2030-01-01T10:00:00"
    answer = await board.ask(people.teacher, "POST", "", publish_at=moment, **body)
    assert answer.status_code in {400, 422}, answer.text
    await board.do(people.teacher, "POST", "", publish_at=f"{moment}Z", **body)


async def test_the_same_key_posts_once(board: NoticeBoard, people: People) -> None:
    """Rule 15: a second click or a retry makes no second post."""
    client = await board.client(people.teacher)
    body = {"title": "T", "html": "<p>x</p>", "audience": [board.group("3.A")]}
    answers = [
        await client.post("/api/v1/posts", json=body, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(await board.feed(people.guardian)) == 1


async def test_the_writer_sees_whom_it_reaches(board: NoticeBoard, people: People) -> None:
    """Promise 3: how many, of what kind, and the first by name; each person counts once."""
    both = [board.group("3.A"), board.group("3.B")]
    found = await board.do(people.teacher, "POST", "/audience/preview", audience=both)
    assert (found["total"], found["by_kind"]) == (5, {"guardian": 5})
    assert "Anne Skov" in found["first_names"]
    assert "Henrik Berg" not in found["first_names"]
    groups = (await board.do(people.teacher, "POST", "/audience/search", words="3."))["groups"]
    assert ("3.A", "guardian", 4) in {(one["name"], one["role"], one["people"]) for one in groups}
    own = (await board.do(people.teacher, "POST", "/audience/search"))["groups"]
    assert {one["name"] for one in own} == {"3.A"}
    foreign = [board.group("1.X")]
    nothing = await board.do(people.teacher, "POST", "/audience/preview", audience=foreign)
    assert (nothing["total"], nothing["out_of_reach"]) == (0, foreign)


async def test_expired_posts_are_gone(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """POST-1: after its end nobody but the writer reads it."""
    soon = (utc_now() + timedelta(hours=1)).isoformat()
    post = await board.post(people.teacher, expire_at=soon)
    assert await board.feed(people.guardian) == [post]
    async with platform.write() as write:
        await write.execute(
            sa.update(post_table).values(expire_at=write.now - timedelta(seconds=1))
        )
    assert await board.feed(people.guardian) == []
    await board.refused(404, people.guardian, "GET", f"/{post}")
    assert await board.feed(people.teacher) == []
    assert await board.feed(people.teacher, "?box=own") == [post]
    await board.read(people.teacher, post)


async def test_important_posts_stand_on_top_in_their_time(
    board: NoticeBoard, people: People
) -> None:
    """POST-4: pinned from its start until its end, then in its place; found under important."""
    now = utc_now()
    pinned = await board.post(people.teacher, title="Vigtigt", important={})
    later = await board.post(
        people.teacher,
        title="Senere",
        important={"start": (now + timedelta(days=1)).isoformat()},
    )
    newest = await board.post(people.teacher)
    page = await board.get(people.guardian, "")
    assert [item["id"] for item in page["pinned"]] == [pinned]
    assert [item["id"] for item in page["items"]] == [newest, later]
    assert await board.feed(people.guardian, "?box=important") == [later, pinned]
    end = page["pinned"][0]["important"]["end"]
    assert end[:10] == (now + timedelta(days=7)).isoformat()[:10]


async def test_lists_are_filtered(board: NoticeBoard, people: People) -> None:
    """POST-3: by who wrote it, by own, by child and by group; another's child is refused."""
    school = await board.post(people.teacher)
    daycare = await board.post(people.pedagogue, board.group("Stjernerne"))
    assert await board.feed(people.guardian) == [daycare, school]
    assert await board.feed(people.guardian, "?box=staff") == [daycare, school]
    assert await board.feed(people.guardian, "?box=parents") == []
    assert await board.feed(people.guardian, "?box=pupils") == []
    assert await board.feed(people.teacher, "?box=own") == [school]
    for child, expected in ((people.pupil, school), (people.sibling, daycare)):
        query = f"?child={PERSON.format(child.person_id)}"
        assert await board.feed(people.guardian, query) == [expected]
    foreign = f"?child={PERSON.format(people.classmate.person_id)}"
    await board.refused(422, people.guardian, "GET", foreign)
    group = board.group("3.A").partition(":")[0]
    assert await board.feed(people.guardian, f"?group={group}") == [school]
    assert await board.feed(people.stranger, f"?group={group}") == []


async def test_pages_neither_repeat_nor_lose(board: NoticeBoard, people: People) -> None:
    """Manners: 20 a page by cursor; what is posted in between disturbs nothing."""
    posted = [await board.post(people.teacher) for _ in range(25)]
    seen: list[str] = []
    query = ""
    while True:
        page = await board.get(people.guardian, query)
        assert len(page["items"]) <= 20
        seen += [item["id"] for item in page["items"]]
        await board.post(people.teacher)
        if page["next"] is None:
            break
        query = f"?after={page['next']}"
    assert seen == list(reversed(posted))
