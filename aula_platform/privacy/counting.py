"""How much of a municipality there is, table by table: what is looked at before it is erased."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.files.tables import file
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.reach import KEPT, looks_elsewhere, rows_of
from aula_platform.storage import EVERYWHERE, Read

EXPORTED = "privacy.municipality_exported"
"""What is audited when everything of a municipality was handed over."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is now."""

    rows: dict[str, int]
    """By table; those without any are left out."""
    files: int
    file_bytes: int

    @property
    def total(self) -> int:
        """How many rows there are in all."""
        return sum(self.rows.values())


class LastExport(msgspec.Struct, frozen=True):
    """When everything was last handed over, and how much that was."""

    id: UUID
    at: datetime
    details: dict[str, str | int | bool]


async def count(installation: Installation, place: Place) -> Counts:
    """Count what would be erased."""
    rows: dict[str, int] = {}
    async with installation.storage.snapshot(place.wall) as read:
        for _owner, table in installation.tables():
            if table.name not in KEPT and (found := await count_rows(read, table, place)):
                rows[table.name] = found
        sizes = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(file.c.size), 0))
        told = await read.first(sizes.where(file.c.municipality_id == place.id))
    assert told is not None  # noqa: S101  # An aggregate always has a row.
    return Counts(rows, *(int(number) for number in told))


async def count_rows(read: Read, table: sa.Table, place: Place) -> int:
    """Count the municipality's rows of one table."""
    condition = rows_of(table, place.id)
    if condition is None:
        return 0
    read.wall = EVERYWHERE if looks_elsewhere(table) else place.wall
    counted = sa.select(sa.func.count()).select_from(table).where(condition)
    return int(await read.scalar(counted))


async def last_export(installation: Installation, place: Place) -> LastExport | None:
    """Return the latest export of the municipality that the audit knows of."""
    statement = (
        sa.select(entry.c.id, entry.c.at, entry.c.details)
        .where(entry.c.municipality_id == place.id, entry.c.action == EXPORTED)
        .order_by(entry.c.id.desc())
        .limit(1)
    )
    async with installation.storage.read(place.wall) as read:
        found = await read.structs(LastExport, statement)
    return found[0] if found else None
