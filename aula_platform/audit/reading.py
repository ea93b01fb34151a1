"""Reads the audit for the person it is about (log data are within the right of access)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_sdk.protocols import ReadUnit

PAGE = 100


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of the audit. ``account_id`` is None when the platform itself acted."""

    id: UUID
    at: datetime
    municipality_id: UUID
    account_id: UUID | None
    person_id: UUID | None
    role: str
    assurance: int
    action: str
    object_id: UUID | None
    details: dict[str, str | int | bool]


_columns = (
    entry.c.id,
    entry.c.at,
    entry.c.municipality_id,
    entry.c.account_id,
    entry.c.person_id,
    entry.c.role,
    entry.c.assurance,
    entry.c.action,
    entry.c.object_id,
    entry.c.details,
)


async def entries_about(
    read: ReadUnit,
    person_profiles: Sequence[UUID],
    *,
    before: UUID | None = None,
    limit: int = PAGE,
) -> list[AuditEntry]:
    """Return what was done about these institution profiles, the latest first.

    ``before`` is the id of the last entry of the page before. An entry about several of the
    profiles comes once.
    """
    about = sa.exists().where(
        subject.c.entry_id == entry.c.id, subject.c.profile_id.in_(person_profiles)
    )
    statement = sa.select(*_columns).where(about).order_by(entry.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(entry.c.id < before)
    return await read.structs(AuditEntry, statement)
