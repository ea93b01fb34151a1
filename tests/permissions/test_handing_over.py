"""Handing over: the old ends, the successor's begins, never more than the giver may give."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from aula_platform.stamdata.tables import profile
from aula_platform.storage import EVERYWHERE, around
from aula_sdk.db import utc_now
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import NotYoursToGive, Period, RightToGive
from aula_sdk.ids import new_id
from aula_sdk.moving import HandOver, HandOverPreview
from aula_sdk.permissions import NO_RELATION
from aula_sdk.testing.kernel import Member
from tests.permissions.desk import Desk
from tests.permissions.relocation import DEPUTY, Relocation
from tests.storage.snapshots import snapshot

POST = ("posts.create", NO_RELATION)
DECIDE = "permissions.grant"
_DAY = timedelta(days=1)


async def test_a_role_and_a_right_change_hands(desk: Desk) -> None:
    """The one has it no more, the other has it, at the next request; both are in the audit."""
    town, people = Relocation(desk), desk.people
    end = utc_now() + 30 * _DAY
    role = await desk.give(people.leader, people.teacher, DEPUTY, Period(None, end))
    await desk.decide(people.leader, desk.school(), "employee", POST, "no")
    right = await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "yes"))
    wish = HandOver(people.colleague.profile_id, (role, right))
    preview = await _preview(town, people.leader, wish)
    assert {one.action for one in preview.gains} >= {DECIDE, "posts.create"}
    assert not await desk.can(people.colleague, DECIDE), "a preview gives nothing"
    before = len(await desk.audited())
    await town.hand_over(people.leader, people.teacher, wish)
    for action in (DECIDE, "posts.create"):
        assert not await desk.can(people.teacher, action)
        assert await desk.can(people.colleague, action)
    told = [row.action for row in (await desk.audited())[before:]]
    assert sorted(told) == [
        "permissions.decided", "permissions.role_ended", "permissions.role_given",
        "permissions.taken_back",
    ]  # fmt: skip
    # No longer than the old one would have held.
    actor = await desk.site.actor(people.leader)
    async with desk.site.platform.read() as read:
        held = await town.moving.entrusted(read, actor, people.colleague.profile_id)
    assert [one.valid_to for one in held if one.held_as == "role"] == [end]
    assert await town.things(people.leader, people.teacher) == {}
    with pytest.raises(NotFound):
        await town.hand_over(people.leader, people.teacher, wish)


async def _preview(town: Relocation, by: Member, wish: HandOver) -> HandOverPreview:
    actor = await town.site.actor(by)
    before = await snapshot(town.site.storage, without=("audit_entry", "audit_subject"))
    async with town.site.storage.read(around(actor.municipalities), actor) as read:
        found = await town.moving.preview_hand_over(
            read, actor, town.people.teacher.profile_id, wish
        )
    after = await snapshot(town.site.storage, without=("audit_entry", "audit_subject"))
    assert after == before, "nothing is left of looking"
    return found


async def test_deputies_act_for_the_successor(desk: Desk) -> None:
    """Who acts for the person acts for the successor; who succeeds acts for nobody."""
    town, people = Relocation(desk), desk.people
    deputy = await town.appoint_deputy(people.colleague, people.teacher, Period())
    acting = await town.appoint_deputy(people.teacher, people.admin, Period())
    wish = HandOver(people.leader.profile_id, (deputy,))
    await town.hand_over(people.leader, people.teacher, wish)
    assert await _held(town, people.leader) == ["post", "post", "deputised"]
    assert await desk.can(people.colleague, DECIDE)
    await town.hand_over(
        people.leader, people.teacher, HandOver(people.admin.profile_id, (acting,))
    )
    assert await _held(town, people.admin) == ["post"], "nobody acts for themselves"
    assert not await desk.can(people.teacher, DECIDE)


async def _held(town: Relocation, of: Member) -> list[str]:
    return [key.partition(" ")[0] for key in await town.things(town.people.leader, of)]


async def test_it_can_begin_later(desk: Desk) -> None:
    """Until then the one has it, from then on the other."""
    town, people = Relocation(desk), desk.people
    start = utc_now() + 3 * _DAY
    role = await desk.give(people.leader, people.teacher, DEPUTY)
    over = await desk.give_right(
        people.leader, people.teacher, RightToGive(*POST, "yes", period=Period(None, start - _DAY))
    )
    wish = HandOver(people.colleague.profile_id, (role, over), start)
    await town.hand_over(people.leader, people.teacher, wish)
    assert await desk.can(people.teacher, DECIDE)
    assert not await desk.can(people.colleague, DECIDE)
    actor = await desk.site.actor(people.leader)
    async with desk.site.platform.read() as read:
        old = await town.moving.entrusted(read, actor, people.teacher.profile_id)
        new = await town.moving.entrusted(read, actor, people.colleague.profile_id)
    assert [one.valid_to for one in old if one.held_as == "role"] == [start]
    assert [(one.held_as.value, one.valid_from) for one in new] == [("role", start)]
    # What would be over by then is left to end by itself.
    assert [one.valid_to for one in old if one.held_as == "right"] == [start - _DAY]


async def test_nothing_is_given_twice_or_against_a_no(desk: Desk) -> None:
    """What the successor has goes on as it is; what is closed for them stays closed."""
    town, people = Relocation(desk), desk.people
    role = await desk.give(people.leader, people.teacher, DEPUTY, Period(None, utc_now() + _DAY))
    theirs = await desk.give(people.leader, people.colleague, DEPUTY)
    successor = people.colleague.profile_id
    await town.hand_over(people.leader, people.teacher, HandOver(successor, (role,)))
    assert (await town.kept())[0] == {theirs}
    right = await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "yes"))
    await desk.give_right(people.leader, people.colleague, RightToGive(*POST, "no"))
    with pytest.raises(Invalid):
        await town.hand_over(people.leader, people.teacher, HandOver(successor, (right,)))
    assert await desk.can(people.teacher, "posts.create"), "nothing by halves"


async def test_a_deputy_who_succeeds_has_the_role(desk: Desk) -> None:
    """Who acted for the person has it then in their own right: it ends with no deputyship."""
    town, people = Relocation(desk), desk.people
    role = await desk.give(people.leader, people.teacher, DEPUTY)
    deputy = await town.appoint_deputy(people.colleague, people.teacher, Period())
    successor = people.colleague.profile_id
    with pytest.raises(Invalid) as refused:
        await town.hand_over(people.leader, people.teacher, HandOver(successor, (role,)))
    assert [one.field for one in refused.value.fields] == ["things"]
    assert (await town.kept())[0] == {role, deputy}, "nothing by halves"
    await town.hand_over(people.leader, people.teacher, HandOver(successor, (role, deputy)))
    assert await _held(town, people.colleague) == ["role"]
    assert await desk.can(people.colleague, DECIDE)


@pytest.mark.parametrize("what", ["role", "right"])
async def test_what_the_successor_has_for_another_time_is_no_reason_to_give_nothing(
    desk: Desk, what: str
) -> None:
    """Else nobody would have it in between; it is refused, and everything stays as it was."""
    town, people = Relocation(desk), desk.people
    later, soon = Period(utc_now() + 60 * _DAY, None), Period(None, utc_now() + _DAY)
    start = None
    if what == "role":
        old = await desk.give(people.leader, people.teacher, DEPUTY)
        await desk.give(people.leader, people.colleague, DEPUTY, later)
    else:
        old = await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "yes"))
        theirs = RightToGive(*POST, "yes", period=soon)
        await desk.give_right(people.leader, people.colleague, theirs)
        start = utc_now() + 3 * _DAY
    kept = await town.kept()
    wish = HandOver(people.colleague.profile_id, (old,), start)
    with pytest.raises(Invalid) as refused:
        await town.hand_over(people.leader, people.teacher, wish)
    assert [one.field for one in refused.value.fields] == ["things"]
    assert await town.kept() == kept


@pytest.mark.parametrize("what", ["role until then", "role before then", "right before then"])
async def test_a_preview_looks_at_the_day_of_the_handing_over(desk: Desk, what: str) -> None:
    """It refuses what is refused, and nothing else: what the successor has until then, or will have
    by then, is no reason.
    """
    town, people = Relocation(desk), desk.people
    start, successor = utc_now() + 3 * _DAY, people.colleague
    if what.startswith("role"):
        old = await desk.give(people.leader, people.teacher, DEPUTY)
        theirs = Period(None, start) if "until" in what else Period(start - _DAY, None)
        await desk.give(people.leader, successor, DEPUTY, theirs)
    else:
        await desk.decide(people.leader, desk.school(), "employee", POST, "no")
        old = await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "yes"))
        will_have = RightToGive(*POST, "yes", period=Period(start - _DAY, None))
        await desk.give_right(people.leader, successor, will_have)
    wish = HandOver(successor.profile_id, (old,), start)
    preview = await _preview(town, people.leader, wish)
    assert [one.id for one in preview.things] == [old]
    gained = {one.action for one in preview.gains}
    assert gained >= {DECIDE} if "until" in what else gained == set()
    await town.hand_over(people.leader, people.teacher, wish)


async def test_who_has_left_by_then_succeeds_nobody(desk: Desk) -> None:
    """A successor whose employment ends before the day is refused by name of the field."""
    town, people = Relocation(desk), desk.people
    start, successor = utc_now() + 3 * _DAY, people.colleague.profile_id
    old = await desk.give(people.leader, people.teacher, DEPUTY)
    async with desk.site.storage.write(EVERYWHERE) as write:
        whose = sa.update(profile).where(profile.c.id == successor)
        await write.execute(whose.values(valid_to=start - _DAY))
    assert (await _preview(town, people.leader, HandOver(successor, (old,)))).gains
    kept = await town.kept()
    for hand_over in (_preview(town, people.leader, HandOver(successor, (old,), start)),
                      town.hand_over(people.leader, people.teacher,
                                     HandOver(successor, (old,), start))):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await hand_over
        assert [one.field for one in refused.value.fields] == ["successor"]
    assert await town.kept() == kept


async def test_a_no_everywhere_is_a_no_in_each_group(desk: Desk) -> None:
    """Decision 0044: what is closed for the successor stays closed."""
    town, people = Relocation(desk), desk.people
    right = ("groups.edit", "institution")
    group = (await desk.site.groups())["3.A"]
    there = await desk.give_right(
        people.leader, people.teacher, RightToGive(*right, "yes", group_id=group)
    )
    await desk.give_right(people.leader, people.colleague, RightToGive(*right, "no"))
    wish = HandOver(people.colleague.profile_id, (there,))
    with pytest.raises(Invalid):
        await town.hand_over(people.leader, people.teacher, wish)


async def test_a_preview_tells_what_is_given_more_widely_and_not_what_is_over(desk: Desk) -> None:
    """Whoever has it in one group gains it everywhere; what ends before is not handed over."""
    town, people = Relocation(desk), desk.people
    right = ("groups.edit", "institution")
    group = (await desk.site.groups())["3.A"]
    old = await desk.give_right(people.leader, people.teacher, RightToGive(*right, "yes"))
    await desk.give_right(
        people.leader, people.colleague, RightToGive(*right, "yes", group_id=group)
    )
    start = utc_now() + 3 * _DAY
    over = await desk.give_right(
        people.leader, people.teacher, RightToGive(*POST, "yes", period=Period(None, start - _DAY))
    )
    wish = HandOver(people.colleague.profile_id, (old, over), start)
    preview = await _preview(town, people.leader, wish)
    assert "groups.edit" in {one.action for one in preview.gains}
    assert [one.id for one in preview.things] == [old]


async def test_nobody_hands_over_more_than_they_may_give(desk: Desk) -> None:
    """ADM-2, decision 0027: delegation holds for both ends, and for who has the role themselves."""
    town, people = Relocation(desk), desk.people
    successor = people.colleague.profile_id
    more = await desk.give(people.leader, people.teacher, "municipality_admin")
    with pytest.raises(NotYoursToGive):
        await town.hand_over(people.admin, people.teacher, HandOver(successor, (more,)))
    assert await desk.can(people.teacher, "permissions.grant_municipality")
    own = await desk.give(people.leader, people.teacher, DEPUTY)
    for member in (people.guardian, people.pupil, people.external, people.colleague,
                   people.pedagogue, people.stranger, people.stranger_teacher):  # fmt: skip
        with pytest.raises(NotFound):
            await town.hand_over(member, people.teacher, HandOver(successor, (own,)))
    # To themselves an institution's administrator gives nothing for good.
    mine = HandOver(people.admin.profile_id, (own,))
    with pytest.raises(NotYoursToGive):
        await town.hand_over(people.admin, people.teacher, mine)
    assert own in (await town.kept())[0]


async def test_only_colleagues_succeed(desk: Desk) -> None:
    """An employee of the same institution, and something that hangs on the person."""
    town, people = Relocation(desk), desk.people
    role = await desk.give(people.leader, people.teacher, DEPUTY)
    for member in (people.teacher, people.pedagogue, people.guardian, people.stranger_teacher):
        with pytest.raises(Invalid) as refused:
            await town.hand_over(
                people.leader, people.teacher, HandOver(member.profile_id, (role,))
            )
        assert [one.field for one in refused.value.fields] == ["successor"]
    colleague = people.colleague.profile_id
    with pytest.raises(Invalid):
        await town.hand_over(people.leader, people.teacher, HandOver(colleague, ()))
    closed = await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "no"))
    of_another = await desk.give(people.leader, people.admin, "leader")
    for thing in (new_id(), closed, of_another):
        with pytest.raises(NotFound):
            await town.hand_over(people.leader, people.teacher, HandOver(colleague, (thing,)))
