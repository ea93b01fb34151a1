"""The preview of a role says what a person will have by it, and nothing else (RGT-1, 0044)."""

from __future__ import annotations

from aula_platform.storage import around
from aula_sdk.grants import RolePreview
from aula_sdk.permissions import NO_RELATION
from aula_sdk.testing.kernel import Member
from tests.permissions.desk import Desk

OLD, NOW = ("messages.read", "belonged"), ("messages.read", "participant")
START = ("messages.create", NO_RELATION)


async def _role(desk: Desk) -> str:
    """Let a role be made that opens what is old, and asks two factors for what is new."""
    actor = await desk.site.actor(desk.people.leader)
    async with desk.site.platform.write(actor) as write:
        made = await desk.grants.make_role(write, actor, desk.whole(), "Praktik")
    for right in (OLD, NOW):
        await desk.decide(desk.people.leader, desk.whole(), made, right, "yes")
    await desk.decide(desk.people.leader, desk.whole(), made, START, "two_factors")
    return made


async def _preview(desk: Desk, to: Member, role: str) -> RolePreview:
    actor = await desk.site.actor(desk.people.leader)
    async with desk.site.storage.read(around(actor.municipalities), actor) as read:
        return await desk.grants.preview_role(read, actor, to.profile_id, role)


async def test_what_is_for_those_who_have_left_is_no_part_of_it(desk: Desk) -> None:
    """0038: the role ends when they leave, so it opens nothing of that; nor is it closed."""
    role, people = await _role(desk), desk.people
    found = await _preview(desk, people.teacher, role)
    assert [(one.action, one.is_closed) for one in found.lines if one.action == OLD[0]] == [
        (NOW[0], False)
    ]


async def test_what_pupils_are_too_young_for_stays_closed(desk: Desk) -> None:
    """LOG-14: a pupil whose age is not known has nothing that takes a second factor, by no role."""
    role, people = await _role(desk), desk.people
    await desk.decide(people.leader, desk.whole(), "pupil", START, "no")
    await desk.decide(people.leader, desk.whole(), "employee", START, "no")
    for member, is_closed in ((people.pupil, True), (people.teacher, False)):
        found = await _preview(desk, member, role)
        told = [(one.is_new, one.is_closed) for one in found.lines if one.action == START[0]]
        assert told == [(not is_closed, is_closed)], member.key
