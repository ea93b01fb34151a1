"""What a change of belonging does, said beforehand (decision 0044): by the rules that will hold
then, and without a trace but the one that somebody has looked.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.permissions.moving import measuring
from aula_platform.storage import EVERYWHERE
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import Period, RightToGive
from aula_sdk.moving import Change, ChangeKind
from aula_sdk.permissions import NO_RELATION
from aula_sdk.stamdata_source import ProfileRecord, Removed
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser
from plugins.messages.tests.post_office import PostOffice
from plugins.posts.tests.notice_board import NoticeBoard
from tests.permissions.desk import Desk
from tests.permissions.relocation import LEAVES, Relocation, amounts, of
from tests.storage.snapshots import snapshot

AUDIT = ("audit_entry", "audit_subject")


@pytest.fixture
async def town(desk: Desk, browser: Browser) -> Relocation:
    """The town, in which the teacher has written a post and a conversation to 3.A."""
    people = desk.people
    board, office = NoticeBoard(browser, people), PostOffice(browser, people)
    audience = [board.group("3.A", kind) for kind in ("guardian", "pupil")]
    post = await board.post(people.teacher, *audience, comments_allowed=True)
    await board.comment(people.teacher, post)
    await office.start(people.teacher, *audience)
    return Relocation(desk)


def _changes(town: Relocation) -> list[tuple[Member, Change]]:
    people = town.people
    daycare = people.pedagogue.institution_id
    return [
        (people.teacher, LEAVES),
        (people.teacher, Change(ChangeKind.MOVES, daycare)),
        (people.pupil, LEAVES),
        (people.pupil, Change(ChangeKind.MOVES, daycare)),
        (people.other_parent, Change(ChangeKind.ACCESS_ENDS, child=people.pupil.profile_id)),
    ]


async def test_nothing_is_left_of_looking(town: Relocation) -> None:
    """Not a row, no epoch, no event, no staged record; the audit has that somebody has looked."""
    people = town.people
    await town.appoint_deputy(people.colleague, people.teacher, Period())
    right = RightToGive("posts.create", NO_RELATION, "yes")
    await town.desk.give_right(people.admin, people.teacher, right)
    await town.site.actor(people.leader)
    for member, change in _changes(town):
        actor = await town.site.actor(people.leader)
        before = await snapshot(town.site.storage, without=AUDIT)
        looked = await _looks(town)
        async with town.site.platform.within(actor.municipalities).read_by(actor).read() as read:
            await town.moving.preview(read, actor, member.profile_id, change)
        assert await snapshot(town.site.storage, without=AUDIT) == before, change
        (row,) = (await _looks(town))[len(looked) :]
        assert (row.action, row.object_id, row.details) == (
            "permissions.explain", member.profile_id, {"change": change.kind.value},
        )  # fmt: skip


async def _looks(town: Relocation) -> list[Any]:
    async with town.site.storage.read(EVERYWHERE) as read:
        statement = sa.select(entry.c.action, entry.c.object_id, entry.c.details)
        return list(await read.rows(statement.where(entry.c.kind == "look").order_by(entry.c.id)))


async def test_it_comes_as_it_was_said(town: Relocation) -> None:
    """The delivery does what the preview has said, to each who is named in it, and in numbers."""
    people = town.people
    change = Change(ChangeKind.MOVES, people.pedagogue.institution_id)
    said = await town.preview(people.leader, people.pupil, change)
    assert {one.person.profile_id for one in said.affected} == {
        one.profile_id for one in (people.pupil, people.guardian, people.other_parent)
    }
    await town.bring(
        *(
            Removed("profile", (one.key, "school", one.kind.value))
            for one in (people.pupil, people.guardian, people.other_parent)
        ),
        ProfileRecord("pupil", "daycare", people.pupil.kind),
    )
    places = [people.teacher.institution_id, people.pedagogue.institution_id]
    for member in (people.pupil, people.guardian, people.other_parent):
        found, told = await town.measure(member, places), of(said, member)
        assert told.stays is found.is_somebody is True, member.key
        for action, (_before, after, old) in amounts(told).items():
            counted = (found.own.get(action, 0), found.old.get(action, 0))
            assert (after, old) == counted, (member.key, action)
    child = of(said, people.pupil)
    assert child.groups_left == ("3.A",)
    # What was theirs stays readable and is no longer their own (decision 0038).
    assert amounts(child)["posts.read"] == (1, 0, 1)
    assert amounts(child)["messages.read"] == (1, 0, 1)


async def test_an_employment_that_ends_leaves_nothing(town: Relocation) -> None:
    """For employees it was work: nothing old, no log-in, and what was given ends."""
    people = town.people
    await town.appoint_deputy(people.colleague, people.teacher, Period())
    right = RightToGive("posts.create", NO_RELATION, "yes")
    await town.desk.give_right(people.admin, people.teacher, right)
    (told,) = (await town.preview(people.admin, people.teacher)).affected
    assert told.stays is False
    assert told.groups_left == ("3.A",)
    assert amounts(told)["posts.read"] == (1, 0, 0)
    assert sorted((one.thing.held_as.value, one.ends) for one in told.things) == [
        ("deputised", True), ("right", True),
    ]  # fmt: skip
    kept = (await town.preview(people.admin, people.leader)).affected[0]
    assert [(one.thing.held_as.value, one.ends) for one in kept.things] == [
        ("post", True), ("post", True),
    ]  # fmt: skip


async def test_lost_access_names_what_is_not_reached(town: Relocation) -> None:
    """R7, ID-12: never without custody; the other parent and the other child's are untouched."""
    people = town.people
    choices = await _choices(town, people.admin, people.guardian)
    assert choices == [people.pupil.profile_id]
    change = Change(ChangeKind.ACCESS_ENDS, child=people.pupil.profile_id)
    said = await town.preview(people.leader, people.guardian, change)
    (told,) = said.affected
    assert (said.child, told.stays, told.groups_left) == ("Alma Skov", True, ("3.A",))
    assert amounts(told)["posts.read"] == (1, 0, 0)
    assert amounts(told)["messages.read"] == (1, 0, 0)
    # Nothing of it has happened.
    assert (await town.measure(people.guardian, [people.teacher.institution_id])).groups


