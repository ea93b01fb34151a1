"""Finding people and groups by how their names begin, and telling namesakes apart (R6).

Every statement holds the right to write to what it finds as a condition.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.queries import params
from aula_plugins.messages.queries.recipients import (
    can_get_it,
    channel_is_open,
    group_is_here_or_mine,
    institution,
    is_here_or_met,
    kinds,
    my_groups,
    readable,
    valid_access,
)
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE

SEARCH_SIZE = 20
_Clause = sa.ColumnElement[bool]


class PersonHit(msgspec.Struct, frozen=True):
    """A person that a search found."""

    id: UUID
    kind: str
    name: str
    title: str
    institution_id: UUID

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


@cache
def people_by_name(to_person: _Clause) -> sa.Select[Any]:
    """People one of whose names begins with the words, at the institution that is written from or
    in one of the sender's groups. Parameters: ``prefix`` and ``inside`` (patterns), ``kinds``,
    ``institution``, ``municipality``, ``readable``, ``sender``, ``writers``, ``now`` and those of
    the right.
    """
    person = stamdata.profile
    # Two lists, each by an index of its own; asked as one, everybody would be looked at.
    found = sa.union_all(
        _named(to_person).where(person.c.institution_id == institution()),
        _named(to_person).where(
            person.c.institution_id != institution(), person.c.id.in_(_met()), is_here_or_met()
        ),
    ).subquery("found")
    columns = [column for column in found.c if column.name != "sort_key"]
    return sa.select(*columns).order_by(found.c.sort_key, found.c.id).limit(SEARCH_SIZE)


def _met() -> sa.CompoundSelect[Any]:
    """Where to look for people met in a group; `is_here_or_met` says of each whether it is so.

    By the views of which ``reach`` is made: SQLite would gather everybody's reach first.
    """
    seat, tie = stamdata.membership.alias("met"), stamdata.guardianship.alias("tie_to_met")
    members = sa.select(seat.c.profile_id).where(
        seat.c.group_id.in_(my_groups()), stamdata.valid(seat, params.now())
    )
    return sa.union_all(members, sa.select(tie.c.guardian_id).where(tie.c.child_id.in_(members)))


def _named(to_person: _Clause) -> sa.Select[Any]:
    person = stamdata.profile
    return sa.select(
        person.c.id,
        person.c.kind,
        person.c.name,
        person.c.title,
        person.c.institution_id,
        person.c.sort_key,
    ).where(
        sa.or_(
            person.c.search_key.like(sa.bindparam("prefix", type_=sa.String), escape="\\"),
            person.c.search_key.like(sa.bindparam("inside", type_=sa.String), escape="\\"),
        ),
        can_get_it(),
        to_person,
    )


class Particular(msgspec.Struct, frozen=True):
    """What tells namesakes apart (R6): a child of a guardian, or the class of a pupil."""

    profile_id: UUID
    child_name: str | None
    group_name: str | None
    institution_name: str


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
    place_of_work = stamdata.institution.alias("where")
    concerned = sa.func.coalesce(child.c.id, person.c.id)
    return (
        sa.select(person.c.id, child.c.name, group.c.name, place_of_work.c.name)
        .select_from(
            person.join(place_of_work, place_of_work.c.id == person.c.institution_id)
            .outerjoin(access, sa.and_(access.c.guardian_id == person.c.id, holds))
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
    """A group that a search found."""

    id: UUID
    name: str

    @property
    def key(self) -> str:
        """The group's id on the wire."""
        return GROUP.format(self.id)


@cache
def groups_by_name(to_group: _Clause) -> sa.Select[Any]:
    """Groups whose name begins with the words, in Danish order.

    Parameters: ``group_prefix`` (a pattern of the sort key), ``institution``, ``writers``, ``now``,
    and those of the right.
    """
    pattern = sa.bindparam("group_prefix", type_=sa.String)
    return _groups(to_group).where(
        stamdata.group.c.sort_key.like(pattern, escape="\\"), group_is_here_or_mine()
    )


@cache
def own_groups(to_group: _Clause) -> sa.Select[Any]:
    """The groups in which the sender is or has a child. Parameters: as of `groups_by_name`."""
    return _groups(to_group).where(stamdata.group.c.id.in_(my_groups()))


def _groups(to_group: _Clause) -> sa.Select[Any]:
    group = stamdata.group
    return (
        sa.select(group.c.id, group.c.name)
        .where(stamdata.valid(group, params.now()), to_group)
        .order_by(group.c.sort_key, group.c.id)
        .limit(SEARCH_SIZE)
    )


class GroupSize(msgspec.Struct, frozen=True):
    """A kind of people in a group, and how many they are."""

    id: UUID
    role: str
    size: int


@cache
def group_sizes() -> sa.Select[Any]:
    """How many people of each kind these groups reach.

    Parameters: ``groups``, ``readable``, ``now`` and those that say from where is written.

    Asked of groups that were found, since SQLite gathers a whole municipality's reach when it is
    joined to groups that are still to be found.
    """
    reach = stamdata.reach
    return (
        sa.select(reach.c.group_id, reach.c.kind, sa.func.count(sa.distinct(reach.c.profile_id)))
        .where(
            reach.c.group_id.in_(params.many("groups")),
            reach.c.kind.in_(kinds()),
            reach.c.institution_id.in_(readable()),
            channel_is_open(reach),
            stamdata.valid(reach, params.now()),
        )
        .group_by(reach.c.group_id, reach.c.kind)
        .order_by(reach.c.kind)
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
