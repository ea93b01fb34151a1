"""Comparing institutions."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.keeping import keep_refused
from aula_platform.stamdata.delivery.matching import (
    classify_whole,
    leave,
    match,
    no_longer_delivered,
    refuse,
    refuse_repeated,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_sdk.stamdata_source import OrgKind

STAGE, LIVE = tables.institution, live_tables.institution
COLUMNS = ("source_id", "kind", "name", "sort_key", "identifier", "parent_source_id")
_OF_ALL = OrgKind.MUNICIPALITY.value


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match by the source's id. The municipality itself is one institution, whoever delivers it
    (ID-7); any other belongs to the source that delivered it first (rule 12).
    """
    yield refuse_repeated(scope, STAGE, "source_id")
    yield refuse(scope, STAGE, _second_municipality(scope), "institution.second", "kind")
    yield match(
        scope,
        STAGE,
        LIVE,
        sa.and_(scope.own(LIVE), LIVE.c.source_id == STAGE.c.source_id),
    )
    whole = sa.and_(scope.here(LIVE), STAGE.c.kind == _OF_ALL, LIVE.c.kind == STAGE.c.kind)
    yield match(scope, STAGE, LIVE, whole)
    yield refuse(scope, STAGE, _of_another(scope), "record.other-source", "identifier")
    yield keep_refused(scope, "org", STAGE, ("source_id",))
    yield from classify_whole(scope, STAGE, LIVE, COLUMNS)
    gone = no_longer_delivered(
        scope,
        "org",
        (STAGE, LIVE),
        [LIVE.c.source_id],
        scope.own(LIVE),
        covered=covering.named(scope, LIVE.c.source_id),
    )
    yield leave(scope, "institution", LIVE, gone)


def _second_municipality(scope: Scope) -> Condition:
    earlier = STAGE.alias("earlier")
    another = sa.exists().where(
        scope.sound(earlier), earlier.c.kind == _OF_ALL, earlier.c.row < STAGE.c.row
    )
    return sa.and_(STAGE.c.kind == _OF_ALL, another)


def _of_another(scope: Scope) -> Condition:
    """The institution number is known from another source."""
    known = sa.exists().where(
        scope.here(LIVE),
        scope.holds(LIVE),
        LIVE.c.source != scope.source,
        LIVE.c.identifier == STAGE.c.identifier,
    )
    return sa.and_(
        STAGE.c.live_id.is_(None), STAGE.c.identifier != "", STAGE.c.kind != _OF_ALL, known
    )
