"""Making the demo's groups, by the ordinary rules."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups.demo.scripts import GroupScript, read_scripts, read_templates
from aula_plugins.groups.demo.templates import make_template
from aula_plugins.groups.models import set_up
from aula_plugins.groups.permissions import counts, takes
from aula_plugins.groups.service import joining, making, members
from aula_plugins.groups.service.set_ups import SetUp
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.errors import Problem
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit

_FIRST = "3.A"
"""Where the people who can sign in to the demo are at home."""
_NOW = sa.bindparam("now", type_=Instant)
_HERE = sa.bindparam("municipality", type_=Id)


class _Teacher(msgspec.Struct, frozen=True):
    """Somebody who teaches a class."""

    id: UUID
    institution_id: UUID
    institution_kind: str
    name: str
    teacher_id: UUID


class _Home(msgspec.Struct, frozen=True):
    """A class of an institution, whose teachers make the groups there."""

    id: UUID
    institution_id: UUID
    institution_kind: str
    teachers: tuple[UUID, ...]


_person, _place = stamdata.profile, stamdata.institution
_CLASSES = (
    sa.select(
        stamdata.group.c.id,
        stamdata.group.c.institution_id,
        _place.c.kind,
        stamdata.group.c.name,
        _person.c.id,
    )
    .select_from(
        stamdata.group.join(_place, _place.c.id == stamdata.group.c.institution_id)
        .join(stamdata.membership, stamdata.membership.c.group_id == stamdata.group.c.id)
        .join(_person, _person.c.id == stamdata.membership.c.profile_id)
    )
    .where(
        stamdata.group.c.municipality_id == _HERE,
        stamdata.group.c.kind == "main",
        _person.c.kind == Kind.EMPLOYEE.value,
        stamdata.valid(stamdata.group, _NOW),
        stamdata.valid(stamdata.membership, _NOW),
        stamdata.valid(_person, _NOW),
    )
    .order_by(stamdata.group.c.name != _FIRST, stamdata.group.c.sort_key, _person.c.sort_key)
)
_STAFF = (
    sa.select(_person.c.id)
    .where(
        _person.c.institution_id == sa.bindparam("institution", type_=Id),
        _person.c.kind == Kind.EMPLOYEE.value,
        stamdata.valid(_person, _NOW),
    )
    .order_by(_person.c.sort_key, _person.c.id)
)
_FITTING = (
    sa.select(_person.c.id, _person.c.kind, _person.c.institution_id)
    .join(set_up, takes(set_up, _person))
    .where(set_up.c.id == sa.bindparam("group_id", type_=Id), counts(_person, _NOW))
    .order_by(_person.c.id)
)


async def play(platform: Platform, municipality: UUID) -> int:
    """Make the groups of the file where nobody has made any; return how many."""
    async with platform.read() as read:
        there = sa.select(set_up.c.id).where(set_up.c.municipality_id == municipality).limit(1)
        if await read.scalar(there) is not None:
            return 0
        given: dict[str, Any] = {"municipality": municipality, "now": read.now}
        homes = _homes(await read.structs(_Teacher, _CLASSES, given))
    made = 0
    for home in homes:
        for script in read_scripts():
            if home.institution_kind == script.at:
                made += await _make(platform, script, home)
        await _make_templates(platform, home)
    return made


async def _make_templates(platform: Platform, home: _Home) -> None:
    scripts = [script for script in read_templates() if home.institution_kind == script.at]
    actor = await _administrator(platform, home) if scripts else None
    if actor is not None:
        for script in scripts:
            await make_template(platform, actor, script)


def _homes(found: Sequence[_Teacher]) -> list[_Home]:
    """Return the first class of each institution, with those who teach it."""
    first: dict[UUID, list[_Teacher]] = {}
    for one in found:
        rows = first.setdefault(one.institution_id, [])
        if not rows or rows[0].id == one.id:
            rows.append(one)
    return [
        _Home(
            rows[0].id,
            place,
            rows[0].institution_kind,
            tuple(dict.fromkeys(row.teacher_id for row in rows)),
        )
        for place, rows in first.items()
    ]


async def _make(platform: Platform, script: GroupScript, home: _Home) -> bool:
    actor = await _maker(platform, script, home)
    if actor is None:
        return False
    chosen = SetUp(script.description, script.access, script.show_members, script.kinds)
    new = making.NewGroup(script.name, chosen, script.across)
    async with platform.write(actor) as write:
        key = f"demo {home.id} {script.name}"
        made = await making.create_group(write, platform, actor, new, key=key)
    group_id = made.id
    async with platform.read() as read:
        fitting = await _fitting(read, group_id)
    people = _some(script, fitting)
    parts = tuple((home.id, kind) for kind in script.parts)
    if people or parts:
        async with platform.write(actor) as write:
            choices = members.Choices(people, parts)
            await members.add_people(write, platform, actor, group_id, choices)
    if script.by == "employee":
        async with platform.write(actor) as write:
            for teacher in home.teachers[1:]:
                await members.add_editor(write, platform, actor, group_id, teacher)
    await _let_some_ask(
        platform, script, group_id, [row for row in fitting if row.id not in people]
    )
    return True


async def _maker(platform: Platform, script: GroupScript, home: _Home) -> Actor | None:
    """Return the class's teacher, or the first of the staff who may work across institutions."""
    if script.by == "employee":
        return await platform.actor_for(home.teachers[0])
    return await _administrator(platform, home)


async def _administrator(platform: Platform, home: _Home) -> Actor | None:
    async with platform.read() as read:
        given = {"institution": home.institution_id, "now": read.now}
        staff = [row[0] for row in await read.rows(_STAFF, given)]
    for profile_id in staff:
        actor = await platform.actor_for(profile_id)
        if actor.can("groups.create_across"):
            return actor
    return None


async def _fitting(read: ReadUnit, group_id: UUID) -> Sequence[sa.Row[Any]]:
    return await read.rows(_FITTING, {"group_id": group_id, "now": read.now})


def _some(script: GroupScript, fitting: Sequence[sa.Row[Any]]) -> tuple[UUID, ...]:
    """Return so many of each kind, and across institutions so many of each of them."""
    taken: dict[tuple[Any, ...], int] = {}
    chosen = []
    for row in fitting:
        place = (row.kind, row.institution_id) if script.across else (row.kind,)
        if taken.setdefault(place, 0) < script.some:
            taken[place] += 1
            chosen.append(row.id)
    return tuple(chosen)


async def _let_some_ask(
    platform: Platform, script: GroupScript, group_id: UUID, others: Sequence[sa.Row[Any]]
) -> None:
    asked = 0
    for row in others:
        if asked == script.applicants:
            return
        actor = await platform.actor_for(row.id)
        try:
            async with platform.write(actor) as write:
                words = "Jeg vil rigtig gerne være med."
                await joining.join_group(write, platform, actor, group_id, row.id, words)
        except Problem:
            continue
        asked += 1
