"""Counts what is due, and keeps which things those are: nothing else is deleted by the run.

It reads page by page, and writes in small transactions. One that was cut off is done again, over
what it had kept already.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.events.failures import describe
from aula_platform.privacy.place import Place
from aula_platform.privacy.retention.calendar import boundary
from aula_platform.privacy.retention.due import at, things
from aula_platform.privacy.retention.held import Held, read_held
from aula_platform.privacy.retention.policies import read_months
from aula_platform.privacy.retention.tables import count, item, run
from aula_platform.storage import Storage
from aula_sdk.db import Id
from aula_sdk.retention import RetentionSubject, RunState

PAGE = 500
PREVIEWED = "privacy.retention_previewed"
_log = structlog.get_logger("aula.privacy")


class Preview:
    """The preview of one run."""

    def __init__(
        self,
        storage: Storage,
        place: Place,
        run_id: UUID,
        subjects: Mapping[str, RetentionSubject],
        *,
        page: int = PAGE,
    ) -> None:
        self._storage, self._place, self._run, self._page = storage, place, run_id, page
        self._subjects = subjects

    async def make(self) -> None:
        """Find what is due of everything, and let the run be previewed; audited with its counts."""
        async with self._storage.read(self._place.wall) as read:
            held = await read_held(read, self._place.id)
            months = await read_months(read, self._place.id, self._subjects)
            now = read.now
        befores = {name: boundary(one, months[name], now) for name, one in self._subjects.items()}
        frozen: dict[tuple[str, UUID], int] = {}
        failed: list[str] = []
        for name, subject in self._subjects.items():
            try:
                await self._gather(subject, befores[name], held)
                frozen |= await self._count_frozen(subject, befores[name], held)
            except Exception as error:  # noqa: BLE001  # What one owner cannot say holds up no other.
                _log.error("not counted", run=self._run.hex, subject=name, why=describe(error))
                failed.append(name)
        await self._finish(befores, frozen, failed)

    async def _gather(self, subject: RetentionSubject, before: datetime, held: Held) -> None:
        key = subject.id_column
        wanted = things(
            subject, self._place.id, before, key.label("id"), at(subject).label("institution_id")
        ).where(~held.holds(subject))
        after: UUID | None = None
        while True:
            page = wanted if after is None else wanted.where(key > sa.literal(after, Id))
            async with self._storage.read(self._place.wall) as read:
                rows = await read.rows(page.order_by(key).limit(self._page))
            if rows:
                after = rows[-1].id
                await self._keep(subject, rows)
            if len(rows) < self._page:
                return

    async def _keep(self, subject: RetentionSubject, rows: Any) -> None:
        insert = (sqlite if self._storage.is_sqlite else postgresql).insert(item)
        values = [
            {
                "run_id": self._run, "municipality_id": self._place.id, "object_id": row.id,
                "subject": subject.name, "institution_id": row.institution_id,
            }
            for row in rows
        ]  # fmt: skip
        async with self._storage.write(self._place.wall) as write:
            # What is due in two ways goes once.
            await write.execute(insert.on_conflict_do_nothing(), values)

    async def _finish(
        self,
        befores: Mapping[str, datetime],
        frozen: Mapping[tuple[str, UUID], int],
        failed: Sequence[str],
    ) -> None:
        """Keep the counts; of a kind that could not be counted nothing goes, as the run says."""
        found = await self._count_found()
        keys = [key for key in {**found, **frozen} if key[0] not in failed]
        keys += [(name, self._place.id) for name in failed]
        async with self._storage.write(self._place.wall) as write:
            still = run.c.id == self._run, run.c.state == RunState.PLANNED
            changed = await write.execute(
                sa.update(run)
                .where(*still)
                .values(state=RunState.PREVIEWED, previewed_at=write.now)
            )
            if not changed.rowcount:
                return  # It was cancelled meanwhile.
            await write.execute(sa.delete(count).where(count.c.run_id == self._run))
            some = item.c.run_id == self._run, item.c.subject.in_(failed)
            await write.execute(sa.delete(item).where(*some))
            rows: list[dict[str, Any]] = [
                {
                    "run_id": self._run,
                    "municipality_id": self._place.id,
                    "subject": name,
                    "institution_id": place,
                    "before": befores[name],
                    **dict.fromkeys(("deleted", "preserved", "spared"), 0),
                    "found": 0 if name in failed else found.get((name, place), 0),
                    "frozen": 0 if name in failed else frozen.get((name, place), 0),
                    "failed": int(name in failed),
                }
                for name, place in keys
            ]
            if rows:
                await write.execute(sa.insert(count), rows)
            details = {key: sum(row[key] for row in rows) for key in ("found", "frozen")}
            write.audit(
                PREVIEWED, municipality_id=self._place.id, object_id=self._run, details=details
            )

    async def _count_found(self) -> dict[tuple[str, UUID], int]:
        kept = (
            sa.select(item.c.subject, item.c.institution_id, sa.func.count().label("number"))
            .where(item.c.run_id == self._run)
            .group_by(item.c.subject, item.c.institution_id)
        )
        async with self._storage.read(self._place.wall) as read:
            rows = await read.rows(kept)
        return {(row.subject, row.institution_id): int(row.number) for row in rows}

    async def _count_frozen(
        self, subject: RetentionSubject, before: datetime, held: Held
    ) -> dict[tuple[str, UUID], int]:
        if held.is_nothing:
            return {}
        at_place = at(subject)
        columns = at_place.label("institution_id"), sa.func.count().label("number")
        frozen = things(subject, self._place.id, before, *columns).where(held.holds(subject))
        async with self._storage.read(self._place.wall) as read:
            rows = await read.rows(frozen.group_by(at_place))
        return {(subject.name, row.institution_id): int(row.number) for row in rows}
