"""Guardians and children as they will be: what gives a guardian a profile at an institution."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_sdk.people import Kind


@dataclass(frozen=True, slots=True)
class Tie:
    """A guardianship joined with a profile of the child; each is staged or goes on holding."""

    guardianship: sa.FromClause
    child: sa.FromClause
    condition: Condition
    staged: bool
    """Whether the delivery speaks of either."""


def ties(scope: Scope) -> Iterator[Tie]:
    """Yield the four ways in which a guardian and a child at an institution can be found."""
    for guardianship, ties_stand, new_tie in _guardianships(scope):
        for child, child_stands, new_child in _children(scope):
            meet = child.c.person_id == guardianship.c.child_person_id
            condition = sa.and_(ties_stand, child_stands, meet)
            yield Tie(guardianship, child, condition, new_tie or new_child)


def _guardianships(scope: Scope) -> Iterator[tuple[sa.FromClause, Condition, bool]]:
    staged = tables.guardianship.alias("new_tie")
    live = live_tables.guardianship.alias("old_tie")
    yield staged, scope.sound(staged), True
    yield live, scope.stays("guardianship", live), False


def _children(scope: Scope) -> Iterator[tuple[sa.FromClause, Condition, bool]]:
    staged, live = tables.profile.alias("new_child"), live_tables.profile.alias("old_child")
    yield staged, sa.and_(scope.sound(staged), staged.c.kind == Kind.PUPIL.value), True
    yield live, sa.and_(scope.stays("profile", live), live.c.kind == Kind.PUPIL.value), False


def has_child_there(scope: Scope, profile: sa.FromClause) -> Condition:
    """A child of the profile's person will be at the profile's institution."""
    return sa.or_(
        *(
            sa.exists().where(
                tie.condition,
                tie.guardianship.c.guardian_person_id == profile.c.person_id,
                tie.child.c.institution_id == profile.c.institution_id,
            )
            for tie in ties(scope)
        )
    )


def missing_profiles(scope: Scope) -> sa.CompoundSelect[tuple[object, object]]:
    """Return the statement that finds (person, institution) where a guardian needs a profile."""
    return sa.union(*(_needed(scope, tie) for tie in ties(scope) if tie.staged))


def _needed(scope: Scope, tie: Tie) -> sa.Select[tuple[object, object]]:
    guardian = tie.guardianship.c.guardian_person_id
    institution = tie.child.c.institution_id
    staged, live = tables.profile.alias("given"), live_tables.profile.alias("there")

    def is_it(profile: sa.FromClause) -> Condition:
        return sa.and_(
            profile.c.person_id == guardian,
            profile.c.institution_id == institution,
            profile.c.kind == Kind.GUARDIAN.value,
        )

    return sa.select(guardian.label("person_id"), institution.label("institution_id")).where(
        tie.condition,
        ~sa.exists().where(scope.sound(staged), is_it(staged)),
        ~sa.exists().where(scope.stays("profile", live), is_it(live)),
    )
