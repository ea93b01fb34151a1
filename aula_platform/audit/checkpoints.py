"""Checkpoints: what stays of a municipality that leaves, or of a month that expires."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import checkpoint
from aula_sdk.ids import new_id
from aula_sdk.protocols import WriteUnit

Kind = Literal["erasing", "erased", "expired"]


class SealedMonth(NamedTuple):
    """A month of a chain to which nothing is added any more."""

    name: str
    until: datetime
    """Its end."""
    head: bytes
    """The hash of its last link."""


async def set_checkpoint(
    write: WriteUnit,
    municipality_id: UUID,
    kind: Kind,
    counts: Mapping[str, int],
    month: SealedMonth | None = None,
) -> None:
    """Let the municipality's entries up to this moment be deleted; keep for good that they may.

    With a ``month`` only those of before its end. ``counts`` are of rows by table, nothing else.
    """
    await write.execute(
        sa.insert(checkpoint),
        {
            "id": new_id(),
            "municipality_id": municipality_id,
            "at": write.now,
            "kind": kind,
            "counts": dict(counts),
            "month": month.name if month else None,
            "until": month.until if month else None,
            "head": month.head if month else None,
        },
    )
