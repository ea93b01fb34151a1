"""Access to old data (decision 0038): what was one's own while one belonged stays readable, and
nothing newer; not where custody has ended, nor where the municipality says no (DEL-9, DEL-10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry as audit_entry
from aula_platform.identity.epochs import raise_rights_epoch, read_epochs
from aula_platform.permissions.tables import grant
from aula_platform.stamdata.tables import guardianship, membership, profile, profile_role
from aula_platform.storage import EVERYWHERE, around
from aula_platform.testing import RunningSite
from aula_plugins.groups.writer import WRITER, group_record, membership_record
from aula_plugins.messages.ids import THREAD
from aula_plugins.posts.ids import POST
from aula_sdk.audit import AuditKind
from aula_sdk.db import utc_now
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.stamdata_source import GroupRecord, MembershipRecord
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from plugins.messages.tests.post_office import PostOffice, person
from plugins.posts.tests.notice_board import NoticeBoard
from tests.administration.office import appoint_to_municipality

KINDS = {"posts.read": POST, "messages.read": THREAD}
OLD, NEW = "<p>Mens Alma gik her</p>", "<p>Efter at Alma flyttede</p>"
AT_ONCE = 7


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Where there is something old to read."""
    return ("groups", "messages", "posts")


@pytest.fixture
def plugin_settings() -> Mapping[str, Mapping[str, Any]]:
    """As many as the school's conversation has can be written to at once, and no more."""
    return {"messages": {"max_recipients": AT_ONCE}}


class School:
    """What was written at the school before a family moved, and after."""

    def __init__(self, site: RunningSite, browser: Browser, people: People) -> None:
        self.site, self.people = site, people
        self.board = NoticeBoard(browser, people)
        self.office = PostOffice(browser, people)
        self.post = self.thread = self.later_post = ""
        self.elsewhere: dict[str, UUID] = {}
        self.family = (people.pupil, people.guardian, people.other_parent)

    async def change(self, *statements: sa.Executable) -> None:
        """Change the source's rows, so that the next request knows."""
        async with self.site.storage.write(EVERYWHERE) as write:
            for statement in statements:
                await write.execute(statement)
            await raise_rights_epoch(write)

    async def write_old(self) -> None:
        """Let the teacher write to the class while the family belongs to it."""
        teacher, audience = self.people.teacher, [self._group("guardian"), self._group("pupil")]
        self.post = await self.board.post(teacher, *audience, html=OLD, comments_allowed=True)
        await self.board.comment(teacher, self.post, "Gammel")
        self.thread = await self.office.start(teacher, *audience, html=OLD)

    async def enrol(self, child: Member) -> UUID:
        """Let a child of the family begin at the school; return the child's profile there."""
        pupil, key = self.people.pupil, new_id()
        row = {
            "id": key, "municipality_id": pupil.municipality_id, "source": "test",
            "person_id": child.person_id, "institution_id": pupil.institution_id,
            "kind": "pupil", "valid_from": utc_now().replace(year=2020),
        }  # fmt: skip
        await self.change(sa.insert(profile).values(row))
        return key

    async def move(self) -> None:
        """Let the family leave the school for another place in the municipality."""
        people, now, place = self.people, utc_now(), self.people.pedagogue.institution_id
        ids = [member.profile_id for member in self.family]
        was_there = {"valid_from": now.replace(year=2020), "source": "test"}
        self.elsewhere = {member.key: new_id() for member in (people.pupil, people.other_parent)}
        new = [
            was_there | {
                "id": self.elsewhere[member.key], "municipality_id": member.municipality_id,
                "person_id": member.person_id, "institution_id": place, "kind": member.kind,
            }
            for member in (people.pupil, people.other_parent)
        ]  # fmt: skip
        await self.change(
            sa.update(profile).where(profile.c.id.in_(ids)).values(valid_to=now),
            sa.update(membership).where(membership.c.profile_id.in_(ids)).values(valid_to=now),
            *(sa.insert(profile).values(row) for row in new),
        )

    async def write_new(self) -> None:
        """Let the school go on without them."""
        teacher, audience = self.people.teacher, [self._group("guardian"), self._group("pupil")]
        await self.board.comment(teacher, self.post, "Ny")
        self.later_post = await self.board.post(teacher, *audience, html=NEW)
        await self.office.reply(teacher, self.thread, to="all", html=NEW)

    def _group(self, kind: str) -> str:
        return self.board.group("3.A", kind)

    async def sees(self, member: Member) -> tuple[bool, bool]:
        """Whether a member reads the old post, and the old conversation."""
        post = await self.board.ask(member, "GET", f"/{self.post}")
        thread = await self.office.ask(member, "GET", f"/threads/{self.thread}")
        assert {post.status_code, thread.status_code} <= {200, 404}
        return post.status_code == 200, thread.status_code == 200


