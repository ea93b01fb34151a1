"""What stays as it was though the delivery does not say it, and what ends though it is no bulk one.

A bad row must not look like leaving: what it is about is kept, and so is what rests on it and may
be missing for that reason alone. What ends for another reason (its group is gone) still ends.
"""

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.scope import Condition, Scope

_TABLES = {
    "org": (tables.institution, live_tables.institution),
    "person": (tables.person, live_tables.person),
    "group": (tables.group, live_tables.group),
}


def is_named(scope: Scope, what: str, source_id: sa.ColumnElement[str]) -> Condition:
    """Rows with this source id that stay as they were."""
    said = tables.unchanged
    return sa.exists().where(
        said.c.delivery_id == scope.id, said.c.what == what, said.c.first == source_id
    )


def rests_on_kept(scope: Scope, what: str, key: sa.ColumnElement[object]) -> Condition:
    """Rows that rest on one that stays as it was, and of which the delivery says nothing sound."""
    said = tables.unchanged
    stage, live = _TABLES[what][0].alias("sound"), _TABLES[what][1].alias("kept")
    sound = sa.exists().where(scope.sound(stage), stage.c.live_id == live.c.id)
    kept = (
        sa.select(live.c.id)
        .where(said.c.delivery_id == scope.id, said.c.what == what, said.c.first != "")
        .where(scope.own(live), live.c.source_id == said.c.first, ~sound)
        .correlate(None)
    )
    return key.in_(kept)


def keep_refused(
    scope: Scope, what: str, stage: sa.Table, keys: tuple[str, ...], *conditions: Condition
) -> sa.Insert:
    """Keep what the rows are about that the comparison has refused under these conditions."""
    said = tables.unchanged
    parts = [stage.c[key] for key in keys] + [sa.literal("", sa.String)] * (3 - len(keys))
    found = sa.select(
        stage.c.delivery_id,
        stage.c.row,
        stage.c.municipality_id,
        sa.literal(what, sa.String),
        *parts,
    ).where(scope.staged(stage), stage.c.problem.is_not(None), *conditions)
    names = ["delivery_id", "row", "municipality_id", "what", "first", "second", "third"]
    return sa.insert(said).from_select(names, found)


def is_complete(scope: Scope, what: str, person_id: sa.ColumnElement[object]) -> Condition:
    """Rows of somebody of whom the delivery says everything of this kind."""
    said = tables.complete
    return person_id.in_(
        sa.select(said.c.person_id).where(
            said.c.delivery_id == scope.id, said.c.what == what, said.c.person_id.is_not(None)
        )
    )
