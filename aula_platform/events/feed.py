"""Carries live topics from the table, where every worker writes them, to this process's hub."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from aula_platform.events.bell import Bell
from aula_platform.events.failures import describe
from aula_platform.events.hub import LiveHub
from aula_platform.events.tables import topic
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.db import utc_now

POLL_SECONDS = 1.0
_GAP_PATIENCE = timedelta(seconds=30)
_MOST_GAPS = 1000

_log = structlog.get_logger("aula.events")
_newer = (
    sa.select(topic.c.sequence, topic.c.name, topic.c.profiles)
    .where(
        sa.or_(
            topic.c.sequence > sa.bindparam("last"),
            topic.c.sequence.in_(sa.bindparam("gaps", expanding=True)),
        )
    )
    .order_by(topic.c.sequence)
)


class LiveFeed:
    """Reads each row once. Numbers that were skipped are looked for again for a while: on
    PostgreSQL a transaction with a lower number can commit later.
    """

    def __init__(self, storage: Storage, hub: LiveHub) -> None:
        self._storage = storage
        self._hub = hub
        self._last = 0
        self._gaps: dict[int, datetime] = {}

    async def begin(self) -> None:
        """Start from now: what changed before is on the pages that will be fetched."""
        async with self._storage.read(GLOBAL) as read:
            self._last = await read.scalar(sa.select(sa.func.max(topic.c.sequence))) or 0

    async def run(self, bell: Bell) -> None:
        """Publish until cancelled; wakes at ``bell``, and looks by itself every second."""
        while True:
            heard = bell.heard
            try:
                await self.publish_new()
            except Exception as error:  # noqa: BLE001  # The database may be away for a while.
                _log.warning("feed_failed", error=describe(error))
            await bell.wait(heard, POLL_SECONDS)

    async def publish_new(self) -> int:
        """Publish the topics that came since the last time; return how many there were."""
        async with self._storage.read(GLOBAL) as read:
            rows = await read.rows(_newer, {"last": self._last, "gaps": list(self._gaps)})
        for row in rows:
            self._note(row.sequence)
            self._hub.publish(row.name, [UUID(hex=profile) for profile in row.profiles])
        self._drop_old_gaps()
        return len(rows)

    def _note(self, sequence: int) -> None:
        self._gaps.pop(sequence, None)
        if sequence > self._last:
            first = max(self._last + 1, sequence - _MOST_GAPS)
            self._gaps.update(dict.fromkeys(range(first, sequence), utc_now()))
            self._last = sequence

    def _drop_old_gaps(self) -> None:
        horizon = utc_now() - _GAP_PATIENCE
        for sequence in [number for number, since in self._gaps.items() if since < horizon]:
            del self._gaps[sequence]
