"""Whom a post would reach, counted; and whom one has reached, to tell their open pages.

Statements that help to choose hold the right ``posts.write_to_group`` as a condition.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.models import audience
from aula_plugins.posts.queries import params
from aula_sdk import stamdata
from aula_sdk.people import Kind

SEARCH_SIZE = 20
FIRST_NAMES = 12
_Clause = sa.ColumnElement[bool]
_EVERYBODY = sa.literal("", sa.String)


class GroupSize(msgspec.Struct, frozen=True):
    """A kind of people in a group, and how many they are now."""

    id: UUID
    name: str
    role: str
    size: int


def _sizes(to_group: _Clause) -> sa.Select[Any]:
    group, reach = stamdata.group, stamdata.reach
    return (
        sa.select(
            group.c.id, group.c.name, reach.c.kind, sa.func.count(sa.distinct(reach.c.profile_id))
        )
        .select_from(group.join(reach, reach.c.group_id == group.c.id))
        .where(
            group.c.institution_id == params.one("institution"),
            stamdata.valid(group, params.now()),
            stamdata.valid(reach, params.now()),
            to_group,
        )
        .group_by(group.c.id, group.c.name, group.c.sort_key, reach.c.kind)
        .order_by(group.c.sort_key, group.c.id, reach.c.kind)
        .limit(SEARCH_SIZE * len(Kind))
    )


@cache
def groups_by_name(to_group: _Clause) -> sa.Select[Any]:
    """Groups whose name begins with the words, by kind of people in them.

    Parameters: ``prefix`` (a pattern of the sort key), ``institution``, ``now``, the right's.
    """
    pattern = sa.bindparam("prefix", type_=sa.String)
    return _sizes(to_group).where(stamdata.group.c.sort_key.like(pattern, escape="\\"))


@cache
def own_groups(to_group: _Clause) -> sa.Select[Any]:
    """The groups of these profiles (``members``: the actor's own and the children's)."""
    place = stamdata.membership.alias("own_place")
    own = sa.select(place.c.group_id).where(
        place.c.profile_id.in_(params.many("members")), stamdata.valid(place, params.now())
    )
    return _sizes(to_group).where(stamdata.group.c.id.in_(own))


@cache
def chosen_groups(to_group: _Clause) -> sa.Select[Any]:
    """Names of those of ``groups`` that may be chosen, also where nobody is in them."""
    group = stamdata.group
    return sa.select(group.c.id, group.c.name).where(
        group.c.id.in_(params.many("groups")),
        group.c.institution_id == params.one("institution"),
        stamdata.valid(group, params.now()),
        to_group,
    )


def _is_chosen() -> sa.ColumnElement[bool]:
    """A row of `stamdata.reach` that a choice means: ``<kind>_groups`` for each kind."""
    reach = stamdata.reach
    chosen = [
        sa.and_(reach.c.kind == kind.value, reach.c.group_id.in_(params.many(f"{kind}_groups")))
        for kind in Kind
    ]
    return sa.and_(sa.or_(*chosen), stamdata.valid(reach, params.now()))


def _people() -> sa.FromClause:
    return stamdata.reach.join(
        stamdata.profile, stamdata.profile.c.id == stamdata.reach.c.profile_id
    )


def _counts() -> sa.Select[Any]:
    reach, person = stamdata.reach, stamdata.profile
    persons = sa.func.count(sa.distinct(person.c.person_id))
    nothing = sa.cast(sa.null(), person.c.id.type)
    by_choice = (
        sa.select(
            sa.literal("choice", sa.String).label("what"), reach.c.group_id, reach.c.kind, persons
        )
        .select_from(_people())
        .where(_is_chosen())
        .group_by(reach.c.group_id, reach.c.kind)
    )
    by_kind = (
        sa.select(sa.literal("kind", sa.String), nothing, reach.c.kind, persons)
        .select_from(_people())
        .where(_is_chosen())
        .group_by(reach.c.kind)
    )
    total = (
        sa.select(sa.literal("total", sa.String), nothing, _EVERYBODY, persons)
        .select_from(_people())
        .where(_is_chosen())
    )
    every = sa.union_all(by_choice, by_kind, total).subquery("every")
    return sa.select(every)


COUNTS = _counts()
"""How many people each choice, each kind and all choices together reach; overlaps count once.
Parameters: ``<kind>_groups`` for each kind, ``now``. Only groups that may be written to."""

FIRST_PEOPLE = (
    sa.select(stamdata.profile.c.name, stamdata.profile.c.sort_key, stamdata.profile.c.person_id)
    .select_from(_people())
    .where(_is_chosen())
    .distinct()
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.person_id)
    .limit(FIRST_NAMES)
)
"""The first of them by name."""

REACHED = (
    sa.select(stamdata.reach.c.profile_id)
    .select_from(
        audience.join(
            stamdata.reach,
            sa.and_(
                stamdata.reach.c.group_id == audience.c.group_id,
                stamdata.reach.c.kind == audience.c.role,
            ),
        )
    )
    .where(
        audience.c.post_id == params.post_id(),
        audience.c.removed_at.is_(None),
        stamdata.valid(stamdata.reach, params.now()),
    )
    .distinct()
)
"""The profiles that a post reaches now; for telling open pages, never for showing."""
