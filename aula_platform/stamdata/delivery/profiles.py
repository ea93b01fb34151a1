"""Comparing profiles: persons at institutions, and the guardians who come with the children."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.keeping import is_complete, keep_refused, rests_on_kept
from aula_platform.stamdata.delivery.matching import (
    classify_whole,
    leave,
    match,
    no_longer_delivered,
    refuse,
    refuse_repeated,
    refuse_unresolved,
    resolve,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_platform.stamdata.delivery.ties import has_child_there
from aula_sdk.people import Kind

STAGE, LIVE = tables.profile, live_tables.profile
COLUMNS = ("title", "level", "derived")
_IS_GUARDIAN = LIVE.c.kind == Kind.GUARDIAN.value


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match the person, the institution and the kind. Guardians leave later, by `compare_derived`,
    because they stay as long as a child of theirs does.
    """
    yield from resolve(
        scope,
        "person",
        STAGE,
        ("person_source_id", "person_id"),
        (tables.person, live_tables.person),
    )
    yield refuse_unresolved(scope, STAGE, "person_id", "person_source_id")
    yield from resolve(
        scope,
        "org",
        STAGE,
        ("org_source_id", "institution_id"),
        (tables.institution, live_tables.institution),
    )
    yield refuse_unresolved(scope, STAGE, "institution_id", "org_source_id")
    yield refuse_repeated(scope, STAGE, "person_id", "institution_id", "kind")
    yield match(scope, STAGE, LIVE, _same_place())
    # Whose place is not known may mean any place where the person is known already.
    nowhere = STAGE.c.problem == "reference.unknown"
    yield keep_refused(scope, "profile", STAGE, ("person_source_id",), nowhere)
    yield refuse(scope, STAGE, _of_another(scope), "record.other-source", "kind")
    for reason in _reasons(scope):
        yield leave(scope, "profile", LIVE, sa.and_(~_IS_GUARDIAN, reason))


def compare_derived(scope: Scope) -> Iterator[sa.Executable]:
    """Once the guardians that are missing have been staged: match them, and see who leaves."""
    yield match(scope, STAGE, LIVE, _same_place())
    yield from classify_whole(scope, STAGE, LIVE, COLUMNS)
    unneeded = sa.and_(LIVE.c.derived, _may_have_lost_a_child(scope))
    needed = sa.or_(scope.delivered(STAGE, LIVE), has_child_there(scope, LIVE))
    for reason in (*_reasons(scope), unneeded):
        yield leave(scope, "profile", LIVE, sa.and_(_IS_GUARDIAN, reason, ~needed))


def _same_place() -> Condition:
    return sa.and_(
        LIVE.c.person_id == STAGE.c.person_id,
        LIVE.c.institution_id == STAGE.c.institution_id,
        LIVE.c.kind == STAGE.c.kind,
    )


def _of_another(scope: Scope) -> Condition:
    return sa.exists().where(
        LIVE.c.id == STAGE.c.live_id, LIVE.c.source != scope.source, scope.holds(LIVE)
    )


def _reasons(scope: Scope) -> Iterator[Condition]:
    person, institution = live_tables.person, live_tables.institution
    yield no_longer_delivered(
        scope,
        "profile",
        (STAGE, LIVE),
        [person.c.source_id, institution.c.source_id, LIVE.c.kind],
        scope.own(person),
        scope.own(institution),
        person.c.id == LIVE.c.person_id,
        institution.c.id == LIVE.c.institution_id,
        covered=covering.at(scope, LIVE.c.institution_id),
        rests=sa.or_(
            rests_on_kept(scope, "person", LIVE.c.person_id),
            rests_on_kept(scope, "org", LIVE.c.institution_id),
        ),
        complete=is_complete(scope, "profile", LIVE.c.person_id),
    )
    yield scope.leaves("person", LIVE.c.person_id)
    yield scope.leaves("institution", LIVE.c.institution_id)


def _may_have_lost_a_child(scope: Scope) -> Condition:
    """Guardians whose tie to a child ends, or whose child leaves an institution."""
    tie, child = live_tables.guardianship, LIVE.alias("child")
    of_tie = sa.select(tie.c.guardian_person_id).where(scope.leaves("guardianship", tie.c.id))
    of_child = sa.select(tie.c.guardian_person_id).where(
        tie.c.child_person_id == child.c.person_id, scope.leaves("profile", child.c.id)
    )
    return LIVE.c.person_id.in_(of_tie.union(of_child))
