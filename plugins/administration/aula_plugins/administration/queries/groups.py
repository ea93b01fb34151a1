"""Groups in which the reader decides rights."""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.grants import GRANT_IN_GROUP
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

_group = stamdata.group
MOST = 500
"""More groups than an institution has."""


class NamedGroup(msgspec.Struct, frozen=True):
    """A group as it is chosen."""

    id: UUID
    name: str


@cache
def _here(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(_group.c.id, _group.c.name)
        .where(
            clause,
            _group.c.institution_id == sa.bindparam("institution_id", type_=Id),
            stamdata.valid(_group, sa.bindparam("now", type_=Instant)),
        )
        .order_by(_group.c.sort_key, _group.c.id)
        .limit(MOST)
    )


async def groups_at(
    read: ReadUnit, platform: Platform, actor: Actor, institution_id: UUID
) -> list[NamedGroup]:
    """Return the groups of an institution in which the actor decides rights, by name."""
    visible = platform.permissions.visible(actor, GRANT_IN_GROUP)
    params = {**visible.params, "institution_id": institution_id, "now": read.now}
    return await read.structs(NamedGroup, _here(visible.clause), params)
