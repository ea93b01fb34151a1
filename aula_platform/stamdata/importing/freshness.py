"""How new a delivery is: one that is older than what was applied would bring the past back.

A source tells for each institution when it was as the delivery says. The last such moment that was
applied is kept; the same moment again is no harm, since the same delivery changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from aula_platform.stamdata.delivery.scope import Scope
from aula_platform.stamdata.tables import as_of
from aula_sdk.i18n import gettext_for
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.stamdata_source import RowError

_ = gettext_for("aula")

_OUTDATED = _(
    "This is how %(record)s was at %(told)s (UTC), but something newer, of %(known)s, has been "
    "applied; nothing of this delivery was taken"
)


async def find_outdated(
    read: ReadUnit, scope: Scope, told: Mapping[str, datetime]
) -> list[RowError]:
    """Return a fatal problem for each institution of which something newer has been applied."""
    if not told:
        return []
    known = sa.select(as_of.c.source_id, as_of.c.as_of).where(scope.own(as_of))
    return [
        RowError(
            "org",
            0,
            "as_of",
            _OUTDATED
            % {
                "record": row.source_id,
                "told": f"{told[row.source_id]:%Y-%m-%d %H:%M:%S}",
                "known": f"{row.as_of:%Y-%m-%d %H:%M:%S}",
            },
            "delivery.outdated",
            fatal=True,
        )
        for row in await read.rows(known.order_by(as_of.c.source_id))
        if row.source_id in told and told[row.source_id] < row.as_of
    ]


async def remember(write: WriteUnit, scope: Scope, told: Mapping[str, datetime]) -> None:
    """Keep how new what is being applied is."""
    if not told:
        return
    spoken_of = scope.own(as_of), as_of.c.source_id.in_(sorted(told))
    await write.execute(sa.delete(as_of).where(*spoken_of))
    rows = [
        {
            "municipality_id": scope.municipality_id,
            "source": scope.source,
            "source_id": source_id,
            "as_of": moment,
        }
        for source_id, moment in told.items()
    ]
    await write.execute(sa.insert(as_of), rows)
