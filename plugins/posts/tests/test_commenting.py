"""Comments: one level deep, in pages, changed and withdrawn with a trace (POST-5)."""

from collections.abc import Mapping
from typing import Any

import pytest

from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard


async def test_readers_comment_and_answer(board: NoticeBoard, people: People) -> None:
    """Appendix E: guardians, pupils and employees comment; answers stand below, one level deep."""
    post = await board.post(
        people.teacher,
        board.group("3.A"),
        board.group("3.A", "pupil"),
        board.group("3.A", "external"),
    )
    first = await board.comment(people.guardian, post, "Skal de have madpakke med?")
    answer = await board.comment(people.teacher, post, "Ja", parent=first)
    below = await board.comment(people.pupil, post, "Også frugt?", parent=answer)
    found = await board.comments(people.other_guardian, post)
    assert [one["text"] for one in found] == ["Skal de have madpakke med?"]
    assert [(one["id"], one["parent"]) for one in found[0]["answers"]] == [
        (answer, first),
        (below, first),
    ]
    assert (await board.read(people.guardian, post))["post"]["comment_count"] == 3
    await board.refused(403, people.external, "POST", f"/{post}/comments", text="x")
    assert (await board.read(people.external, post))["may"]["comment"] is False


async def test_programs_are_told_what_they_may(board: NoticeBoard, people: People) -> None:
    """POST-5: rights come with each post and comment, by reader and by state."""
    post = await board.post(people.teacher)
    comment = await board.comment(people.guardian, post)
    none = {"comment": False, "edit": False, "withdraw": False, "report": False}
    off = {"remove_from_group": False}
    assert (await board.read(people.teacher, post))["may"] == none | off | {
        "comment": True,
        "edit": True,
        "withdraw": True,
    }
    assert (await board.read(people.guardian, post))["may"] == none | off | {
        "comment": True,
        "report": True,
    }
    assert (await board.read(people.admin, post))["may"] == none | {"remove_from_group": True}
    own = (await board.comments(people.guardian, post))[0]["may"]
    other = (await board.comments(people.teacher, post))[0]["may"]
    assert own == {"edit": True, "withdraw": True, "report": False}
    assert other == {"edit": False, "withdraw": False, "report": True}
    await board.do(people.guardian, "DELETE", f"/comments/{comment}")
    gone = (await board.comments(people.teacher, post))[0]
    assert gone["may"] == {"edit": False, "withdraw": False, "report": False}
    await board.do(people.teacher, "DELETE", f"/{post}")
    assert (await board.read(people.guardian, post))["may"] == none | off


async def test_a_comment_leaves_a_trace(board: NoticeBoard, people: People) -> None:
    """POST-5: that it was changed or withdrawn shows; the words before do not."""
    post = await board.post(people.teacher)
    comment = await board.comment(people.guardian, post, "Først")
    await board.do(people.guardian, "PATCH", f"/comments/{comment}", text="Siden")
    found = (await board.comments(people.teacher, post))[0]
    assert (found["text"], found["edited_at"] is None) == ("Siden", False)
    await board.do(people.guardian, "DELETE", f"/comments/{comment}")
    found = (await board.comments(people.teacher, post))[0]
    assert (found["text"], found["withdrawn_by"]) == ("", "author")
    problem = await board.refused(
        409, people.guardian, "PATCH", f"/comments/{comment}", text="Igen"
    )
    assert problem["code"] == "posts.already-withdrawn"


async def test_comments_come_in_pages(board: NoticeBoard, people: People) -> None:
    """POST-5: comments are paged, and so are the answers to one; three answers show at once."""
    post = await board.post(people.teacher)
    for number in range(22):
        await board.comment(people.guardian, post, str(number))
    first = await board.get(people.guardian, f"/{post}/comments")
    second = await board.get(people.guardian, f"/{post}/comments?after={first['next']}")
    texts = [one["text"] for one in first["items"] + second["items"]]
    assert texts == [str(number) for number in range(21, -1, -1)]
    top = first["items"][0]["id"]
    for number in range(5):
        await board.comment(people.teacher, post, f"svar {number}", parent=top)
    shown = (await board.comments(people.guardian, post))[0]
    assert shown["answer_count"] == 5
    assert [one["text"] for one in shown["answers"]] == ["svar 2", "svar 3", "svar 4"]
    every = await board.get(people.guardian, f"/comments/{top}/answers")
    assert [one["text"] for one in every["items"]] == [f"svar {n}" for n in range(4, -1, -1)]
    older = await board.get(people.guardian, f"/comments/{top}/answers?after={first['next']}")
    assert older["items"] == []


async def test_a_post_can_be_without_comments(board: NoticeBoard, people: People) -> None:
    """POST-1: where the writer wants none, nobody comments; the same post with them is open."""
    closed = await board.post(people.teacher, comments_allowed=False)
    problem = await board.refused(409, people.guardian, "POST", f"/{closed}/comments", text="Tak")
    assert problem["code"] == "posts.comments-closed"
    await board.comment(people.guardian, await board.post(people.teacher))


async def test_an_answer_stays_at_its_post(board: NoticeBoard, people: People) -> None:
    """R10: the comment of another post cannot be answered below this one."""
    post, other = await board.post(people.teacher), await board.post(people.teacher)
    foreign = await board.comment(people.guardian, other)
    path = f"/{post}/comments"
    await board.refused(404, people.guardian, "POST", path, text="x", parent=foreign)
    problem = await board.refused(422, people.guardian, "POST", path, text="  ")
    assert problem["errors"][0]["field"] == "text"
    assert await board.comments(people.guardian, post) == []


class TestWhereCommentsAreOff:
    """The municipality allows no comments at all."""

    @pytest.fixture
    def plugin_settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Comments are switched off."""
        return {"posts": {"comments": False}}

    async def test_nobody_comments(self, board: NoticeBoard, people: People) -> None:
        """RGT-3: the setting of the municipality stands above the writer's choice."""
        post = await board.post(people.teacher, comments_allowed=True)
        await board.refused(409, people.guardian, "POST", f"/{post}/comments", text="x")
        assert (await board.read(people.guardian, post))["may"]["comment"] is False
