"""What is given out about a person, and what is left when the person is erased."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.posts.models import metadata
from aula_plugins.posts.privacy import SUBJECT_DATA
from aula_sdk.protocols import Platform
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard


async def busy_week(board: NoticeBoard, people: People) -> str:
    """Let the guardian and the teacher leave their mark everywhere; return the post."""
    post = await board.post(people.teacher, title="Mettes opslag", html="<p>Mettes ord</p>")
    comment = await board.comment(people.guardian, post, "Annes ord")
    await board.comment(people.other_guardian, post, "Lines ord", parent=comment)
    await board.do(people.guardian, "PATCH", f"/{post}", unread=False, bookmarked=True)
    words = {"reason": "other", "words": "Annes grund"}
    await board.do(people.guardian, "POST", f"/{post}/reports", **words)
    client = await board.client(people.teacher)
    draft = f"/posts/drafts/pdr_{'1' * 32}/autosave"
    assert (await client.post(draft, data={"title": "Mettes kladde"})).status_code == 204
    return post


async def export(platform: Platform, member: Member) -> list[tuple[str, dict[str, Any]]]:
    """Return everything that is given out about a person."""
    async with platform.read() as read:
        return [row async for row in SUBJECT_DATA.export(member.person_id, read)]


async def test_everything_about_a_person_is_given_out(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """R25: every row that names the person; who reported somebody is not told to that one."""
    await busy_week(board, people)
    own = await export(platform, people.guardian)
    assert {name for name, _row in own} == {"posts_comment", "posts_mark", "posts_report"}
    assert "Annes ord" in str(own)
    assert "Annes grund" in str(own)
    assert "Lines ord" not in str(own)
    written = await export(platform, people.teacher)
    assert {name for name, _row in written} == {"posts_post", "posts_draft", "posts_report"}
    reports = [row for name, row in written if name == "posts_report"]
    assert len(reports) == 1
    assert str(people.guardian.profile_id) not in str(reports)
    assert "Annes grund" not in str(reports)
    assert await export(platform, people.stranger) == []


async def test_erasing_leaves_no_trace_of_the_person(
    board: NoticeBoard, people: People, platform: Platform
) -> None:
    """GDPR art. 17: no id, name or word is left; what others wrote stays in its place."""
    post = await busy_week(board, people)
    for member, words in ((people.guardian, "Annes"), (people.teacher, "Mettes")):
        async with platform.write() as write:
            assert await SUBJECT_DATA.erase(member.person_id, write) > 0
        assert await export(platform, member) == []
        profiles = {one.profile_id for one in people.profiles if one.key == member.key}
        async with platform.read() as read:
            for table in metadata.sorted_tables:
                for row in await read.rows(sa.select(table)):
                    assert not profiles & {one for one in row if isinstance(one, UUID)}
                    assert words not in str(row), table.name
        if member is people.guardian:
            found = (await board.comments(people.teacher, post))[0]
            assert (found["text"], found["author"]["id"]) == ("", None)
            assert [one["text"] for one in found["answers"]] == ["Lines ord"]
    client = await board.client(people.other_guardian)
    for path in ("/posts", f"/posts/{post}"):
        assert (await client.get(path)).status_code == 200
    assert (await board.read(people.other_guardian, post))["post"]["withdrawn_by"] == "erasure"
