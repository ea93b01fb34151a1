"""Who belongs where, as read-only tables for plugins' SQL (architecture rule 11).

These are views of the kernel, versioned by name; a new column is a new version beside the old one.
Join them or use EXISTS; do not carry long lists of ids from one query to the next. Every row says
when it holds, half-open: ``valid_from <= now < valid_to``, where no ``valid_to`` means "still".
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from aula_sdk.db import Id, Instant
from aula_sdk.people import Kind

views = sa.MetaData(info={"owner": "stamdata views"})


def _view(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(
        f"stamdata_{name}_v1",
        views,
        *columns,
        sa.Column("municipality_id", Id),
        sa.Column("valid_from", Instant),
        sa.Column("valid_to", Instant),
    )


institution = _view(
    "institution",
    sa.Column("id", Id),
    sa.Column("name", sa.String),
    sa.Column("kind", sa.String),
)
"""Institutions; ``kind`` is school, daycare, municipality or administration (ID-7)."""

profile = _view(
    "profile",
    sa.Column("id", Id),
    sa.Column("person_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("kind", sa.String),
    sa.Column("name", sa.String),
    sa.Column("sort_key", sa.String),
    sa.Column("search_key", sa.String),
    sa.Column("title", sa.String),
)
"""Institution profiles by the name that may be shown (the alias of a protected person, STM-12)."""

group = _view(
    "group",
    sa.Column("id", Id),
    sa.Column("institution_id", Id),
    sa.Column("name", sa.String),
    sa.Column("sort_key", sa.String),
    sa.Column("kind", sa.String),
)
"""Groups; ``kind`` is main, year, team, sfo or other (domain 6.3)."""

membership = _view(
    "membership",
    sa.Column("group_id", Id),
    sa.Column("profile_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("role", sa.String),
)
"""Direct members of groups: pupils, employees and externals; guardians in groups that were made
for them here. A member's profile can be at another institution than the group."""

guardianship = _view(
    "guardianship",
    sa.Column("guardian_id", Id),
    sa.Column("child_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("relation", sa.String),
    sa.Column("custody", sa.Boolean),
    sa.Column("access", sa.Boolean),
)
"""Contact persons of children, both as institution profiles; ``access`` is custody or extended
access (ID-11). A contact person without access is no reason to show anything."""

reach = _view(
    "reach",
    sa.Column("group_id", Id),
    sa.Column("profile_id", Id),
    sa.Column("kind", sa.String),
    sa.Column("child_id", Id),
    sa.Column("institution_id", Id),
)
"""Whom a group reaches: its members (``child_id`` empty) and, for each child in it, the guardians
with access (``child_id`` the child). A guardian who is a member is reached on account of each child
with access at the guardian's institution, and of none not at all (R7). ``kind`` is the kind of the
profile that is reached; the same person can be reached in several rows."""

contact = _view(
    "contact",
    sa.Column("person_id", Id),
    sa.Column("email", sa.String),
    sa.Column("phone", sa.String),
    sa.Column("mobile", sa.String),
    sa.Column("address", sa.String),
)
"""How to reach each person; empty where nothing is registered. What is protected, and anything of a
protected person, is empty too and has no mark (STM-12, STM-14): the two look the same. Who may see
the rest is for the plugin to decide."""

grant = sa.Table(
    "permissions_grant_v1",
    views,
    sa.Column("id", Id),
    sa.Column("municipality_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("group_id", Id),
    sa.Column("role", sa.String),
    sa.Column("profile_id", Id),
    sa.Column("action", sa.String),
    sa.Column("relation", sa.String),
    sa.Column("allowed", sa.Boolean),
    sa.Column("step_up", sa.Boolean),
)
"""Grants that municipalities and institutions have made beyond or against the role defaults."""


def valid(view: sa.FromClause, now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a row of ``view`` (or an alias of it) holds at ``now``."""
    return sa.and_(
        view.c.valid_from <= now, sa.or_(view.c.valid_to.is_(None), view.c.valid_to > now)
    )


def has_access(
    guardian: sa.ColumnElement[Any], child: sa.ColumnElement[Any], now: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Return the condition that one person has access to a child now, wherever the child belongs.

    ``guardian`` and ``child`` are ids of persons. For what is left of places that both have left
    (decision 0038), where no `guardianship` of their profiles holds any more.
    """
    tie, parent, kid = guardianship.alias("tie"), profile.alias("parent"), profile.alias("kid")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(
            parent.join(tie, tie.c.guardian_id == parent.c.id).join(kid, kid.c.id == tie.c.child_id)
        )
        .where(
            parent.c.person_id == guardian,
            kid.c.person_id == child,
            tie.c.access.is_(True),
            valid(tie, now),
        )
        .correlate_except(tie, parent, kid)
    )


def groups_that_reach(
    profiles: sa.ColumnElement[Any] | Sequence[sa.ColumnElement[Any]], now: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """Return the ids of the groups in which these profiles are, or have a child with access."""
    own = reach.alias("own_reach")
    return sa.select(own.c.group_id).where(own.c.profile_id.in_(profiles), valid(own, now))


def is_reached(
    person: sa.FromClause,
    now: sa.ColumnElement[Any],
    groups: sa.ColumnElement[Any] | sa.Select[Any] | None = None,
    *,
    where: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]] | None = None,
    beside: tuple[sa.FromClause, ...] = (),
) -> sa.ColumnElement[bool]:
    """Return the condition that a group (one of ``groups``) reaches the row of ``person``.

    ``person`` is `profile` or an alias of it. ``where`` says of a column with the group's id which
    groups count, and may speak of what stands ``beside`` the person in the query.

    The condition says what the view `reach` says, by the views of which it is made: a database
    looks these up for one person, while it would gather everybody's reach first. Use it to ask
    about people; use `reach` to list a group's.
    """
    seat, childs_seat = membership.alias("seat"), membership.alias("childs_seat")
    tie, access = guardianship.alias("tie_to_seat"), guardianship.alias("any_access")
    member = sa.select(sa.literal(1)).where(
        seat.c.profile_id == person.c.id,
        valid(seat, now),
        sa.or_(
            person.c.kind != Kind.GUARDIAN.value,
            sa.exists(
                sa.select(sa.literal(1))
                .select_from(access)
                .where(
                    # Of the seat, not of the person: then it is asked only where there is a seat.
                    access.c.guardian_id == seat.c.profile_id,
                    access.c.access.is_(True),
                    valid(access, now),
                )
                .correlate(seat)
                .offset(0)
            ),
        ),
    )
    guardian = (
        sa.select(sa.literal(1))
        .select_from(tie.join(childs_seat, childs_seat.c.profile_id == tie.c.child_id))
        .where(
            tie.c.guardian_id == person.c.id,
            tie.c.access.is_(True),
            valid(tie, now),
            valid(childs_seat, now),
        )
    )
    if where is not None:
        member = member.where(where(seat.c.group_id))
        guardian = guardian.where(where(childs_seat.c.group_id))
    if groups is not None:
        # IS TRUE keeps it a test of this person's groups; as a plain condition PostgreSQL would
        # rather go through everybody in the reader's.
        member = member.where(seat.c.group_id.in_(groups).is_(True))
        guardian = guardian.where(childs_seat.c.group_id.in_(groups).is_(True))
    # OFFSET keeps PostgreSQL from turning the question about one into a list of everybody.
    return sa.or_(
        sa.exists(member.correlate(person, *beside).offset(0)),
        sa.exists(guardian.correlate(person, *beside).offset(0)),
    )