@pytest.fixture
async def school(running: RunningSite, browser: Browser, people: People) -> School:
    """The school from which a family has moved."""
    found = School(running, browser, people)
    await found.write_old()
    await found.move()
    await found.write_new()
    return found


async def test_what_was_theirs_is_still_read_and_nothing_newer(school: School) -> None:
    """GRP-5, PS-8: the child and both parents, at a new place, in lists and one by one."""
    for member in school.family:
        assert await school.sees(member) == (True, True), member.key
        feed = await school.board.feed(member)
        assert (school.post in feed, school.later_post in feed) == (True, False)
        assert (await school.board.ask(member, "GET", f"/{school.later_post}")).status_code == 404
        comments = await school.board.comments(member, school.post)
        assert [one["text"] for one in comments] == ["Gammel"]
        assert await school.office.words(member, school.thread) == [OLD]
        (row,) = await school.office.inbox(member)
        assert (row["id"], row["latest"]["excerpt"]) == (school.thread, "Mens Alma gik her")
        assert (row["unread"], row["left_at"] is None) == (0, False)
        assert await school.office.inbox(member, "?box=unread") == []


async def test_it_is_only_read(school: School) -> None:
    """Nothing is written with a profile that has ended, and nobody there is told of them."""
    guardian = school.people.guardian
    await school.board.refused(403, guardian, "POST", f"/{school.post}/comments", text="Hej")
    answer = await school.office.ask(
        guardian, "POST", f"/threads/{school.thread}/messages", html="<p>Hej</p>"
    )
    assert answer.status_code in {403, 409, 422}, answer.text
    assert (await school.office.thread(guardian, school.thread))["may"] == []


async def test_others_read_as_much_as_before(school: School) -> None:
    """The classmate's parent reads all of it; strangers and who has no access nothing."""
    people = school.people
    assert await school.sees(people.other_guardian) == (True, True)
    assert len(await school.board.comments(people.other_guardian, school.post)) == 2
    assert await school.office.words(people.other_guardian, school.thread) == [OLD, NEW]
    for member in (people.without_access, people.neighbour, people.stranger, people.pedagogue):
        assert await school.sees(member) == (False, False), member.key


async def test_who_loses_custody_loses_what_is_old(school: School) -> None:
    """R7, ID-12: at the next request, of what is old as of what is new; the other parent reads."""
    people = school.people
    mine = (
        guardianship.c.guardian_person_id == people.guardian.person_id,
        guardianship.c.child_person_id == people.pupil.person_id,
    )
    lost = {"custody": False, "extended_access": False}
    await school.change(sa.update(guardianship).where(*mine).values(lost))
    assert await school.sees(people.guardian) == (False, False)
    assert await school.office.inbox(people.guardian) == []
    assert await school.sees(people.other_parent) == (True, True)


async def test_readings_of_what_is_old_are_kept(school: School) -> None:
    """R19: the list of what was had at a place that was left, and the conversation itself."""
    reader = school.people.other_parent
    actor = await school.site.actor(reader)
    looked = sa.select(audit_entry.c.details).where(
        audit_entry.c.kind == AuditKind.LOOK,
        audit_entry.c.action == "messages.read",
        audit_entry.c.account_id == actor.account_id,
    )
    async with school.site.storage.read(EVERYWHERE) as read:
        assert await read.rows(looked) == []
    assert len(await school.office.inbox(reader)) == 1
    async with school.site.storage.read(EVERYWHERE) as read:
        assert [row.details for row in await read.rows(looked)] == [{"listed": 1}]


async def test_a_municipality_can_say_no(school: School) -> None:
    """RGT-2: it is a right like others, decided on the same page."""
    row = {
        "municipality_id": school.people.guardian.municipality_id, "role": "guardian",
        "relation": "belonged", "allowed": False, "step_up": False, "created_at": utc_now(),
    }  # fmt: skip
    for action in ("posts.read", "messages.read"):
        await school.change(sa.insert(grant).values(row | {"id": new_id(), "action": action}))
    assert await school.sees(school.people.guardian) == (False, False)
    assert await school.sees(school.people.pupil) == (True, True)


async def test_for_employees_it_was_work(school: School) -> None:
    """Who has gone on to work at another place reads nothing of the school any more."""
    people, now = school.people, utc_now()
    moved = {
        "id": new_id(), "municipality_id": people.teacher.municipality_id, "source": "test",
        "person_id": people.teacher.person_id, "institution_id": people.pedagogue.institution_id,
        "kind": "employee", "valid_from": now.replace(year=2020),
    }  # fmt: skip
    assert await school.sees(people.teacher) == (True, True)
    await school.change(
        sa.update(profile).where(profile.c.id == people.teacher.profile_id).values(valid_to=now),
        sa.insert(profile).values(moved),
    )
    assert await school.sees(people.teacher) == (False, False)


