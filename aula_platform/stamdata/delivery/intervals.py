"""Which unbroken time of a membership a delivered row means, and when it begins.

A source may give no dates, or several rows for one who came, left and came back. A row that names
the same times means the same row; else the last delivered means the last that still holds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.matching import (
    ADDED,
    CHANGED,
    LEAVING,
    RETURNING,
    SAME,
    classify_new,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_sdk.db import Instant

STAGE, LIVE = tables.membership, live_tables.membership
FOREVER = sa.literal(datetime(9999, 12, 31, tzinfo=UTC), Instant)


def _same_key(one: sa.FromClause, other: sa.FromClause) -> Condition:
    return sa.and_(
        one.c.group_id == other.c.group_id,
        one.c.profile_id == other.c.profile_id,
        one.c.role == other.c.role,
    )


def match_intervals(scope: Scope) -> Iterator[sa.Update]:
    """Fill in ``live_id``; ``id`` stays the new one, which is used only where none is found."""
    exact = sa.and_(
        sa.or_(STAGE.c.valid_from.is_(None), STAGE.c.valid_from == LIVE.c.valid_from),
        STAGE.c.valid_to.is_not_distinct_from(LIVE.c.valid_to),
    )
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), LIVE.c.source == scope.source, _same_key(LIVE, STAGE), exact)
        .values(live_id=LIVE.c.id)
    )
    later, candidate = STAGE.alias("later"), LIVE.alias("candidate")
    is_last = ~sa.exists().where(
        scope.sound(later),
        later.c.live_id.is_(None),
        _same_key(later, STAGE),
        sa.func.coalesce(later.c.valid_to, FOREVER) > sa.func.coalesce(STAGE.c.valid_to, FOREVER),
    )
    last_that_holds = (
        sa.select(candidate.c.id)
        .where(
            candidate.c.source == scope.source,
            scope.holds(candidate),
            _same_key(candidate, STAGE),
            ~scope.delivered(later, candidate),
        )
        .order_by(sa.func.coalesce(candidate.c.valid_to, FOREVER).desc())
        .limit(1)
        .correlate(STAGE)
        .scalar_subquery()
    )
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), STAGE.c.live_id.is_(None), is_last)
        .values(live_id=last_that_holds)
    )


def classify(scope: Scope) -> Iterator[sa.Update]:
    """Settle when each row begins, then say what becomes of it."""
    old = LIVE.alias("old")
    ended_before = (
        sa.select(sa.func.max(old.c.valid_to))
        .where(
            _same_key(old, STAGE),
            old.c.id.is_distinct_from(STAGE.c.live_id),
            old.c.valid_to <= scope.now,
        )
        .correlate(STAGE)
        .scalar_subquery()
    )
    # What has ended stays as it was told: a new time does not begin before the last one's end.
    stands = sa.and_(
        STAGE.c.valid_from.is_not(None),
        sa.or_(ended_before.is_(None), STAGE.c.valid_from >= ended_before),
    )
    now = sa.literal(scope.now, Instant)
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), STAGE.c.live_id.is_(None))
        .values(valid_from=sa.case((stands, STAGE.c.valid_from), else_=now))
    )
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), STAGE.c.live_id == LIVE.c.id)
        .values(valid_from=sa.case((stands, STAGE.c.valid_from), else_=LIVE.c.valid_from))
    )
    known = sa.func.coalesce(STAGE.c.valid_to <= STAGE.c.valid_from, sa.false())
    before = sa.exists().where(
        old.c.group_id == STAGE.c.group_id, old.c.profile_id == STAGE.c.profile_id
    )
    yield classify_new(scope, STAGE, sa.case((known, SAME), (before, RETURNING), else_=ADDED))
    over = sa.func.coalesce(STAGE.c.valid_to <= scope.now, sa.false())
    differs = sa.or_(
        STAGE.c.valid_from != LIVE.c.valid_from,
        STAGE.c.valid_to.is_distinct_from(LIVE.c.valid_to),
    )
    yield (
        sa.update(STAGE)
        .where(scope.sound(STAGE), STAGE.c.live_id == LIVE.c.id)
        .values(
            change=sa.case(
                (sa.and_(scope.holds(LIVE), over), LEAVING), (differs, CHANGED), else_=SAME
            )
        )
    )
