"""Who chooses what in the demo; the same people choose the same each time."""

import random
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.contacts.models import Audience, sharing
from aula_plugins.contacts.schemas import Show
from aula_plugins.contacts.service.listing import list_contacts
from aula_plugins.contacts.service.parents import set_contact_parents
from aula_plugins.contacts.service.sharing import choose
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.errors import Problem
from aula_sdk.people import Kind
from aula_sdk.protocols import Platform

_NAMES = ("3.A", "Blå stue", "1.B", "8.B")
"""Groups in which the people who can sign in to the demo are at home."""
_PARENTS = 2
_ANSWERS: tuple[Audience | None, ...] = (
    *(Audience.CLASS,) * 6,
    *(Audience.YEAR,) * 2,
    Audience.INSTITUTION,
    Audience.NOBODY,
    *(None,) * 2,
)
"""Of so many guardians each gives one of these answers; None is none."""
_NOW = sa.bindparam("now", type_=Instant)
_MUNICIPALITY = sa.bindparam("municipality", type_=Id)


class _Seat(msgspec.Struct, frozen=True):
    group_id: UUID
    profile_id: UUID
    kind: str
    child_id: UUID | None


class GroupToFill(msgspec.Struct, frozen=True):
    """A group, its employees, and its guardians with the children on whose account they are."""

    id: UUID
    employees: tuple[UUID, ...]
    guardians: dict[UUID, list[UUID]]


_SEATS = (
    sa.select(
        stamdata.reach.c.group_id,
        stamdata.reach.c.profile_id,
        stamdata.reach.c.kind,
        stamdata.reach.c.child_id,
    )
    .join_from(stamdata.reach, stamdata.group, stamdata.group.c.id == stamdata.reach.c.group_id)
    .join(stamdata.profile, stamdata.profile.c.id == stamdata.reach.c.profile_id)
    .where(
        stamdata.group.c.municipality_id == _MUNICIPALITY,
        stamdata.group.c.kind == "main",
        stamdata.group.c.name.in_(_NAMES),
        stamdata.valid(stamdata.reach, _NOW),
    )
    .order_by(
        stamdata.group.c.sort_key,
        stamdata.group.c.id,
        stamdata.profile.c.sort_key,
        stamdata.profile.c.id,
    )
)


async def groups_to_fill(platform: Platform, municipality: UUID) -> Sequence[GroupToFill]:
    """Return the groups, or none where somebody has chosen already."""
    async with platform.read() as read:
        there = sa.select(sharing.c.width).where(sharing.c.municipality_id == municipality)
        if await read.scalar(there.limit(1)) is not None:
            return ()
        seats = await read.structs(_Seat, _SEATS, {"municipality": municipality, "now": read.now})
    return [_group(key, list(rows)) for key, rows in groupby(seats, lambda seat: seat.group_id)]


def _group(key: UUID, seats: Sequence[_Seat]) -> GroupToFill:
    guardians: dict[UUID, list[UUID]] = {}
    for seat in seats:
        if seat.kind == Kind.GUARDIAN and seat.child_id:
            guardians.setdefault(seat.profile_id, []).append(seat.child_id)
    employees = tuple(seat.profile_id for seat in seats if seat.kind == Kind.EMPLOYEE)
    return GroupToFill(key, employees, guardians)


async def choose_in(platform: Platform, group: GroupToFill) -> int:
    """Let the guardians answer for themselves and their children; return how many answers."""
    chance = random.Random(2026)  # noqa: S311  # Fictional content, no secret.
    answers = 0
    for guardian, children in group.guardians.items():
        wish = chance.choice(_ANSWERS)
        if wish is not None:
            answers += await _answer(platform, guardian, [guardian, *children], wish)
    if group.employees and group.guardians:
        elected = chance.sample(list(group.guardians), min(_PARENTS, len(group.guardians)))
        teacher = await platform.actor_for(group.employees[0])
        async with platform.write(teacher) as write:
            await set_contact_parents(write, platform, teacher, group.id, elected)
        # A teacher has looked addresses up, so that families find a reading in their profile.
        async with platform.write(teacher) as write:
            await list_contacts(write, platform, teacher, group.id, Show.CHILDREN)
    return answers


async def _answer(
    platform: Platform, guardian: UUID, people: Sequence[UUID], audience: Audience
) -> int:
    actor = await platform.actor_for(guardian)
    answered = 0
    for person in people:
        try:
            async with platform.write(actor) as write:
                await choose(write, platform, actor, person, audience)
        except Problem:
            # A guardian without custody does not choose for the child.
            continue
        answered += 1
    return answered