async def test_what_is_changed_later_is_newer(school: School) -> None:
    """The new words are for those who are there; who has left sees neither them nor an old copy."""
    people, board = school.people, school.board
    change = {"title": "Rettet", "html": NEW}
    await board.do(people.teacher, "PUT", f"/{school.post}", **change)
    assert (await board.read(people.other_guardian, school.post))["post"]["title"] == "Rettet"
    for member in school.family:
        await board.refused(404, member, "GET", f"/{school.post}")
        assert school.post not in await board.feed(member)


async def test_words_that_are_changed_later_are_newer(school: School) -> None:
    """Of messages and comments too, each by itself, and wherever their first words stand."""
    people, board, office = school.people, school.board, school.office
    items = (await office.thread(people.teacher, school.thread))["messages"]["items"]
    (old,) = (item["id"] for item in items if item["html"] == OLD)
    answer = await office.ask(people.teacher, "PATCH", f"/messages/{old}", html=NEW)
    assert answer.is_success, answer.text
    comments = await board.comments(people.teacher, school.post)
    (comment,) = (one["id"] for one in comments if one["text"] == "Gammel")
    await board.do(people.teacher, "PATCH", f"/comments/{comment}", text="Rettet")
    there = people.other_guardian
    assert await office.words(there, school.thread) == [NEW, NEW]
    assert {one["text"] for one in await board.comments(there, school.post)} == {"Rettet", "Ny"}
    for member in school.family:
        assert await school.sees(member) == (True, True)
        assert await office.words(member, school.thread) == []
        assert await board.comments(member, school.post) == []
        (row,) = await office.inbox(member)
        assert (row["latest"]["excerpt"], row["latest"]["has_attachments"]) == ("", False)
        client = await office.client(member)
        for page in ("/messages", f"/messages/{school.thread}", "/", f"/posts/{school.post}"):
            answer = await client.get(page)
            assert answer.status_code == 200, page
            assert "Efter at Alma flyttede" not in answer.text
            assert "Rettet" not in answer.text


