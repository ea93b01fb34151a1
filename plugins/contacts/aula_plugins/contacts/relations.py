"""Ways in which a reader can be related to a group or a person, as SQL conditions.

Sharing is a relation like any other: "shares with the class, and the reader is in it". So who sees
whose contact data is one condition, made by the platform from what roles and grants give.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from aula_plugins.contacts.models import Audience, sharing
from aula_sdk import stamdata
from aula_sdk.ages import consents_alone
from aula_sdk.people import Kind
from aula_sdk.permissions import Me

_Condition = sa.ColumnElement[bool]
person = stamdata.profile
_CLASS = ("main",)
_YEAR = ("main", "year", "sfo")


@cache
def _my_groups(me: Me) -> sa.CTE:
    """Those in which the reader is, or has a child with access (ID-11), and of which kind they are.

    Gathered once for a statement, however many conditions of it ask.
    """
    group = stamdata.group.alias("my_group")
    found = sa.select(group.c.id, group.c.kind).where(group.c.id.in_(me.groups))
    return found.cte(f"groups_of_{me.profiles[0].key}").prefix_with("MATERIALIZED")


def _of_kinds(me: Me, kinds: tuple[str, ...]) -> sa.Select[Any]:
    groups = _my_groups(me)
    return sa.select(groups.c.id).where(groups.c.kind.in_(kinds))


def in_my_group(me: Me) -> _Condition:
    """The reader is in the group, or has a child with access in it (ID-11)."""
    return stamdata.group.c.id.in_(me.groups)


def at_my_institution(me: Me) -> _Condition:
    """The group belongs to an institution where the reader works."""
    group = stamdata.group
    return sa.and_(group.c.institution_id.in_(me.institutions), stamdata.valid(group, me.now))


def is_me(me: Me) -> _Condition:
    """The reader's own profile."""
    return sa.and_(person.c.id.in_(me.profiles), stamdata.valid(person, me.now))


def _is_my_child(me: Me, holds: Callable[[sa.FromClause], _Condition]) -> _Condition:
    tie = stamdata.guardianship.alias("my_child")
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(tie)
        .where(
            tie.c.child_id == person.c.id,
            tie.c.guardian_id.in_(me.profiles),
            holds(tie),
            stamdata.valid(tie, me.now),
        )
        .correlate(person)
        .offset(0)  # Asked of one person; see `stamdata.is_reached`.
    )


def is_mine(me: Me) -> _Condition:
    """Myself, or a child to whom I have access (ID-11)."""
    return sa.or_(is_me(me), _is_my_child(me, lambda tie: tie.c.access.is_(True)))


def is_me_of_age(me: Me) -> _Condition:
    """The reader's own profile as a pupil who is old enough to consent alone (CNS-4)."""
    return sa.and_(is_me(me), consents_alone(person, me.today))


def is_my_child_by_custody(me: Me) -> _Condition:
    """A child of whom I have custody (CNS-3), and who is not old enough to consent alone (CNS-4):
    extended access is not enough.
    """
    mine = _is_my_child(me, lambda tie: tie.c.custody.is_(True))
    return sa.and_(mine, sa.not_(consents_alone(person, me.today)))


def shares_a_group(me: Me) -> _Condition:
    """The person and the reader meet in a group."""
    return stamdata.is_reached(person, me.now, me.groups)


def is_at_my_institution(me: Me) -> _Condition:
    """The person belongs where the reader works; a guardian on account of a child with access."""
    return sa.and_(
        person.c.institution_id.in_(me.institutions),
        stamdata.valid(person, me.now),
        sa.or_(person.c.kind != Kind.GUARDIAN.value, stamdata.is_reached(person, me.now)),
    )


def is_pupil_or_guardian() -> _Condition:
    """The person is here as a pupil or as a guardian."""
    return person.c.kind.in_((Kind.PUPIL.value, Kind.GUARDIAN.value))


