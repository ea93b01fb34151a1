"""Statements that the comparisons of all kinds are made of."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.keeping import is_named
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_sdk.db import Id

ADDED, CHANGED, LEAVING, RETURNING, SAME = "added", "changed", "leaving", "returning", "same"


def refuse(
    scope: Scope, stage: sa.Table, condition: Condition, problem: str, field: str = ""
) -> sa.Update:
    """Say that rows cannot be taken; the first thing that is wrong with a row counts."""
    return (
        sa.update(stage).where(scope.sound(stage), condition).values(problem=problem, field=field)
    )


def refuse_repeated(scope: Scope, stage: sa.Table, *key: str) -> sa.Update:
    """Say of rows with the same key that all but the first are repetitions."""
    earlier = stage.alias("earlier")
    repeated = sa.exists().where(
        scope.staged(earlier),
        earlier.c.row < stage.c.row,
        *(earlier.c[name] == stage.c[name] for name in key),
    )
    return refuse(scope, stage, repeated, "record.repeated", key[0])


def refuse_unresolved(scope: Scope, stage: sa.Table, resolved: str, field: str) -> sa.Update:
    """Say of rows whose reference leads nowhere that it does."""
    return refuse(scope, stage, stage.c[resolved].is_(None), "reference.unknown", field)


def resolve(
    scope: Scope,
    what: str,
    stage: sa.Table,
    columns: tuple[str, str],
    targets: tuple[sa.Table, sa.Table],
) -> Iterable[sa.Update]:
    """Look up what ``columns[0]`` (a source's id) refers to; put its id into ``columns[1]``.

    First in the delivery, then among what the source has delivered before and goes on holding; if
    the delivery says everything about this kind everywhere, only what a bad row keeps as it was.
    """
    reference, resolved = stage.c[columns[0]], stage.c[columns[1]]
    delivered, live = targets
    yield (
        sa.update(stage)
        .where(scope.staged(stage))
        .values({resolved: look_up(delivered, delivered.c.source_id == reference, scope.sound)})
    )
    kind = live.name.removeprefix("stamdata_")
    known = sa.and_(scope.own(live), live.c.source_id == reference)
    if scope.concludes(what) and scope.institutions is None:
        known = sa.and_(known, is_named(scope, what, live.c.source_id))
    yield (
        sa.update(stage)
        .where(scope.staged(stage), resolved.is_(None))
        .values({resolved: look_up(live, known, partial(scope.stays, kind))})
    )


def verify_given(
    scope: Scope, what: str, stage: sa.Table, columns: tuple[str, str], live: sa.Table
) -> Iterable[sa.Update]:
    """Refuse rows whose id in ``columns[1]``, said by a plugin, is nothing that holds here.

    ``columns[0]`` is what the refusal names. An id of another municipality is as unknown as one
    that nobody has: the wall holds for plugins too.
    """
    known = sa.exists().where(
        live.c.id == stage.c[columns[1]], scope.here(live), scope.stays(what, live)
    )
    yield refuse(scope, stage, ~known, "reference.unknown", columns[0])


def look_up(
    table: sa.FromClause,
    condition: Condition,
    stands: Callable[[sa.FromClause], Condition],
    column: str = "id",
) -> sa.ScalarSelect[Any]:
    """Return the subquery that finds one value for each row of the statement around it.

    Unlike a join it leaves the database no choice: it goes through the rows once and looks each up
    by index, also when nothing is known yet about how many rows there are.
    """
    return sa.select(table.c[column]).where(condition, stands(table)).scalar_subquery()


def match(scope: Scope, stage: sa.Table, live: sa.Table, condition: Condition) -> sa.Update:
    """Find the rows that the delivered records are already kept in; they keep their ids (GRP-6)."""
    return (
        sa.update(stage)
        .where(scope.staged(stage), stage.c.live_id.is_(None), condition)
        .values(live_id=live.c.id, id=live.c.id)
    )


def classify_new(scope: Scope, stage: sa.Table, change: sa.ColumnElement[str] | str) -> sa.Update:
    """Say what becomes of sound rows that match nothing."""
    return (
        sa.update(stage).where(scope.sound(stage), stage.c.live_id.is_(None)).values(change=change)
    )


def classify_whole(
    scope: Scope, stage: sa.Table, live: sa.Table, columns: Iterable[str], *others: Condition
) -> Iterable[sa.Update]:
    """Say what becomes of rows that are reopened whole when they come back.

    ``columns`` are compared by name; each of ``others`` is a further condition for "changed". What
    another source owns is referred to and left as it is.
    """
    yield classify_new(scope, stage, ADDED)
    differs = [stage.c[name].is_distinct_from(live.c[name]) for name in columns]
    moved = sa.and_(stage.c.valid_from.is_not(None), stage.c.valid_from != live.c.valid_from)
    ended = sa.func.coalesce(stage.c.valid_to <= scope.now, sa.false())
    change = sa.case(
        (sa.and_(live.c.source != scope.source, scope.holds(live)), SAME),
        (sa.and_(~scope.holds(live), ~ended), RETURNING),
        (sa.and_(scope.holds(live), ended), LEAVING),
        (
            sa.or_(*differs, *others, moved, stage.c.valid_to.is_distinct_from(live.c.valid_to)),
            CHANGED,
        ),
        else_=SAME,
    )
    yield (
        sa.update(stage)
        .where(scope.sound(stage), stage.c.live_id == live.c.id)
        .values(change=change)
    )


def leave(scope: Scope, what: str, live: sa.Table, condition: Condition) -> sa.Insert:
    """Note the rows that hold now and will be closed, for one of the reasons for which they may."""
    leaving = tables.leaving
    found = sa.select(
        sa.literal(scope.id, Id), sa.literal(what, sa.String), live.c.id, live.c.municipality_id
    ).where(scope.stays(what, live), condition)
    return sa.insert(leaving).from_select(["delivery_id", "what", "id", "municipality_id"], found)


def no_longer_delivered(
    scope: Scope,
    kind: str,
    tables_: tuple[sa.Table, sa.Table],
    keys: Sequence[sa.ColumnElement[str]],
    *joined: Condition,
    covered: Condition,
    rests: Condition | None = None,
    complete: Condition | None = None,
) -> Condition:
    """Rows of this source of which a bulk delivery says nothing, or a delta that they are gone.

    ``keys`` are the source ids by which a row is known, found by the conditions ``joined``; an
    absent third part means any. Only what is ``covered`` can be missing (see `covering`). What is
    delivered in any way stays (rows that cannot be taken too: a mistake in a row is no reason to
    think that somebody has left), and so do rows that are said to be unchanged or that rest on such
    (``rests``). ``complete`` are rows about which a delta says everything, as a bulk delivery does.
    """
    stage, live = tables_
    mine = sa.and_(live.c.source == scope.source, ~scope.delivered(stage, live))

    def known_as(said: sa.Table, first_optional: int) -> Condition:
        parts = (said.c.first, said.c.second, said.c.third)
        same = [
            sa.or_(part == "", part == key) if place >= first_optional else part == key
            for place, (part, key) in enumerate(zip(parts, keys, strict=False))
        ]
        named = sa.select(live.c.id).where(said.c.delivery_id == scope.id, said.c.what == kind)
        return live.c.id.in_(named.where(*same, *joined).correlate(None))

    kept = known_as(tables.unchanged, 1)
    missing = sa.and_(mine, covered, ~kept if rests is None else ~sa.or_(kept, rests))
    if scope.concludes(kind):
        return sa.and_(scope.here(live), missing)
    gone = sa.and_(mine, known_as(tables.removed, 2))
    return gone if complete is None else sa.or_(gone, sa.and_(missing, complete))
