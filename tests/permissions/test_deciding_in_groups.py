"""Deciding rights in one group: for one person, for a kind of people, and who sees the matrix."""

from __future__ import annotations

import pytest

from aula_platform.storage import around
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import (
    NotYoursToGive,
    RightToGive,
)
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind
from aula_sdk.testing.plugin import Browser
from tests.permissions.desk import Desk


async def test_a_right_for_one_person_in_one_group(desk: Desk) -> None:
    """RGT-1: limited to a group, taken back, and never for things that are no groups."""
    people = desk.people
    write = RightToGive("posts.write_to_group", "institution", "no", people.groups["3.B"])
    given = await desk.give_right(people.admin, people.teacher, write)
    assert await desk.may(people.teacher, "posts.write_to_group", people.groups["3.A"])
    assert not await desk.may(people.teacher, "posts.write_to_group", people.groups["3.B"])
    assert await desk.may(people.colleague, "posts.write_to_group", people.groups["3.B"])
    await desk.take_back(people.admin, given)
    assert await desk.may(people.teacher, "posts.write_to_group", people.groups["3.B"])
    read = RightToGive("posts.read", "author", "no", people.groups["3.B"])
    with pytest.raises(Invalid):
        await desk.give_right(people.admin, people.teacher, read)
    there = RightToGive("posts.write_to_group", "institution", "no", people.groups["1.X"])
    with pytest.raises(NotFound):
        await desk.give_right(people.admin, people.teacher, there)


async def test_who_has_a_right_in_one_group_gives_it_there(desk: Desk) -> None:
    """ADM-2: what one holds in a group alone one gives in that group alone."""
    people, write = desk.people, ("posts.write_to_group", "institution")
    there, elsewhere = people.groups["3.B"], people.groups["3.A"]
    await desk.give_right(people.leader, people.admin, RightToGive(*write, "no"))
    await desk.give_right(people.leader, people.admin, RightToGive(*write, "yes", there))
    await desk.give_right(people.admin, people.external, RightToGive(*write, "yes", there))
    for group in (elsewhere, None):
        with pytest.raises(NotYoursToGive):
            await desk.give_right(people.admin, people.external, RightToGive(*write, "yes", group))
    assert await desk.may(people.external, "posts.write_to_group", there)
    assert not await desk.may(people.external, "posts.write_to_group", elsewhere)
    # And who is kept out of one group gives it in the others.
    await desk.give_right(people.leader, people.admin, RightToGive(*write, "yes"))
    await desk.give_right(people.leader, people.admin, RightToGive(*write, "no", there))
    await desk.give_right(people.admin, people.external, RightToGive(*write, "yes", elsewhere))
    with pytest.raises(NotYoursToGive):
        await desk.give_right(people.admin, people.colleague, RightToGive(*write, "yes", there))


async def test_the_matrix_of_a_group(desk: Desk) -> None:
    """RGT-4, appendix E: employees write, guardians do not; given in one class, only there."""
    people, group = desk.people, desk.people.groups["3.A"]
    actor = await desk.site.actor(people.admin)
    async with desk.site.storage.read(around(actor.municipalities)) as read:
        lines = await desk.grants.group_rights(read, actor, group)
    found = {line.right: {cell.kind: cell.is_given for cell in line.cells} for line in lines}
    E, G, P, X = Kind.EMPLOYEE, Kind.GUARDIAN, Kind.PUPIL, Kind.EXTERNAL  # noqa: N806
    assert found["posts.write_in_group"] == {E: True, G: False, P: False, X: False}
    assert found["messages.write_in_group"] == {E: True, G: True, P: False, X: False}
    await desk.in_group(people.admin, "3.A", Kind.GUARDIAN, "yes")
    assert await desk.may(people.guardian, "posts.write_to_group", group)
    assert await desk.can(people.guardian, "posts.create")
    assert not await desk.can(people.neighbour, "posts.create"), "whose child is in 3.B"
    assert not await desk.may(people.neighbour, "posts.write_to_group", people.groups["3.B"])
    await desk.in_group(people.admin, "3.A", Kind.EMPLOYEE, "no")
    assert not await desk.may(people.teacher, "posts.write_to_group", group)
    assert await desk.may(people.teacher, "posts.write_to_group", people.groups["3.B"])
    for kind in (Kind.GUARDIAN, Kind.EMPLOYEE):
        await desk.in_group(people.leader, "3.A", kind, None)
    assert not await desk.can(people.guardian, "posts.create")
    assert await desk.may(people.teacher, "posts.write_to_group", group)


async def test_a_municipal_administrator_opens_a_schools_group_and_its_matrix(
    desk: Desk, browser: Browser
) -> None:
    """ADM-4: what holds in a group is shown to whoever decides there, also for other schools."""
    group = GROUP.format(desk.people.groups["Stjernerne"])
    client = await browser(desk.people.leader)
    page = await client.get(f"/groups/{group}/rights")
    assert page.status_code == 200
    assert 'id="matrix"' in page.text
    for other in (desk.people.teacher, desk.people.stranger_teacher, desk.people.other_guardian):
        assert (await (await browser(other)).get(f"/groups/{group}/rights")).status_code == 404
