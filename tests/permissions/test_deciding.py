"""Deciding rights: who may give what, from when on it holds, and what is kept about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aula_platform.permissions.catalogue import Catalogue, owner_of
from aula_platform.permissions.granting.bundles import read_bundles
from aula_platform.storage import EVERYWHERE, around
from aula_platform.web.authentication import find_out_who
from aula_plugins.administration.demo.roles import give_in
from aula_sdk.db import utc_now
from aula_sdk.errors import Forbidden, Invalid, NotFound
from aula_sdk.grants import (
    Decided,
    NotYoursToGive,
    Period,
    RightLocked,
    RightToGive,
    RoleGiven,
)
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import GROUP
from aula_sdk.people import Kind
from aula_sdk.permissions import NO_RELATION, Action, RoleDefault
from tests.permissions.desk import Desk

POST = ("posts.create", NO_RELATION)
_HOUR = timedelta(hours=1)


async def test_a_role_is_decided_level_by_level(desk: Desk) -> None:
    """RGT-2, 0004: the institution's word holds over the municipality's, from the next request."""
    people = desk.people
    assert not await desk.can(people.guardian, "posts.create")
    await desk.decide(people.leader, desk.whole(), "guardian", POST, "yes")
    assert await desk.can(people.guardian, "posts.create")
    await desk.decide(people.admin, desk.school(), "guardian", POST, "no")
    assert not await desk.can(people.neighbour, "posts.create")
    # At the day-care of the other child it is still as the municipality said.
    held = (await desk.site.actor(people.guardian)).profiles_for("posts.create")
    assert [one.institution_name for one in held] == ["Solstrålen"]
    assert not await desk.can(people.stranger, "posts.create"), "R10"
    await desk.decide(people.admin, desk.school(), "guardian", POST, None)
    await desk.decide(people.leader, desk.whole(), "guardian", POST, None)
    assert not await desk.can(people.guardian, "posts.create")
    told = [(row.action, row.details["decided"], row.role) for row in await desk.audited()]
    assert told == [
        ("permissions.decided", "yes", "employee"),
        ("permissions.decided", "no", "employee"),
        ("permissions.taken_back", "", "employee"),
        ("permissions.taken_back", "", "employee"),
    ]


async def test_an_institutions_administrator_gives_what_they_hold(desk: Desk) -> None:
    """ADM-2: not more, not with less proof, and nothing about the municipality's own."""
    people, admin = desk.people, desk.people.admin
    await desk.decide(admin, desk.school(), "external", POST, "yes")
    refused: tuple[tuple[str, tuple[str, str], Decided], ...] = (
        ("employee", ("plugins.manage_municipality", NO_RELATION), "yes"),
        ("employee", ("plugins.manage", "municipality"), "yes"),
        ("employee", ("messages.write_to_person", "classmates"), "yes"),
        ("municipality_admin", POST, "no"),
        ("leader", ("permissions.grant_in_group", "own"), "no"),
    )
    for role, right, decided in refused:
        with pytest.raises(NotYoursToGive):
            await desk.decide(admin, desk.school(), role, right, decided)
    await desk.decide(people.leader, desk.whole(), "employee", POST, "two_factors")
    with pytest.raises(NotYoursToGive):
        await desk.decide(admin, desk.school(), "external", POST, "yes")
    await desk.decide(admin, desk.school(), "external", POST, "two_factors")
    with pytest.raises(RightLocked):
        await desk.decide(people.leader, desk.whole(), "pupil", ("shell.use", NO_RELATION), "no")
    locked = ("permissions.grant_municipality", NO_RELATION)
    with pytest.raises(RightLocked):
        await desk.decide(people.leader, desk.whole(), "municipality_admin", locked, "no")


async def test_taking_back_a_no_is_giving(desk: Desk) -> None:
    """What somebody may not give they cannot open again, unless they have closed it themselves."""
    people = desk.people
    right = ("messages.write_to_person", "classmates")
    await desk.decide(people.admin, desk.school(), "guardian", right, "no")
    await desk.decide(people.admin, desk.school(), "guardian", right, None)
    await desk.decide(people.leader, desk.school(), "guardian", right, "no")
    with pytest.raises(NotYoursToGive):
        await desk.decide(people.admin, desk.school(), "guardian", right, None)
    await desk.decide(people.leader, desk.school(), "guardian", right, None)


CLASSMATES = ("messages.write_to_person", "classmates")
"""A right that no administrator holds: only a municipality's may give it."""


