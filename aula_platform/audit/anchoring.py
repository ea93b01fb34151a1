"""Puts the newest link of each chain outside of the database."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.anchors import Anchor, AnchorStore
from aula_platform.audit.chain import month_of
from aula_platform.audit.tables import link
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import Id

_ONE_MONTH = timedelta(days=31)
_HEAD = (
    sa.select(link.c.municipality_id, link.c.month, link.c.number, link.c.hash)
    .where(
        link.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
        link.c.month == sa.bindparam("month"),
    )
    .order_by(link.c.number.desc())
    .limit(1)
)


async def heads(storage: Storage, municipalities: Collection[UUID]) -> list[Anchor]:
    """Return the newest links of this month's chains and of last month's, which can still grow."""
    found: list[Anchor] = []
    async with storage.read(EVERYWHERE) as read:
        for month in sorted({month_of(read.now - _ONE_MONTH), month_of(read.now)}):
            for one in municipalities:
                place = {"municipality_id": one, "month": month}
                found += await read.structs(Anchor, _HEAD, place)
    return found


async def anchor_heads(
    storage: Storage, anchors: AnchorStore, municipalities: Collection[UUID]
) -> list[Anchor]:
    """Put the newest links where ``anchors`` keeps them; return them."""
    found = await heads(storage, municipalities)
    for one in found:
        await anchors.put(one)
    return found
