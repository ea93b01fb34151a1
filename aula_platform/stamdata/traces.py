"""The groups that a plugin has delivered (decision 0016).

Stamdata closes rows and deletes none. Purging a plugin is the exception: who was in groups that
were made with it is its data, and goes with it.
"""

import sqlalchemy as sa

from aula_platform.stamdata.tables import group, membership, municipality
from aula_platform.storage import Write
from aula_platform.storage.traces import Trace


def traces_of(source: str) -> list[Trace]:
    """Return the groups of the source with everybody in them, children before parents."""
    groups = sa.select(group.c.id).where(group.c.source == source)
    mine = sa.or_(membership.c.source == source, membership.c.group_id.in_(groups))
    return [Trace(membership, mine), Trace(group, group.c.source == source)]


async def count_change(write: Write, source: str) -> None:
    """Let comparisons that were made before the source's groups go be known as old (rule 20)."""
    places = sa.select(group.c.municipality_id).where(group.c.source == source)
    await write.execute(
        sa.update(municipality)
        .where(municipality.c.id.in_(places))
        .values(epoch=municipality.c.epoch + 1)
    )