@pytest.mark.parametrize("limit", ["no", "two_factors"])
async def test_repeating_a_limit_does_not_make_it_ones_own(desk: Desk, limit: Decided) -> None:
    """0027: who has said no may take it back, and not who has said it after another."""
    people = desk.people
    await desk.decide(people.leader, desk.school(), "guardian", CLASSMATES, limit)
    await desk.decide(people.admin, desk.school(), "guardian", CLASSMATES, "no")
    with pytest.raises(NotYoursToGive):
        await desk.decide(people.admin, desk.school(), "guardian", CLASSMATES, None)
    await desk.decide(people.leader, desk.school(), "guardian", CLASSMATES, None)
    # What the administrator may give they may close and open, whoever closed it before.
    await desk.decide(people.leader, desk.school(), "external", POST, limit)
    await desk.decide(people.admin, desk.school(), "external", POST, "no")
    await desk.decide(people.admin, desk.school(), "external", POST, None)


async def test_a_limit_of_one_person_is_not_replaced_by_a_shorter_one(desk: Desk) -> None:
    """ADM-2: a "no" for a minute, or from next year on, would lift the one that stands."""
    people, now = desk.people, utc_now()
    for limit in ("no", "two_factors"):
        await desk.give_right(people.leader, people.pupil, RightToGive(*CLASSMATES, limit))
        for period in (Period(end=now + _HOUR), Period(now + timedelta(days=400))):
            closed = RightToGive(*CLASSMATES, "no", period=period)
            with pytest.raises(NotYoursToGive):
                await desk.give_right(people.admin, people.pupil, closed)
    again = await desk.give_right(people.admin, people.pupil, RightToGive(*CLASSMATES, "no"))
    with pytest.raises(NotYoursToGive):
        await desk.take_back(people.admin, again)
    assert not await desk.can(people.pupil, CLASSMATES[0])
    # What somebody may give they may also close for a time, whoever closed it before.
    await desk.give_right(people.leader, people.teacher, RightToGive(*POST, "no"))
    hour = Period(end=now + _HOUR)
    short = await desk.give_right(
        people.admin, people.teacher, RightToGive(*POST, "no", period=hour)
    )
    await desk.take_back(people.admin, short)
    assert await desk.can(people.teacher, "posts.create")


async def test_nobody_gives_to_themselves(desk: Desk) -> None:
    """A deputy would keep for good what they have for a month; the municipality may."""
    people, now = desk.people, utc_now()
    away = Period(end=now + timedelta(days=30))
    deputy = people.teacher
    await desk.give(people.leader, deputy, "institution_admin", away)
    actor = await desk.site.actor(deputy)
    async with desk.site.storage.read(around(actor.municipalities)) as read:
        assert await desk.grants.rights_to_give(read, actor, deputy.profile_id) == []
        assert await desk.grants.roles_to_give(read, actor, deputy.profile_id) == []
        assert await desk.grants.roles_to_give(read, actor, people.colleague.profile_id)
    with pytest.raises(NotYoursToGive):
        await desk.give_right(deputy, deputy, RightToGive("permissions.grant", "own", "yes"))
    with pytest.raises(NotYoursToGive):
        await desk.give(deputy, deputy, "leader")
    await desk.give_right(people.leader, people.leader, RightToGive(*POST, "two_factors"))
    await desk.give(people.leader, people.leader, "institution_admin")


async def test_who_administers_the_municipality_is_out_of_a_schools_reach(desk: Desk) -> None:
    """ADM-2: neither by post nor by what was given may an institution's decide of them."""
    people = desk.people
    await desk.give(people.leader, people.colleague, "municipality_admin")
    for above in (people.leader, people.colleague):
        with pytest.raises(NotYoursToGive):
            await desk.give_right(people.admin, above, RightToGive(*POST, "no"))
        given = await desk.give_right(people.leader, above, RightToGive(*POST, "yes"))
        with pytest.raises(NotYoursToGive):
            await desk.take_back(people.admin, given)
        await desk.take_back(people.leader, given)
        actor = await desk.site.actor(people.admin)
        async with desk.site.storage.read(around(actor.municipalities)) as read:
            assert await desk.grants.rights_to_give(read, actor, above.profile_id) == []


