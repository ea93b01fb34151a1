"""Where the demo's posts hang: groups of a municipality, and the people in them."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.models import post
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit

LEADER = "leader"
_LEADERS_TITLE = "leder"
_FIRST = ("3.A", "Blå stue", "1.B", "8.B", "5.A", "3.B", "2.A")
"""Groups in which the people who can sign in to the demo are at home come first."""
_MOST_GROUPS = 12

_NOW = sa.bindparam("now", type_=Instant)
_MUNICIPALITY = sa.bindparam("municipality", type_=Id)
_child = stamdata.profile.alias("child")


class Place(msgspec.Struct, frozen=True):
    """A group, and what kind of institution it is in."""

    id: UUID
    name: str
    institution_id: UUID
    institution_kind: str


class Member(msgspec.Struct, frozen=True):
    """Somebody in a group, a guardian on account of a child; or at an institution."""

    group_id: UUID
    profile_id: UUID
    kind: str
    child_id: UUID | None
    title: str
    child_name: str | None

    @property
    def child_first_name(self) -> str:
        """The child's first name; empty where there is no child."""
        return (self.child_name or "").split(" ")[0]


class Stage(msgspec.Struct, frozen=True):
    """The places and who is there."""

    municipality_id: UUID
    places: tuple[Place, ...]
    people: dict[UUID, list[Member]]

    def people_of(self, place: Place, kind: str) -> list[Member]:
        """Return the people of a kind: of the group, leaders and externals of the institution."""
        staff = self.people.get(place.institution_id, [])
        if kind == LEADER:
            return [one for one in staff if _LEADERS_TITLE in one.title.lower()]
        here = staff if kind == Kind.EXTERNAL else self.people.get(place.id, [])
        return [one for one in here if one.kind == kind]


_PLACES = (
    sa.select(
        stamdata.group.c.id,
        stamdata.group.c.name,
        stamdata.group.c.institution_id,
        stamdata.institution.c.kind,
    )
    .join_from(
        stamdata.group,
        stamdata.institution,
        stamdata.institution.c.id == stamdata.group.c.institution_id,
    )
    .where(
        stamdata.group.c.municipality_id == _MUNICIPALITY,
        stamdata.group.c.kind == "main",
        stamdata.valid(stamdata.group, _NOW),
    )
    .order_by(stamdata.group.c.sort_key, stamdata.group.c.id)
)
_IN_GROUPS = (
    sa.select(
        stamdata.reach.c.group_id,
        stamdata.reach.c.profile_id,
        stamdata.reach.c.kind,
        stamdata.reach.c.child_id,
        stamdata.profile.c.title,
        _child.c.name,
    )
    .join_from(
        stamdata.reach, stamdata.profile, stamdata.profile.c.id == stamdata.reach.c.profile_id
    )
    .outerjoin(_child, _child.c.id == stamdata.reach.c.child_id)
    .where(
        stamdata.reach.c.group_id.in_(sa.bindparam("groups", expanding=True, type_=Id)),
        stamdata.valid(stamdata.reach, _NOW),
    )
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
)
_AT_INSTITUTIONS = (
    sa.select(
        stamdata.profile.c.institution_id,
        stamdata.profile.c.id,
        stamdata.profile.c.kind,
        sa.null(),
        stamdata.profile.c.title,
        sa.null(),
    )
    .where(
        stamdata.profile.c.municipality_id == _MUNICIPALITY,
        stamdata.profile.c.kind.in_((Kind.EMPLOYEE.value, Kind.EXTERNAL.value)),
        stamdata.valid(stamdata.profile, _NOW),
    )
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
)


async def set_stage(read: ReadUnit, municipality: UUID) -> Stage | None:
    """Return the municipality's stage, or None where somebody has posted already."""
    there = sa.select(post.c.id).where(post.c.municipality_id == municipality).limit(1)
    if await read.scalar(there) is not None:
        return None
    params: dict[str, Any] = {"municipality": municipality, "now": read.now}
    places = await read.structs(Place, _PLACES, params)
    places.sort(key=lambda one: _FIRST.index(one.name) if one.name in _FIRST else len(_FIRST))
    places = places[:_MOST_GROUPS]
    params["groups"] = [place.id for place in places]
    people: dict[UUID, list[Member]] = defaultdict(list)
    for statement in (_IN_GROUPS, _AT_INSTITUTIONS):
        for member in await read.structs(Member, statement, params):
            people[member.group_id].append(member)
    return Stage(municipality, tuple(places), dict(people))
