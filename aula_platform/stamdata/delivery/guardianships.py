"""Comparing guardianships: who has custody of, or access to, which child."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.keeping import is_complete, rests_on_kept
from aula_platform.stamdata.delivery.matching import (
    ADDED,
    CHANGED,
    RETURNING,
    SAME,
    classify_new,
    leave,
    no_longer_delivered,
    refuse,
    refuse_repeated,
    refuse_unresolved,
    resolve,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope

STAGE, LIVE, PERSON = tables.guardianship, live_tables.guardianship, live_tables.person
COLUMNS = ("relation", "custody", "extended_access")


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match the pair of persons. What changes ends one row and begins another (rule 14)."""
    for side in ("guardian", "child"):
        columns = (f"{side}_source_id", f"{side}_person_id")
        yield from resolve(scope, "person", STAGE, columns, (tables.person, PERSON))
        yield refuse_unresolved(scope, STAGE, columns[1], columns[0])
    itself = STAGE.c.guardian_person_id == STAGE.c.child_person_id
    yield refuse(scope, STAGE, itself, "reference.itself", "guardian_source_id")
    yield refuse_repeated(scope, STAGE, "guardian_person_id", "child_person_id")
    yield refuse(scope, STAGE, _of_another(scope), "record.other-source", "guardian_source_id")
    yield (
        sa.update(STAGE)
        .where(scope.staged(STAGE), LIVE.c.source == scope.source, scope.holds(LIVE), _pair(LIVE))
        .values(live_id=LIVE.c.id)
    )
    before = sa.exists().where(_pair(LIVE))
    yield classify_new(scope, STAGE, sa.case((before, RETURNING), else_=ADDED))
    differs = sa.or_(*(STAGE.c[name].is_distinct_from(LIVE.c[name]) for name in COLUMNS))
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), STAGE.c.live_id == LIVE.c.id)
        .values(change=sa.case((differs, CHANGED), else_=SAME))
    )
    yield leave(scope, "guardianship", LIVE, _no_longer_delivered(scope))
    for end in (LIVE.c.guardian_person_id, LIVE.c.child_person_id):
        yield leave(scope, "guardianship", LIVE, scope.leaves("person", end))


def _pair(live: sa.FromClause) -> Condition:
    return sa.and_(
        live.c.guardian_person_id == STAGE.c.guardian_person_id,
        live.c.child_person_id == STAGE.c.child_person_id,
    )


def _of_another(scope: Scope) -> Condition:
    return sa.exists().where(scope.holds(LIVE), LIVE.c.source != scope.source, _pair(LIVE))


def _no_longer_delivered(scope: Scope) -> Condition:
    guardian, child = PERSON.alias("guardian"), PERSON.alias("child")
    return no_longer_delivered(
        scope,
        "guardianship",
        (STAGE, LIVE),
        [guardian.c.source_id, child.c.source_id],
        scope.own(guardian),
        scope.own(child),
        guardian.c.id == LIVE.c.guardian_person_id,
        child.c.id == LIVE.c.child_person_id,
        covered=covering.of_person(scope, LIVE.c.child_person_id),
        rests=sa.or_(
            rests_on_kept(scope, "person", LIVE.c.guardian_person_id),
            rests_on_kept(scope, "person", LIVE.c.child_person_id),
        ),
        complete=is_complete(scope, "guardianship", LIVE.c.child_person_id),
    )