async def _choices(town: Relocation, by: Member, of_: Member) -> list[UUID]:
    actor = await town.site.actor(by)
    async with town.site.platform.read() as read:
        found = await town.moving.choices(read, actor, of_.profile_id)
    return [one.profile_id for one in found.children]


async def test_what_cannot_become_of_somebody(town: Relocation) -> None:
    """A wrong kind, another municipality's institution and somebody else's child are refused."""
    people = town.people
    for member, change, field in (
        (people.teacher, Change(ChangeKind.ACCESS_ENDS, child=people.pupil.profile_id), "kind"),
        (people.guardian, LEAVES, "kind"),
        (people.teacher, Change(ChangeKind.MOVES, people.stranger.institution_id), "to"),
        (people.teacher, Change(ChangeKind.MOVES, people.teacher.institution_id), "to"),
        (people.guardian, Change(ChangeKind.ACCESS_ENDS), "child"),
        (people.guardian, Change(ChangeKind.ACCESS_ENDS, child=people.classmate.profile_id),
         "child"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await town.preview(people.leader, member, change)
        assert [one.field for one in refused.value.fields] == [field]


async def test_only_who_decides_rights_there_is_told(town: Relocation) -> None:
    """ADM-2, R10: nobody else, neither the person nor who works elsewhere."""
    people = town.people
    others = (
        people.teacher, people.guardian, people.pupil, people.external, people.pedagogue,
        people.stranger, people.stranger_teacher,
    )  # fmt: skip
    for member in others:
        with pytest.raises(NotFound):
            await town.preview(member, people.teacher)
    with pytest.raises(NotFound):
        await town.preview(people.admin, people.pedagogue)
    assert (await town.preview(people.admin, people.teacher)).affected


async def test_where_somebody_else_is_stays_untold(town: Relocation) -> None:
    """R8: who decides at the school is told nothing of the day-care of the sibling."""
    people = town.people
    change = Change(ChangeKind.MOVES, people.pedagogue.institution_id)
    with pytest.raises(Invalid):
        await town.preview(people.admin, people.pupil, change)
    anywhere = await town.preview(people.admin, people.pupil, Change(ChangeKind.MOVES))
    assert anywhere.place == ""
    assert amounts(of(anywhere, people.pupil))["posts.read"] == (1, 0, 1)
    by_school = of(anywhere, people.guardian)
    by_all = of(await town.preview(people.leader, people.pupil, change), people.guardian)
    assert by_school.groups_left == by_all.groups_left == ("3.A",)
    sees = "groups.see"
    assert amounts(by_all)[sees][0] > amounts(by_school)[sees][0]


async def test_that_somebody_is_elsewhere_too_stays_untold(town: Relocation) -> None:
    """R8: of two parents one has a sibling at a day-care, which a school's preview does not tell;
    who decides everywhere has to say where somebody goes.
    """
    people = town.people
    told = await town.preview(people.admin, people.pupil)
    mother, father = of(told, people.guardian), of(told, people.other_parent)
    assert (mother.stays, father.stays) == (False, False)
    assert all(each.old == 0 for one in (mother, father) for each in one.amounts)
    with pytest.raises(Invalid) as refused:
        await town.preview(people.leader, people.teacher, Change(ChangeKind.MOVES))
    assert [one.field for one in refused.value.fields] == ["to"]


async def test_no_count_goes_on_for_ever(town: Relocation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database stops counting; one more stands for any number."""
    monkeypatch.setattr(measuring, "MOST", 1)
    measuring._up_to_most.cache_clear()  # Statements are kept with their limit.
    try:
        (told,) = (await town.preview(town.people.leader, town.people.teacher)).affected
    finally:
        measuring._up_to_most.cache_clear()
    assert max(each.before for each in told.amounts) == 2


async def test_a_preview_has_a_budget(town: Relocation, count_statements: Any) -> None:
    """A few statements for each person, however much there is to be counted."""
    people = town.people
    await town.preview(people.leader, people.teacher)
    with count_statements() as one:
        await town.preview(people.leader, people.teacher)
    with count_statements() as family:
        await town.preview(people.leader, people.pupil)
    assert one.count <= 190, one.count
    assert family.count - one.count <= 60, family.count
