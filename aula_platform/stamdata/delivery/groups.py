"""Comparing groups."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.keeping import keep_refused, rests_on_kept
from aula_platform.stamdata.delivery.matching import (
    classify_whole,
    leave,
    match,
    no_longer_delivered,
    refuse,
    refuse_repeated,
    refuse_unresolved,
    resolve,
    verify_given,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope

STAGE, LIVE = tables.group, live_tables.group
COLUMNS = ("institution_id", "name", "sort_key", "kind", "level")


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match by the source's id; a group that comes back keeps its id and what was shared there."""
    yield refuse_repeated(scope, STAGE, "source_id")
    yield refuse(scope, STAGE, STAGE.c.valid_to <= STAGE.c.valid_from, "dates.order", "valid_to")
    yield from _find_institutions(scope)
    own = sa.and_(scope.own(LIVE), LIVE.c.source_id == STAGE.c.source_id)
    yield match(scope, STAGE, LIVE, own)
    yield keep_refused(scope, "group", STAGE, ("source_id",))
    yield from classify_whole(scope, STAGE, LIVE, COLUMNS)
    yield leave(scope, "group", LIVE, _no_longer_delivered(scope))
    closed = scope.leaves("institution", LIVE.c.institution_id)
    yield leave(scope, "group", LIVE, sa.and_(closed, ~scope.delivered(STAGE, LIVE)))


def _find_institutions(scope: Scope) -> Iterator[sa.Executable]:
    columns, institution = ("org_source_id", "institution_id"), live_tables.institution
    if scope.by_ids:
        yield from verify_given(scope, "institution", STAGE, columns, institution)
        taken = sa.exists().where(LIVE.c.id == STAGE.c.id, ~scope.own(LIVE))
        yield refuse(scope, STAGE, taken, "record.other-source", "source_id")
        return
    yield from resolve(scope, "org", STAGE, columns, (tables.institution, institution))
    yield refuse_unresolved(scope, STAGE, "institution_id", "org_source_id")


def _no_longer_delivered(scope: Scope) -> Condition:
    return no_longer_delivered(
        scope,
        "group",
        (STAGE, LIVE),
        [LIVE.c.source_id],
        scope.own(LIVE),
        covered=covering.at(scope, LIVE.c.institution_id),
        rests=rests_on_kept(scope, "org", LIVE.c.institution_id),
    )
