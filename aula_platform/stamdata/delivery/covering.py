"""What a delivery can conclude about when it speaks of some of the source's institutions only.

A municipality has one file for each institution, and one of them may come alone. What is not in it
has left that institution; of others it knows nothing.
"""

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery.scope import Condition, Scope


def named(scope: Scope, source_id: sa.ColumnElement[str]) -> Condition:
    """Institutions with these source ids are spoken of."""
    if scope.institutions is None:
        return sa.true()
    return source_id.in_(sorted(scope.institutions))


def at(scope: Scope, institution_id: sa.ColumnElement[object]) -> Condition:
    """Rows at an institution that is spoken of."""
    if scope.institutions is None:
        return sa.true()
    return institution_id.in_(_spoken_of(scope))


def of_group(scope: Scope, group_id: sa.ColumnElement[object]) -> Condition:
    """Rows about a group of an institution that is spoken of."""
    if scope.institutions is None:
        return sa.true()
    group = live_tables.group
    return group_id.in_(
        sa.select(group.c.id).where(group.c.institution_id.in_(_spoken_of(scope))).correlate(None)
    )


def of_person(scope: Scope, person_id: sa.ColumnElement[object]) -> Condition:
    """Rows about somebody who is at an institution that is spoken of, and at no other one."""
    if scope.institutions is None:
        return sa.true()
    here, elsewhere = live_tables.profile.alias("here"), live_tables.profile.alias("elsewhere")
    return sa.and_(
        sa.exists().where(
            here.c.person_id == person_id,
            scope.holds(here),
            here.c.institution_id.in_(_spoken_of(scope)),
        ),
        ~sa.exists().where(
            elsewhere.c.person_id == person_id,
            scope.holds(elsewhere),
            elsewhere.c.institution_id.not_in(_spoken_of(scope)),
        ),
    )


def _spoken_of(scope: Scope) -> sa.Select[tuple[object]]:
    live = live_tables.institution
    return sa.select(live.c.id).where(scope.own(live), named(scope, live.c.source_id))
