"""People of a group, who belongs to whom, and how to reach them."""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.contacts.models import parent
from aula_plugins.contacts.queries import params
from aula_sdk import stamdata
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind

PAGE_SIZE = 20
PRINT_SIZE = 400
_Clause = sa.ColumnElement[bool]


class PersonRow(msgspec.Struct, frozen=True):
    """Somebody who is there, by the name that may be shown (STM-12)."""

    id: UUID
    name: str
    kind: str
    title: str
    is_contact_parent: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return PROFILE.format(self.id)


class Pair(msgspec.Struct, frozen=True):
    """A child and a guardian with access; ``relation`` is empty for who may not know it."""

    child_id: UUID
    guardian_id: UUID
    relation: str


def _columns() -> tuple[Any, ...]:
    person = stamdata.profile
    return (
        person.c.id,
        person.c.name,
        person.c.kind,
        person.c.title,
        parent.c.profile_id.is_not(None).label("is_contact_parent"),
    )


def _in_group(whom: sa.FromClause = stamdata.reach) -> sa.Select[Any]:
    """Whom the group (``group``) reaches now: members, and guardians with access (ID-11).

    ``whom`` can be `stamdata.membership` where no guardians are asked for.
    """
    found = whom.alias("in_group")
    return sa.select(found.c.profile_id).where(
        found.c.group_id == params.one("group"), stamdata.valid(found, params.now())
    )


def _of_group() -> sa.Join:
    person = stamdata.profile
    is_parent = sa.and_(
        parent.c.group_id == params.one("group"), parent.c.profile_id == person.c.id
    )
    return person.outerjoin(parent, is_parent)