async def test_rights_over_rights_are_taken_by_whoever_gave_them(desk: Desk) -> None:
    """0027: nobody at a school takes from others what decides; what they gave they may end."""
    people = desk.people
    ask = RightToGive("permissions.explain", "own", "yes")
    minute = RightToGive("permissions.explain", "own", "yes", period=Period(end=utc_now() + _HOUR))
    for role in ("institution_admin", "leader"):
        given = await desk.give(people.leader, people.colleague, role)
        with pytest.raises(NotYoursToGive):
            await desk.take_back(people.admin, given)
        await desk.take_back(people.leader, given)
        await desk.take_back(people.admin, await desk.give(people.admin, people.colleague, role))
    given = await desk.give_right(people.leader, people.colleague, ask)
    with pytest.raises(NotYoursToGive):
        await desk.take_back(people.admin, given)
    with pytest.raises(NotYoursToGive):
        await desk.give_right(people.admin, people.colleague, minute)
    await desk.take_back(people.leader, given)
    given = await desk.give_right(people.admin, people.colleague, ask)
    await desk.take_back(people.admin, given)
    assert not await desk.can(people.colleague, "permissions.explain")


async def test_a_role_that_decides_is_not_dropped_by_a_school(desk: Desk) -> None:
    """Dropping a role ends it for all: whoever made it does not own what others put into it."""
    people = desk.people
    admin = await desk.site.actor(people.admin)
    async with desk.site.storage.write(around(admin.municipalities), admin) as write:
        key = await desk.grants.make_role(write, admin, desk.school(), "Vejledere")
    explain = ("permissions.explain", "own")
    await desk.decide(people.leader, desk.school(), key, explain, "yes")
    # To say it again does not make it the administrator's own.
    await desk.decide(people.admin, desk.school(), key, explain, "yes")
    with pytest.raises(NotYoursToGive):
        await desk.decide(people.admin, desk.school(), key, explain, None)
    with pytest.raises(NotYoursToGive):
        async with desk.site.storage.write(around(admin.municipalities), admin) as write:
            await desk.grants.drop_role(write, admin, desk.school(), key)
    await desk.decide(people.leader, desk.school(), key, explain, None)
    async with desk.site.storage.write(around(admin.municipalities), admin) as write:
        await desk.grants.drop_role(write, admin, desk.school(), key)


async def test_who_decides_nothing_decides_nothing(desk: Desk) -> None:
    """Rule 23: strangers meet nothing, and who manages an institution not the municipality."""
    people = desk.people
    for member in (people.teacher, people.guardian, people.pupil, people.external, people.stranger,
                   people.stranger_teacher):  # fmt: skip
        for place in (desk.school(), desk.whole()):
            with pytest.raises(NotFound):
                await desk.decide(member, place, "guardian", POST, "yes")
        with pytest.raises(NotFound):
            await desk.give(member, people.colleague, "leader")
        with pytest.raises(NotFound):
            await desk.in_group(member, "3.A", Kind.GUARDIAN, "yes")
    with pytest.raises(Forbidden):
        await desk.decide(people.admin, desk.whole(), "guardian", POST, "yes")
    for right in (("posts.fly", NO_RELATION), ("posts.create", "own_group"), ("nothing", "x")):
        with pytest.raises(NotFound):
            await desk.decide(people.leader, desk.whole(), "guardian", right, "yes")
    with pytest.raises(NotFound):
        await desk.decide(people.leader, desk.whole(), "wizard", POST, "yes")
    assert await desk.audited() == []


async def test_a_role_of_ones_own(desk: Desk) -> None:
    """RGT-2: a name, rights, people; gone with the role."""
    people = desk.people
    actor = await desk.site.actor(people.leader)
    async with desk.site.storage.write(around(actor.municipalities), actor) as write:
        key = await desk.grants.make_role(write, actor, desk.whole(), "  Kontakt  forældre ")
    for name in ("kontakt forældre", "   ", "x" * 81):
        with pytest.raises(Invalid):
            async with desk.site.storage.write(around(actor.municipalities), actor) as write:
                await desk.grants.make_role(write, actor, desk.whole(), name)
    await desk.decide(people.leader, desk.whole(), key, POST, "yes")
    await desk.decide(
        people.leader, desk.whole(), key, ("posts.write_to_group", "childs_group"), "yes"
    )
    with pytest.raises(NotYoursToGive):
        await desk.give(people.admin, people.guardian, key)
    await desk.give(people.leader, people.guardian, key)
    with pytest.raises(RoleGiven):
        await desk.give(people.leader, people.guardian, key)
    assert await desk.may(people.guardian, "posts.write_to_group", people.groups["3.A"])
    assert not await desk.may(people.guardian, "posts.write_to_group", people.groups["3.B"])
    assert not await desk.can(people.neighbour, "posts.create")
    async with desk.site.storage.write(around(actor.municipalities), actor) as write:
        await desk.grants.drop_role(write, actor, desk.whole(), key)
    assert not await desk.can(people.guardian, "posts.create")


