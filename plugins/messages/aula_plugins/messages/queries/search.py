"""Finding people and groups by how their names begin, and telling namesakes apart (R6).

Every statement holds the right to write to what it finds as a condition.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.queries import params
from aula_plugins.messages.queries.recipients import belongs_here, institution, kinds, valid_access
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind

SEARCH_SIZE = 20
_Clause = sa.ColumnElement[bool]


class PersonHit(msgspec.Struct, frozen=True):
    """A person that a search found."""

    id: UUID
    kind: str
    name: str
    title: str

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


@cache
def people_by_name(to_person: _Clause) -> sa.Select[Any]:
    """People one of whose names begins with the words. Parameters: ``prefix`` and ``inside``
    (patterns), ``kinds``, ``institution``, ``sender``, ``now`` and those of the right.
    """
    person = stamdata.profile
    return (
        sa.select(person.c.id, person.c.kind, person.c.name, person.c.title)
        .where(
            sa.or_(
                person.c.search_key.like(sa.bindparam("prefix", type_=sa.String), escape="\\"),
                person.c.search_key.like(sa.bindparam("inside", type_=sa.String), escape="\\"),
            ),
            belongs_here(),
            to_person,
        )
        .order_by(person.c.sort_key, person.c.id)
        .limit(SEARCH_SIZE)
    )


class Particular(msgspec.Struct, frozen=True):
    """What tells namesakes apart (R6): a child of a guardian, or the class of a pupil."""

    profile_id: UUID
    child_name: str | None
    group_name: str | None


@cache
def particulars() -> sa.Select[Any]:
    """Children (with their class) of guardians and classes of pupils and employees.

    Parameters: ``people`` and ``now``.
    """
    person = stamdata.profile.alias("found")
    child = stamdata.profile.alias("child")
    access, holds = valid_access("their_access")
    place = stamdata.membership.alias("place")
    group = stamdata.group.alias("class")
    concerned = sa.func.coalesce(child.c.id, person.c.id)
    return (
        sa.select(person.c.id, child.c.name, group.c.name)
        .select_from(
            person.outerjoin(access, sa.and_(access.c.guardian_id == person.c.id, holds))
            .outerjoin(child, child.c.id == access.c.child_id)
            .outerjoin(
                place, sa.and_(place.c.profile_id == concerned, stamdata.valid(place, params.now()))
            )
            .outerjoin(
                group,
                sa.and_(
                    group.c.id == place.c.group_id,
                    group.c.kind == "main",
                    stamdata.valid(group, params.now()),
                ),
            )
        )
        .where(person.c.id.in_(params.many("people")))
        .order_by(person.c.id, child.c.sort_key, group.c.sort_key)
    )


class GroupHit(msgspec.Struct, frozen=True):
    """A kind of people in a group, and how many they are."""

    id: UUID
    name: str
    role: str
    size: int

    @property
    def key(self) -> str:
        """The group's id on the wire."""
        return GROUP.format(self.id)


@cache
def groups_by_name(to_group: _Clause) -> sa.Select[Any]:
    """Groups whose name begins with the words, by kind of people in them.

    Parameters: ``group_prefix`` (a pattern of the sort key), ``kinds``, ``institution``, ``now``,
    and those of the right.
    """
    group = stamdata.group
    pattern = sa.bindparam("group_prefix", type_=sa.String)
    return _group_sizes(to_group).where(group.c.sort_key.like(pattern, escape="\\"))


@cache
def own_groups(to_group: _Clause) -> sa.Select[Any]:
    """The groups of these profiles (``members``: the actor's own and the children's)."""
    place = stamdata.membership.alias("own_place")
    own = sa.select(place.c.group_id).where(
        place.c.profile_id.in_(params.many("members")), stamdata.valid(place, params.now())
    )
    return _group_sizes(to_group).where(stamdata.group.c.id.in_(own))


def _group_sizes(to_group: _Clause) -> sa.Select[Any]:
    group, reach = stamdata.group, stamdata.reach
    return (
        sa.select(
            group.c.id,
            group.c.name,
            reach.c.kind,
            sa.func.count(sa.distinct(reach.c.profile_id)),
        )
        .select_from(group.join(reach, reach.c.group_id == group.c.id))
        .where(
            group.c.institution_id == institution(),
            reach.c.kind.in_(kinds()),
            stamdata.valid(group, params.now()),
            stamdata.valid(reach, params.now()),
            to_group,
        )
        .group_by(group.c.id, group.c.name, group.c.sort_key, reach.c.kind)
        .order_by(group.c.sort_key, group.c.id, reach.c.kind)
        .limit(SEARCH_SIZE * len(Kind))
    )


@cache
def named(to_person: _Clause, to_group: _Clause) -> sa.Select[Any]:
    """Names of chosen people, children and groups, for showing a draft's choice again.

    Parameters: ``people``, ``groups`` and those of the rights. What may no longer be chosen is
    missing.
    """
    person, group = stamdata.profile, stamdata.group
    return (
        sa.union_all(
            sa.select(person.c.id, person.c.name).where(
                person.c.id.in_(params.many("people")), to_person
            ),
            sa.select(group.c.id, group.c.name).where(
                group.c.id.in_(params.many("groups")), to_group
            ),
        )
        .subquery("named")
        .select()
    )


class ChildChoice(msgspec.Struct, frozen=True):
    """A child whom a message can be about."""

    id: UUID
    name: str

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


CHILDREN = (
    sa.select(stamdata.profile.c.id, stamdata.profile.c.name)
    .where(stamdata.profile.c.id.in_(params.many("children")))
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
)
"""Names of children, in Danish order. Parameter: ``children``."""
