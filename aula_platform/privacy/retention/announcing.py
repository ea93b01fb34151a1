"""Telling those whose things go (DEL-R2): by what they can read at the moment of asking."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from aula_platform.privacy.retention.tables import item, run
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.many import many
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit
from aula_sdk.retention import Announced, RetentionSubject, RunState

_ANNOUNCED = sa.select(run.c.id, run.c.deletes_from).where(
    run.c.municipality_id.in_(many("municipalities", Id())),
    run.c.finished_at.is_(None),
    run.c.state.in_((RunState.ANNOUNCED, RunState.EXECUTING)),
)
_run_id = sa.bindparam("run_id", type_=Id)


_mine = many("mine", Id())


@cache
def _going(subject: RetentionSubject, clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Count what goes of what somebody can read: of the reader's own things, looked up by id.

    A run has everybody's things, and everybody opens the overview.
    """
    return (
        sa.select(sa.func.count())
        .select_from(item.join(subject.table, subject.id_column == item.c.object_id))
        .where(
            item.c.run_id == _run_id,
            item.c.object_id.in_(_things_of_reader(subject)),
            item.c.subject == subject.name,
            clause,
        )
    )


def _things_of_reader(subject: RetentionSubject) -> sa.CompoundSelect[Any]:
    """Select the things that name the reader or one of the reader's groups, by an index."""
    by_people = [
        sa.select(link.thing).where(link.other.in_(_mine))
        for link in subject.people
        if link.is_indexed
    ]
    reach = stamdata.reach
    by_groups = [
        sa.select(link.thing)
        .join(reach, reach.c.group_id == link.other)
        .where(reach.c.profile_id.in_(_mine))
        for link in subject.groups
        if link.is_indexed
    ]
    return sa.union_all(*by_people, *by_groups)


async def list_announced(
    read: ReadUnit,
    permissions: Permissions,
    actor: Actor,
    subjects: Mapping[str, RetentionSubject],
) -> Sequence[Announced]:
    """Return what goes of the actor's, kind by kind; one statement while nothing is announced."""
    runs = await read.rows(_ANNOUNCED, {"municipalities": actor.municipalities})
    mine = [
        *(one.id for one in (*actor.profiles, *actor.former)),
        *(one.person_id for one in actor.profiles),
        *(key for one in actor.children for key in (one.profile_id, one.person_id)),
    ]
    found = []
    for row in runs:
        for subject in subjects.values():
            if not subject.action or not actor.usable_holdings(subject.action):
                continue
            visible = permissions.visible(actor, subject.action)
            given = {**visible.params, "run_id": row.id, "mine": mine}
            number = await read.scalar(_going(subject, visible.clause), given)
            if number:
                found.append(Announced(subject.title, subject.href, int(number), row.deletes_from))
    return found