async def test_a_role_holds_for_its_period(desk: Desk) -> None:
    """A role that has not begun or is over gives nothing; ended, nothing from the next request."""
    people, now = desk.people, utc_now()
    later = Period(now + timedelta(days=1), now + timedelta(days=9))
    future = await desk.give(people.leader, people.colleague, "leader", later)
    assert not await desk.can(people.colleague, "groups.roll_year")
    await desk.take_back(people.leader, future)
    given = await desk.give(people.leader, people.colleague, "leader")
    assert await desk.can(people.colleague, "groups.roll_year")
    await desk.take_back(people.leader, given)
    assert not await desk.can(people.colleague, "groups.roll_year")
    for period in (Period(end=now - timedelta(days=1)), Period(now + timedelta(2), now)):
        with pytest.raises(Invalid):
            await desk.give(people.leader, people.colleague, "leader", period)
    with pytest.raises(Invalid):
        await desk.give(people.leader, people.guardian, "leader")
    with pytest.raises(NotYoursToGive):
        await desk.give(people.admin, people.colleague, "municipality_admin")


async def test_a_period_ends_while_somebody_is_remembered(desk: Desk) -> None:
    """A kept actor is forgotten at the moment at which a right begins or ends, not later."""
    people, end = desk.people, utc_now() + timedelta(minutes=10)
    await desk.give(people.leader, people.colleague, "leader", Period(end=end))
    cookies, _headers = await desk.site.sign_in(people.colleague)
    cookie = next(iter(cookies.values()))
    for before, holds in ((timedelta(milliseconds=1), True), (timedelta(0), False)):
        async with desk.site.storage.read(EVERYWHERE) as read:
            read.now = end - before
            _session, actor = await find_out_who(read, desk.site.app.state.actors, cookie)
        assert actor is not None
        assert actor.can("groups.roll_year") is holds


async def test_what_is_sensitive_is_told_as_it_is_held(desk: Desk) -> None:
    """LOG-15: with two factors, by default and by grant; of a right that is gone nothing."""
    await desk.decide(desk.people.leader, desk.whole(), "guardian", POST, "yes")
    catalogue = Catalogue()
    begin = Action(POST[0], gettext_for("aula")("Begin"), sensitive=True)
    catalogue.add("posts", [begin, RoleDefault("employee", POST[0])])
    roles = ("employee", "guardian")
    async with desk.site.storage.read(EVERYWHERE) as read:
        bundles = await read_bundles(read, catalogue, desk.whole(), roles)
        gone = await read_bundles(read, Catalogue(), desk.whole(), roles)
    assert {role: bundles[role][POST].decided for role in roles} == dict.fromkeys(
        roles, "two_factors"
    )
    assert gone == {role: {} for role in roles}


async def test_whose_a_right_is_is_said_in_words(desk: Desk) -> None:
    """Each plugin with rights has a title, and so has each part of the kernel."""
    owners = {owner_of(name) for name in desk.site.platform.permissions.catalogue.actions}
    assert owners
    assert owners <= desk.grants.features.keys()


async def test_why_about_a_thing_reads_each_word_once(desk: Desk, count_statements: Any) -> None:
    """However many actions there are to a thing, what was said of the person is read once."""
    people = desk.people
    actor = await desk.site.actor(people.admin)
    thing = GROUP.format(people.groups["3.A"])
    async with desk.site.storage.write(around(actor.municipalities), actor) as write:
        with count_statements() as counted:
            found = await desk.grants.explain_each(write, actor, people.teacher.profile_id, thing)
    assert len(found) > 2
    assert {one.action for one in found} >= {"posts.write_to_group", "groups.see"}
    # Once as the person is made an actor, once to explain; then one for the roles' names.
    grants = [one for one in counted.statements if "FROM permissions_grant" in one]
    names = [one for one in counted.statements if "FROM permissions_role" in one]
    assert (len(grants), len(names)) == (2, 1)


async def test_the_demo_has_a_role_of_its_own_and_a_deputy(desk: Desk) -> None:
    """Somebody looking around finds a role that was made here, held by somebody; made once."""
    leader = await desk.site.actor(desk.people.leader)
    given = await give_in(desk.site.platform, leader)
    async with desk.site.storage.read(EVERYWHERE) as read:
        holders = await desk.grants.holders(read, leader, desk.whole())
        heads = await desk.grants.roles(read, leader, desk.whole())
    titles = {head.key: str(head.title) for head in heads}
    assert given == len(holders) == 2
    assert [one.deputy_name for one in holders if one.deputy_for] == [desk.people.leader.name]
    assert "Årgangskoordinatorer" in {titles[one.role] for one in holders}
    assert await give_in(desk.site.platform, leader) == 0