def works_with(me: Me) -> _Condition:
    """A pupil in a group of the employee, or a guardian of one (R9: need to know)."""
    return sa.and_(is_pupil_or_guardian(), shares_a_group(me))


def is_colleague(me: Me) -> _Condition:
    """An employee where the reader works."""
    return sa.and_(
        person.c.kind == Kind.EMPLOYEE.value,
        person.c.institution_id.in_(me.institutions),
        stamdata.valid(person, me.now),
    )


def is_staff_of_my_group(me: Me) -> _Condition:
    """An employee in a group of the reader or of the reader's child."""
    return sa.and_(person.c.kind == Kind.EMPLOYEE.value, shares_a_group(me))


def answer_in_force(
    now: sa.BindParameter[datetime], today: sa.BindParameter[int]
) -> sa.Select[tuple[int]]:
    """How widely the person's data is shared: the narrowest of the answers that count (CNS-9).

    One row. An answer for a child counts while its giver has custody; once a pupil old enough to
    consent alone has answered, that answer alone (CNS-4). NULL where nobody has answered.
    """
    own = sharing.alias("own_word")
    has_answered = sa.exists(
        sa.select(sa.literal(1))
        .select_from(own)
        .where(own.c.person_id == person.c.person_id, own.c.chooser_id == own.c.person_id)
        .correlate(person)
        .offset(0)
    )
    # Few pupils have answered themselves; of the others no age is asked.
    speaks = sa.and_(has_answered, consents_alone(person, today))
    tie, giver = stamdata.guardianship.alias("custody"), person.alias("giver")
    gives_for_child = sa.exists(
        sa.select(sa.literal(1))
        .select_from(tie.join(giver, giver.c.id == tie.c.guardian_id))
        .where(
            tie.c.child_id == person.c.id,
            tie.c.custody.is_(True),
            giver.c.person_id == sharing.c.chooser_id,
            stamdata.valid(tie, now),
        )
        .correlate(person, sharing)
        .offset(0)
    )
    return (
        sa.select(sa.func.min(sharing.c.width).label("width"))
        .where(
            sharing.c.person_id == person.c.person_id,
            sa.or_(
                sa.and_(
                    person.c.kind == Kind.GUARDIAN.value,
                    sharing.c.chooser_id == sharing.c.person_id,
                ),
                sa.and_(
                    person.c.kind == Kind.PUPIL.value,
                    sa.or_(
                        sa.and_(sharing.c.chooser_id == sharing.c.person_id, speaks),
                        sa.and_(gives_for_child, sa.not_(speaks)),
                    ),
                ),
            ),
        )
        .correlate(person)
    )


def shares_where_we_meet(me: Me) -> _Condition:
    """Shares with the class, with year and SFO, or with the institution, and the reader is there.

    At an institution is who works there, or has a place or a child with one (CNS-5). All widths
    are one question, so that a list asks once for each person whose data is shared, and where.
    """
    answer = answer_in_force(me.now, me.today).subquery("answer")
    me_here = person.alias("me_here")
    places = sa.select(me_here.c.institution_id).where(
        me_here.c.id.in_(me.profiles),
        stamdata.valid(me_here, me.now),
        sa.or_(me_here.c.kind == Kind.EMPLOYEE.value, stamdata.is_reached(me_here, me.now)),
    )
    is_here = person.c.institution_id.in_(places)

    def wide_enough(group_id: sa.ColumnElement[Any]) -> _Condition:
        return sa.or_(
            group_id.in_(_of_kinds(me, _CLASS)),
            sa.and_(answer.c.width >= Audience.YEAR.width, group_id.in_(_of_kinds(me, _YEAR))),
            sa.and_(answer.c.width >= Audience.INSTITUTION.width, is_here),
        )

    met = stamdata.is_reached(person, me.now, where=wide_enough, beside=(answer,))
    shared = sa.select(sa.literal(1)).where(answer.c.width >= Audience.CLASS.width, met)
    return sa.and_(is_pupil_or_guardian(), sa.exists(shared.correlate(person).offset(0)))
