"""What a choice of recipients comes to: people, each reached in one or several ways.

The statement holds the rights ``messages.write_to_person`` and ``messages.write_to_group`` as
conditions, so nobody is addressed outside them (appendix E).
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.models import RecipientKind
from aula_plugins.messages.queries import params
from aula_sdk import stamdata
from aula_sdk.channels import is_open
from aula_sdk.people import Kind

_Clause = sa.ColumnElement[bool]


def institution() -> sa.BindParameter[UUID]:
    """The institution that is written from."""
    return params.one("institution")


def kinds() -> sa.BindParameter[str]:
    """The kinds of people that may be chosen at all (a setting of the municipality)."""
    return sa.bindparam("kinds", expanding=True, type_=sa.String)


def municipality() -> sa.BindParameter[UUID]:
    """The municipality that is written from; nobody beyond it is ever reached."""
    return params.one("municipality")


def readable() -> sa.BindParameter[UUID]:
    """The institutions where people have messages at all."""
    return params.many("readable")


INSTITUTIONS = sa.select(stamdata.institution.c.id).where(
    stamdata.institution.c.municipality_id == municipality()
)
"""The institutions of the municipality that is written from. Parameter: ``municipality``."""


def channel_is_open(recipient: sa.FromClause) -> _Clause:
    """Whether people of the sender's kind can write to this one (RGT-3, MSG-15)."""
    return is_open(
        municipality=municipality(),
        sender=sa.bindparam("sender_kind", type_=sa.String),
        sender_institution=institution(),
        recipient=recipient,
    )


def my_groups() -> sa.Select[Any]:
    """The groups in which the sender is or has a child with access (R7), wherever they are."""
    return stamdata.groups_that_reach(params.many("writers"), params.now())


class Reached(msgspec.Struct, frozen=True):
    """One way in which a choice reaches a person; a guardian once for each child."""

    what: str
    target_id: UUID
    role: str
    profile_id: UUID
    person_id: UUID
    institution_id: UUID
    kind: str
    name: str
    title: str
    sort_key: str
    child_id: UUID | None


@cache
def reached(
    to_person: _Clause, to_group: _Clause, chosen: frozenset[RecipientKind]
) -> sa.Select[Any]:
    """Everybody whom a choice of recipients reaches, in one statement.

    It asks for the kinds of recipients in ``chosen`` alone, since a database takes longer to plan
    the whole than to find a class. Parameters: ``people``, ``children`` (whose guardians are
    meant), ``groups``, ``<kind>_groups`` for each kind, ``kinds``, ``institution``,
    ``municipality``, ``readable``, ``sender``, ``writers``, ``now`` and those of the rights. A
    guardian is reached on account of children with access only (ID-11).
    """
    parts = {
        RecipientKind.PERSON: _chosen_people(to_person),
        RecipientKind.GUARDIANS_OF: _guardians_of_children(to_person),
        RecipientKind.GROUP: _in_groups(to_group),
    }
    every = sa.union_all(*(part for kind, part in parts.items() if kind in chosen)).subquery(
        "every"
    )
    return sa.select(*every.c).order_by(every.c.sort_key, every.c.profile_id)


def _columns(
    what: RecipientKind, target: Any, role: Any, child: Any
) -> tuple[sa.ColumnElement[Any], ...]:
    person = stamdata.profile
    return (
        sa.literal(what.value, sa.String).label("what"),
        target.label("target_id"),
        role.label("role"),
        person.c.id.label("profile_id"),
        person.c.person_id.label("person_id"),
        person.c.institution_id.label("institution_id"),
        person.c.kind.label("kind"),
        person.c.name.label("name"),
        person.c.title.label("title"),
        person.c.sort_key.label("sort_key"),
        child.label("child_id"),
    )


def can_get_it() -> _Clause:
    """Somebody else in the municipality, of a kind that may be chosen, by an open channel.

    Who has no messages could never read one, and is not written to.
    """
    person = stamdata.profile
    return sa.and_(
        person.c.municipality_id == municipality(),
        person.c.institution_id.in_(readable()),
        person.c.id != params.one("sender"),
        person.c.kind.in_(kinds()),
        channel_is_open(person),
        stamdata.valid(person, params.now()),
    )


def is_here_or_met() -> _Clause:
    """Belongs to the institution that is written from, or is in a group with the sender.

    A right is held over all of the actor's institutions; a message is written from one (MSG-7).
    """
    person = stamdata.profile
    return sa.or_(
        person.c.institution_id == institution(),
        stamdata.is_reached(person, params.now(), my_groups()),
    )


def group_is_here_or_mine() -> _Clause:
    """A group of the institution that is written from, or one of `my_groups`."""
    group = stamdata.group
    return sa.or_(group.c.institution_id == institution(), group.c.id.in_(my_groups()))


def valid_access(name: str) -> tuple[sa.FromClause, _Clause]:
    """The guardians with access, by a name of its own inside the statement."""
    access = stamdata.guardianship.alias(name)
    return access, sa.and_(access.c.access.is_(True), stamdata.valid(access, params.now()))


def _chosen_people(to_person: _Clause) -> sa.Select[Any]:
    person = stamdata.profile
    access, holds = valid_access("chosen_guardian")
    return (
        sa.select(*_columns(RecipientKind.PERSON, person.c.id, sa.literal(""), access.c.child_id))
        .select_from(person.outerjoin(access, sa.and_(access.c.guardian_id == person.c.id, holds)))
        .where(
            person.c.id.in_(params.many("people")),
            can_get_it(),
            is_here_or_met(),
            sa.or_(person.c.kind != Kind.GUARDIAN.value, access.c.child_id.is_not(None)),
            to_person,
        )
    )


def _guardians_of_children(to_person: _Clause) -> sa.Select[Any]:
    person = stamdata.profile
    access, holds = valid_access("guardian_of")
    return (
        sa.select(
            *_columns(
                RecipientKind.GUARDIANS_OF,
                access.c.child_id,
                sa.literal(Kind.GUARDIAN.value),
                access.c.child_id,
            )
        )
        .select_from(access.join(person, person.c.id == access.c.guardian_id))
        .where(
            access.c.child_id.in_(params.many("children")),
            holds,
            can_get_it(),
            is_here_or_met(),
            to_person,
        )
    )


def _in_groups(to_group: _Clause) -> sa.Select[Any]:
    person, group, reach = stamdata.profile, stamdata.group, stamdata.reach
    chosen = [
        sa.and_(
            reach.c.kind == kind.value, reach.c.group_id.in_(params.many(f"{kind.value}_groups"))
        )
        for kind in Kind
    ]
    return (
        sa.select(*_columns(RecipientKind.GROUP, reach.c.group_id, reach.c.kind, reach.c.child_id))
        .select_from(
            reach.join(group, group.c.id == reach.c.group_id).join(
                person, person.c.id == reach.c.profile_id
            )
        )
        .where(
            # Said of both, so that no other group is looked into whatever the database begins with.
            reach.c.group_id.in_(params.many("groups")),
            group.c.id.in_(params.many("groups")),
            sa.or_(*chosen),
            stamdata.valid(reach, params.now()),
            stamdata.valid(group, params.now()),
            can_get_it(),
            group_is_here_or_mine(),
            to_group,
        )
    )
