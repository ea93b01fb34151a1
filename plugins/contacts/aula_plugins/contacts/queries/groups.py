"""Groups: those that concern the reader, and one of them."""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.contacts.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import GROUP

OTHERS_PAGE = 50
_Clause = sa.ColumnElement[bool]


class GroupRow(msgspec.Struct, frozen=True):
    """A group."""

    id: UUID
    name: str
    kind: str
    institution: str

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)


class OwnGroup(GroupRow, frozen=True):
    """A group of the reader's, once for each child in it (no name where it is the reader's own)."""

    child: str | None


def _columns() -> tuple[sa.Column[Any], ...]:
    group = stamdata.group
    return group.c.id, group.c.name, group.c.kind, stamdata.institution.c.name


def _with_institution() -> sa.Join:
    group, place = stamdata.group, stamdata.institution
    return group.join(place, place.c.id == group.c.institution_id)


@cache
def own_groups(see_group: _Clause) -> sa.Select[Any]:
    """The groups in which these profiles (``mine``) or their children are, classes first.

    Parameter: ``now``.
    """
    group, child = stamdata.group, stamdata.profile.alias("own_child")
    reach = stamdata.reach.alias("own_reach")
    return (
        sa.select(*_columns(), child.c.name)
        .select_from(
            _with_institution()
            .join(reach, reach.c.group_id == group.c.id)
            .outerjoin(child, child.c.id == reach.c.child_id)
        )
        .where(
            reach.c.profile_id.in_(params.many("mine")),
            stamdata.valid(reach, params.now()),
            see_group,
        )
        .order_by(group.c.kind != "main", group.c.sort_key, group.c.id, child.c.sort_key)
    )


@cache
def other_groups(see_group: _Clause, *, paged: bool) -> sa.Select[Any]:
    """Further groups of these institutions (``institutions``) by name.

    Parameters: ``mine``, ``now`` and, where it is paged, ``after``: the last group that was seen.
    """
    group, reach = stamdata.group, stamdata.reach.alias("own_reach")
    own = sa.select(reach.c.group_id).where(
        reach.c.profile_id.in_(params.many("mine")), stamdata.valid(reach, params.now())
    )
    found = (
        sa.select(*_columns())
        .select_from(_with_institution())
        .where(
            group.c.institution_id.in_(params.many("institutions")),
            stamdata.valid(group, params.now()),
            group.c.id.not_in(own),
            see_group,
        )
        .order_by(group.c.sort_key, group.c.id)
        .limit(OTHERS_PAGE + 1)
    )
    if paged:
        last = stamdata.group.alias("last")
        place = sa.select(last.c.sort_key).where(last.c.id == params.one("after"))
        found = found.where(
            sa.tuple_(group.c.sort_key, group.c.id)
            > sa.tuple_(place.scalar_subquery(), params.one("after"))
        )
    return found


class Head(msgspec.Struct, frozen=True):
    """A group whose contacts are shown."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    name: str
    kind: str
    institution: str
    may_set_contact_parents: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)


@cache
def head(see_group: _Clause, set_parents: _Clause) -> sa.Select[Any]:
    """One group. Parameter: ``group``."""
    group = stamdata.group
    return (
        sa.select(
            group.c.id,
            group.c.municipality_id,
            group.c.institution_id,
            group.c.name,
            group.c.kind,
            stamdata.institution.c.name,
            set_parents,
        )
        .select_from(_with_institution())
        .where(group.c.id == params.one("group"), see_group)
    )