async def test_of_siblings_each_counts_for_itself(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """R7: a parent stays because of one child; what was written about the other one stays closed.

    Also when the second leaves, and with it the parent: what the first had left behind by then is
    not given back.
    """
    school = School(running, browser, people)
    await school.write_old()
    stays = await school.enrol(people.sibling)
    parent = people.guardian.profile_id
    await school.move()
    await school.change(sa.update(profile).where(profile.c.id == parent).values(valid_to=None))
    await school.write_new()
    assert NEW not in (await school.office.ask(people.guardian, "GET", "/threads")).text
    ended = sa.update(profile).where(profile.c.id.in_([parent, stays]))
    await school.change(ended.values(valid_to=utc_now()))
    assert await school.office.words(people.guardian, school.thread) == [OLD]
    (row,) = await school.office.inbox(people.guardian)
    assert row["latest"]["excerpt"] == "Mens Alma gik her"
    assert school.later_post not in await school.board.feed(people.guardian)


async def test_who_stays_for_a_sibling_is_let_in_by_the_same_profile(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """MSG-11, MSG-18: on account of the child who is there; a direct answer reaches them again."""
    school = School(running, browser, people)
    office = school.office
    await school.write_old()
    direct = (await office.reply(people.guardian, school.thread, html=OLD))["thread"]
    await school.enrol(people.sibling)
    await school.move()
    old = profile.c.id == people.guardian.profile_id
    await school.change(sa.update(profile).where(old).values(valid_to=None))
    await school.write_new()
    for thread in (school.thread, direct):
        await office.refused(404, people.guardian, "GET", f"/threads/{thread}")
    path, again = f"/threads/{school.thread}/participants", person(people.guardian)
    answer = await office.ask(people.teacher, "POST", path, recipients=[again])
    assert answer.status_code == 201, answer.text
    assert await office.words(people.guardian, school.thread) == [OLD, NEW]
    assert (await office.thread(people.teacher, school.thread))["participant_count"] == AT_ONCE + 1
    sent = await office.reply(people.guardian, school.thread, to="all", html="<p>Tak</p>")
    assert sent["thread"] == school.thread
    back = await office.reply(people.teacher, school.thread, html="<p>Velkommen</p>")
    assert back["thread"] != direct
    assert await office.words(people.guardian, back["thread"]) == ["<p>Velkommen</p>"]
    await office.refused(422, people.teacher, "POST", path, recipients=[again])


@pytest.mark.parametrize("stays", [False, True])
async def test_who_has_left_can_be_let_in_again(school: School, *, stays: bool) -> None:
    """MSG-18: as who they are now, once, and with the whole history; also who stays at the school
    because of another child, which lets nobody read what was about the one that has left.

    MSG-13: they were counted all the time, so as many as can be written to at once remain so.
    """
    people, office = school.people, school.office
    key, here_now = new_id(), school.elsewhere[people.other_parent.key]
    met: list[GroupRecord | MembershipRecord] = [
        group_record(key, people.teacher.institution_id, "Overgang"),
        *(membership_record(key, one) for one in (people.teacher.profile_id, here_now)),
    ]
    async with school.site.platform.write() as write:
        place = people.teacher.municipality_id
        await school.site.platform.stamdata.deliver(write, WRITER, place, met)
    if stays:
        old = profile.c.id == people.other_parent.profile_id
        await school.change(sa.update(profile).where(old).values(valid_to=None))
        await office.refused(404, people.other_parent, "GET", f"/threads/{school.thread}")
    path = f"/threads/{school.thread}/participants"
    before = (await office.thread(people.teacher, school.thread))["participant_count"]
    assert before == AT_ONCE + 1
    answer = await office.ask(people.teacher, "POST", path, recipients=[PROFILE.format(here_now)])
    assert answer.status_code == 201, answer.text
    assert await office.words(people.other_parent, school.thread) == [OLD, NEW]
    (row,) = await office.inbox(people.other_parent)
    assert row["left_at"] is None
    after = (await office.thread(people.teacher, school.thread))["participant_count"]
    assert after == before, "who was let in again had been counted all the time"


async def test_why_somebody_reads_it_is_explained(school: School) -> None:
    """Issue 4: the reason names the place that was left, and ``may`` says the same."""
    actor = await school.site.actor(school.people.other_parent)
    permissions = school.site.platform.permissions
    async with school.site.storage.read(around(actor.municipalities)) as read:
        for action, key in (("posts.read", school.post), ("messages.read", school.thread)):
            object_id = KINDS[action].parse(key)
            why = await permissions.explain(read, actor, action, object_id)
            assert await permissions.may(read, actor, action, object_id) is why.allowed is True
            (reason,) = (one for one in why.reasons if one.allowed)
            assert "Nordskolen" in str(reason.sentence)


@pytest.mark.parametrize("decides", ["everywhere", "there"])
async def test_an_administrator_is_told_why_as_far_as_they_decide(
    school: School, decides: str
) -> None:
    """R8: the municipality's reads that the place that was left is why; who decides at the new
    place alone reads nothing of the old one. That somebody asks throws nobody's actor away.
    """
    people, asked = school.people, school.elsewhere["other_parent"]
    if decides == "everywhere":
        await appoint_to_municipality(school.site, people.leader)
        actor = await school.site.actor(people.leader)
    else:
        row = {"role": "institution_admin", "source": "cast", "valid_from": utc_now()}
        here = {"profile_id": people.pedagogue.profile_id, "id": new_id()}
        place = {"municipality_id": people.pedagogue.municipality_id}
        await school.change(sa.insert(profile_role).values(row | here | place))
        actor = await school.site.actor(people.pedagogue)
    grants = school.site.platform.grants
    async with school.site.storage.read(EVERYWHERE) as read:
        before = (await read_epochs(read)).rights
    for action, key in (("posts.read", school.post), ("messages.read", school.thread)):
        async with school.site.storage.write(around(actor.municipalities), actor) as write:
            why = await grants.explain_thing(write, actor, asked, action, key)
        assert why.allowed is (decides == "everywhere"), action
        told = "Nordskolen" in " ".join(str(one.sentence) for one in why.reasons)
        assert told is (decides == "everywhere")
    async with school.site.storage.read(EVERYWHERE) as read:
        assert (await read_epochs(read)).rights == before


async def test_a_class_left_behind_is_read_and_no_more(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """GRP-5: who changes class at the same school keeps what was there, and comments no more."""
    school = School(running, browser, people)
    await school.write_old()
    mine = membership.c.profile_id == people.pupil.profile_id
    await school.change(sa.update(membership).where(mine).values(valid_to=utc_now()))
    await school.write_new()
    for member in school.family:
        assert [one["text"] for one in await school.board.comments(member, school.post)] == [
            "Gammel"
        ]
        await school.board.refused(403, member, "POST", f"/{school.post}/comments", text="Hej")
        assert school.later_post not in await school.board.feed(member)


async def test_nothing_but_reading_is_given_to_who_has_left(running: RunningSite) -> None:
    """Decision 0038: whatever a plugin gives through such a relation is named here."""
    catalogue = running.platform.permissions.catalogue
    given = {
        default.action
        for defaults in catalogue.defaults.values()
        for default in defaults
        if catalogue.is_former(default.action, default.relation)
    }
    assert not catalogue.has("messages.reply", "belonged")
    assert not catalogue.has("posts.comment", "belonged")
    assert given == {
        "messages.read", "messages.read_message", "posts.follow", "posts.read",
        "posts.read_comment",
    }  # fmt: skip
