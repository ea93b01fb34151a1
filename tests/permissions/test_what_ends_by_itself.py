"""What was given to somebody ends with the delivery that ends their time at the institution."""

from __future__ import annotations

from datetime import timedelta

import anyio

from aula_sdk.db import utc_now
from aula_sdk.grants import Period, RightToGive
from aula_sdk.ids import GROUP
from aula_sdk.permissions import NO_RELATION
from aula_sdk.stamdata_source import ProfileRecord, Removed
from tests.permissions.desk import Desk
from tests.permissions.relocation import DEPUTY, Relocation

POST = ("posts.create", NO_RELATION)


async def test_what_was_given_does_not_come_back_with_the_person(desk: Desk) -> None:
    """GRP-6: the profile is opened whole again; the role, the right and the deputyship are not.

    A no stays: coming back opens nothing that was closed.
    """
    town, people = Relocation(desk), desk.people
    await desk.give(people.leader, people.teacher, DEPUTY)
    later = Period(utc_now() + timedelta(days=9))
    await town.appoint_deputy(people.colleague, people.teacher, later)
    await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "no"))
    group = people.groups["3.A"]
    right = RightToGive("groups.edit", "institution", "yes", group)
    await desk.give_right(people.leader, people.teacher, right)
    other = await desk.give(people.leader, people.external, await _own_role(desk))
    assert await desk.can(people.teacher, "permissions.grant")
    roles, rights = await town.kept()
    assert (len(roles), len(rights)) == (3, 2), GROUP.format(group)
    before = len(await desk.audited())
    await town.bring(Removed("profile", ("teacher", "school", "employee")))
    roles, rights = await town.kept()
    assert (roles, len(rights)) == ({other}, 1)
    told = [(row.action, row.details["because"]) for row in (await desk.audited())[before:]]
    assert sorted(told) == [
        ("permissions.role_ended", "left"),
        ("permissions.role_ended", "left"),
        ("permissions.taken_back", "left"),
    ]
    await town.bring(ProfileRecord("teacher", "school", people.teacher.kind, "Lærer"))
    assert not await desk.can(people.teacher, "permissions.grant")
    assert not await desk.can(people.teacher, "posts.create")
    assert await desk.can(people.teacher, "posts.read")


async def test_what_is_given_meanwhile_ends_too(desk: Desk) -> None:
    """Whoever gives while the delivery comes: it waits for them, and ends that as well."""
    town, people = Relocation(desk), desk.people
    actor = await desk.site.actor(people.leader)
    async with anyio.create_task_group() as both, desk.site.platform.write(actor) as write:
        await desk.grants.give_role(write, actor, people.teacher.profile_id, DEPUTY, Period())
        left = Removed("profile", ("teacher", "school", "employee"))
        both.start_soon(town.bring, left)
        # It has read what there was by then, where it does not wait.
        await anyio.sleep(0.3)
    assert await town.kept() == (set(), set())


async def _own_role(desk: Desk) -> str:
    actor = await desk.site.actor(desk.people.leader)
    async with desk.site.platform.write(actor) as write:
        return await desk.grants.make_role(write, actor, desk.whole(), "Praktik")


async def test_nobody_acts_for_who_has_left(desk: Desk) -> None:
    """The deputy's next request has no more of it; who stays keeps what they were given."""
    town, people = Relocation(desk), desk.people
    await town.appoint_deputy(people.teacher, people.admin, Period())
    own = await desk.give(people.leader, people.colleague, DEPUTY)
    assert await desk.can(people.teacher, "permissions.grant")
    await town.bring(Removed("profile", ("admin", "school", "employee")))
    assert not await desk.can(people.teacher, "permissions.grant")
    assert await desk.can(people.colleague, "permissions.grant")
    assert (await town.kept())[0] == {own}


async def test_other_changes_end_nothing(desk: Desk) -> None:
    """A new title, or that somebody else leaves, touches nothing that was given."""
    town, people = Relocation(desk), desk.people
    given = await desk.give(people.leader, people.teacher, DEPUTY)
    await town.bring(ProfileRecord("teacher", "school", people.teacher.kind, "Lektor"))
    await town.bring(Removed("profile", ("colleague", "school", "employee")))
    assert (await town.kept())[0] == {given}
    assert await desk.can(people.teacher, "permissions.grant")
