"""Reports: made by readers, decided by those who handle them, the reporter told to nobody else."""

import httpx

from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from plugins.posts.tests.notice_board import NoticeBoard

WORDS = {"reason": "unkind", "words": "Det er ikke i orden"}


async def test_a_reported_post_can_stay(board: NoticeBoard, people: People) -> None:
    """ADMN-3: those who handle reports see who and why, and let it stay; once."""
    post = await board.post(people.teacher)
    sent = await board.do(people.guardian, "POST", f"/{post}/reports", **WORDS)
    again = await board.do(people.guardian, "POST", f"/{post}/reports", **WORDS)
    assert again == sent
    for member in (people.leader, people.admin):
        items = (await board.get(member, "/reports"))["items"]
        assert [
            (one["post"], one["reporter_name"], one["reason"], one["words"]) for one in items
        ] == [(post, "Anne Skov", "unkind", "Det er ikke i orden")]
    decision = f"/reports/{sent['report']}/decision"
    await board.do(people.leader, "POST", decision, decision="kept")
    problem = await board.refused(409, people.admin, "POST", decision, decision="removed")
    assert problem["code"] == "posts.already-decided"
    assert (await board.get(people.admin, "/reports"))["items"] == []
    decided = (await board.get(people.admin, "/reports?decided=true"))["items"]
    assert [(one["decision"], one["decider_name"]) for one in decided] == [("kept", "Kirsten Bang")]
    assert (await board.read(people.guardian, post))["html"] == "<p>Husk madpakke</p>"


async def test_reported_words_can_go(board: NoticeBoard, people: People) -> None:
    """ADMN-3: removed words are gone for all, with a trace; all reports of them are decided."""
    post = await board.post(people.teacher)
    comment = await board.comment(people.guardian, post, "Grimme ord")
    other = await board.comment(people.guardian, post, "Pæne ord")
    path = f"/comments/{comment}/reports"
    sent = await board.do(people.other_guardian, "POST", path, **WORDS)
    await board.do(people.other_parent, "POST", path, **WORDS)
    await board.do(people.leader, "POST", f"/reports/{sent['report']}/decision", decision="removed")
    found = {one["id"]: one for one in await board.comments(people.teacher, post)}
    assert (found[comment]["text"], found[comment]["withdrawn_by"]) == ("", "institution")
    assert found[other]["text"] == "Pæne ord"
    assert (await board.get(people.admin, "/reports"))["items"] == []
    sent = await board.do(people.guardian, "POST", f"/{post}/reports", **WORDS)
    await board.do(people.admin, "POST", f"/reports/{sent['report']}/decision", decision="removed")
    gone = await board.read(people.guardian, post)
    assert (gone["html"], gone["post"]["withdrawn_by"]) == ("", "institution")


async def test_who_wrote_it_never_learns_who_reported(board: NoticeBoard, people: People) -> None:
    """ADM-6: nowhere does the writer see it, also when handling reports at the institution."""
    post = await board.post(people.leader)
    await board.do(people.guardian, "POST", f"/{post}/reports", **WORDS)
    assert (await board.get(people.leader, "/reports"))["items"] == []
    reports = (await board.get(people.admin, "/reports"))["items"]
    assert len(reports) == 1
    decision = f"/reports/{reports[0]['id']}/decision"
    await board.refused(404, people.leader, "POST", decision, decision="kept")
    for path in (f"/api/v1/posts/{post}", f"/posts/{post}", "/posts", "/posts/reports"):
        assert "Anne Skov" not in (await fetch(board, people.leader, path)).text
    await board.do(people.admin, "POST", decision, decision="removed")
    for path in (f"/posts/{post}", "/posts/reports?decided=true"):
        assert "Anne Skov" not in (await fetch(board, people.leader, path)).text
    assert "Anne Skov" in (await fetch(board, people.admin, "/posts/reports?decided=true")).text


async def fetch(board: NoticeBoard, member: Member, path: str) -> httpx.Response:
    """Return a page that is there."""
    answer = await (await board.client(member)).get(path)
    assert answer.status_code == 200, answer.text
    return answer


async def test_reports_stay_at_their_institution(board: NoticeBoard, people: People) -> None:
    """RGT-1: who handles reports at the school sees none of the day-care's."""
    post = await board.post(people.pedagogue, board.group("Stjernerne"))
    await board.do(people.guardian, "POST", f"/{post}/reports", **WORDS)
    assert (await board.get(people.admin, "/reports"))["items"] == []


async def test_own_words_are_withdrawn_not_reported(board: NoticeBoard, people: People) -> None:
    """The same words are reported by another reader."""
    post = await board.post(people.teacher, board.group("3.A"), board.group("3.A", "employee"))
    problem = await board.refused(409, people.teacher, "POST", f"/{post}/reports", **WORDS)
    assert problem["code"] == "posts.own-words"
    comment = await board.comment(people.guardian, post)
    await board.refused(409, people.guardian, "POST", f"/comments/{comment}/reports", **WORDS)
    await board.do(people.teacher, "POST", f"/comments/{comment}/reports", **WORDS)