@cache
def listed(
    see_person: _Clause,
    *,
    guardians: bool = True,
    parents: bool = False,
    paged: bool = False,
    searched: bool = False,
) -> sa.Select[Any]:
    """People of the kinds ``kinds`` in a group, in Danish order.

    Without ``guardians`` among the kinds only members are looked up, and nobody's ties. Parameters:
    ``group``, ``now``, ``limit``; where it is paged ``after`` (the last person that was seen),
    where it is searched ``prefix`` and ``inside`` (patterns).
    """
    person = stamdata.profile
    whom = stamdata.reach if guardians else stamdata.membership
    found = (
        sa.select(*_columns())
        .select_from(_of_group())
        .where(
            person.c.id.in_(_in_group(whom)),
            person.c.kind.in_(params.texts("kinds")),
            stamdata.valid(person, params.now()),
            see_person,
        )
        .order_by(person.c.sort_key, person.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )
    if parents:
        found = found.where(parent.c.profile_id.is_not(None))
    if searched:
        found = found.where(
            sa.or_(
                person.c.search_key.like(sa.bindparam("prefix", type_=sa.String), escape="\\"),
                person.c.search_key.like(sa.bindparam("inside", type_=sa.String), escape="\\"),
            )
        )
    if paged:
        last = stamdata.profile.alias("last")
        place = sa.select(last.c.sort_key).where(last.c.id == params.one("after"))
        found = found.where(
            sa.tuple_(person.c.sort_key, person.c.id)
            > sa.tuple_(place.scalar_subquery(), params.one("after"))
        )
    return found


def _relation(tie: sa.FromClause, see_relation: _Clause) -> sa.ColumnElement[str]:
    return sa.case((see_relation, tie.c.relation), else_="").label("relation")


@cache
def guardians(see_person: _Clause, see_relation: _Clause) -> sa.Select[Any]:
    """Guardians of these children (``people``): a `PersonRow`, then a `Pair`.

    Parameters: ``group``, ``now``. The rights are asked of the guardian.
    """
    person, tie = stamdata.profile, stamdata.guardianship.alias("tie")
    return (
        sa.select(*_columns(), tie.c.child_id, tie.c.guardian_id, _relation(tie, see_relation))
        .select_from(_of_group().join(tie, tie.c.guardian_id == person.c.id))
        .where(
            tie.c.child_id.in_(params.many("people")),
            tie.c.access.is_(True),
            stamdata.valid(tie, params.now()),
            stamdata.valid(person, params.now()),
            see_person,
        )
        .order_by(person.c.sort_key, person.c.id)
    )


@cache
def children(see_person: _Clause, *, in_group: bool = False) -> sa.Select[Any]:
    """Children (in the group) of these guardians (``people``), as `guardians` returns them.

    Parameters: ``group``, ``now``. The right is asked of the child; see `relations`.
    """
    person, tie = stamdata.profile, stamdata.guardianship.alias("tie")
    belongs = (person.c.id.in_(_in_group()),) if in_group else ()
    return (
        sa.select(*_columns(), tie.c.child_id, tie.c.guardian_id, sa.literal("").label("relation"))
        .select_from(_of_group().join(tie, tie.c.child_id == person.c.id))
        .where(
            tie.c.guardian_id.in_(params.many("people")),
            tie.c.access.is_(True),
            stamdata.valid(tie, params.now()),
            stamdata.valid(person, params.now()),
            *belongs,
            see_person,
        )
        .order_by(person.c.sort_key, person.c.id)
    )


@cache
def relations(see_relation: _Clause) -> sa.Select[Any]:
    """How these guardians (``people``) are related to their children. Parameter: ``now``."""
    person, tie = stamdata.profile, stamdata.guardianship.alias("tie")
    return (
        sa.select(tie.c.child_id, tie.c.guardian_id, tie.c.relation)
        .select_from(person.join(tie, tie.c.guardian_id == person.c.id))
        .where(
            person.c.id.in_(params.many("people")),
            tie.c.access.is_(True),
            stamdata.valid(tie, params.now()),
            see_relation,
        )
    )


class Ways(msgspec.Struct, frozen=True):
    """How to reach somebody of whom the reader may know it; empty where there is no way."""

    profile_id: UUID
    email: str
    phone: str
    mobile: str
    address: str


_WAYS = ("email", "phone", "mobile", "address")


@cache
def contact_data(see_contact_data: _Clause) -> sa.Select[Any]:
    """How to reach those of ``people`` of whom the reader may know it, one row for each of them.

    Parameters: ``now`` and ``staff_ways``, the ways by which employees are reached.
    """
    person, contact = stamdata.profile, stamdata.contact
    ways = [
        sa.case(
            (
                sa.or_(
                    person.c.kind != Kind.EMPLOYEE.value,
                    sa.literal(way, sa.String).in_(params.texts("staff_ways")),
                ),
                contact.c[way],
            ),
            else_="",
        ).label(way)
        for way in _WAYS
    ]
    return (
        sa.select(person.c.id, *ways)
        .select_from(person.join(contact, contact.c.person_id == person.c.person_id))
        .where(
            person.c.id.in_(params.many("people")),
            stamdata.valid(contact, params.now()),
            see_contact_data,
        )
    )


class CardRow(msgspec.Struct, frozen=True):
    """Somebody by themselves."""

    id: UUID
    municipality_id: UUID
    name: str
    kind: str
    title: str


@cache
def card(see_person: _Clause) -> sa.Select[Any]:
    """One person. Parameters: ``person``, ``now``."""
    person = stamdata.profile
    return sa.select(
        person.c.id, person.c.municipality_id, person.c.name, person.c.kind, person.c.title
    ).where(person.c.id == params.one("person"), stamdata.valid(person, params.now()), see_person)


class MetIn(msgspec.Struct, frozen=True):
    """A group in which the reader meets somebody."""

    id: UUID
    name: str
    kind: str
    is_contact_parent: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return GROUP.format(self.id)


@cache
def groups_of(see_group: _Clause) -> sa.Select[Any]:
    """The groups of ``person`` that the reader sees. Parameter: ``now``."""
    group, reach = stamdata.group, stamdata.reach.alias("theirs")
    theirs = sa.select(reach.c.group_id).where(
        reach.c.profile_id == params.one("person"), stamdata.valid(reach, params.now())
    )
    is_parent = sa.and_(
        parent.c.group_id == group.c.id, parent.c.profile_id == params.one("person")
    )
    return (
        sa.select(group.c.id, group.c.name, group.c.kind, parent.c.profile_id.is_not(None))
        .select_from(group.outerjoin(parent, is_parent))
        .where(group.c.id.in_(theirs), see_group)
        .order_by(group.c.sort_key, group.c.id)
    )
