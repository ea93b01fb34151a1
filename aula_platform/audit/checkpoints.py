"""Checkpoints: what stays of the audit of a municipality that leaves (decision 0021)."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import checkpoint
from aula_sdk.ids import new_id
from aula_sdk.protocols import WriteUnit

Kind = Literal["erasing", "erased"]


async def set_checkpoint(
    write: WriteUnit, municipality_id: UUID, kind: Kind, counts: Mapping[str, int]
) -> None:
    """Let the municipality's entries up to this moment be deleted, and keep for good that they may.

    ``counts`` are of rows by table, and nothing else.
    """
    await write.execute(
        sa.insert(checkpoint),
        {
            "id": new_id(),
            "municipality_id": municipality_id,
            "at": write.now,
            "kind": kind,
            "counts": dict(counts),
        },
    )
