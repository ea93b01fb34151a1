"""A role of the municipality's own with somebody in it, and a deputy, in the fictional town."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.grants import Decided, Period
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import INSTITUTION_ADMIN, NO_RELATION
from aula_sdk.protocols import Platform

_ROLE = "Årgangskoordinatorer"
_RIGHTS = ("groups.handle_templates", "groups.roll_year")
_LEADER = "leader"
_AWAY = timedelta(days=30)
_YES: Decided = "yes"
_TEACHERS = 2
_teachers = (
    sa.select(stamdata.profile.c.id)
    .where(
        stamdata.profile.c.institution_id == sa.bindparam("institution", type_=Id),
        stamdata.profile.c.kind == Kind.EMPLOYEE.value,
        stamdata.profile.c.title == "Lærer",
        stamdata.valid(stamdata.profile, sa.bindparam("now", type_=Instant)),
    )
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
    .limit(_TEACHERS)
)


async def give_in(platform: Platform, administrator: Actor) -> int:
    """Make the role and give it to a teacher, and let another stand in for a leader.

    Returns how many roles were given; of a municipality that has the role already none.
    """
    grants = platform.grants
    async with platform.read() as read:
        places = await grants.places(read, administrator)
        municipality = places[0]
        if any(head.is_own for head in await grants.roles(read, administrator, municipality)):
            return 0
        report = await grants.role(read, administrator, municipality, INSTITUTION_ADMIN)
        known = {line.action for line in report.lines}
        if not known.issuperset(_RIGHTS):
            return 0  # The feature that the role is about is off here.
        found = await _two_teachers(platform, places[1:])
        if found is None:
            return 0
        coordinator, deputy = found
        superiors = await grants.superiors(read, administrator, deputy)
        offered = [one.key for one in await grants.roles_to_give(read, administrator, deputy)]
    async with platform.write(administrator) as write:
        role = await grants.make_role(write, administrator, municipality, _ROLE)
        for action in _RIGHTS:
            await grants.decide(write, administrator, municipality, role, action, NO_RELATION, _YES)
        await grants.give_role(write, administrator, coordinator, role, Period())
        if not superiors or _LEADER not in offered:
            return 1
        away = Period(write.now, write.now + _AWAY)
        superior = next((one for one in superiors if "leder" in one.title.casefold()), superiors[0])
        await grants.give_role(
            write, administrator, deputy, _LEADER, away, deputy_for=superior.profile_id
        )
        return 2


async def _two_teachers(platform: Platform, places: Sequence[Place]) -> tuple[UUID, UUID] | None:
    async with platform.read() as read:
        for place in places:
            given = {"institution": place.institution_id, "now": read.now}
            rows = await read.rows(_teachers, given)
            if len(rows) == _TEACHERS:
                return rows[0].id, rows[1].id
    return None
