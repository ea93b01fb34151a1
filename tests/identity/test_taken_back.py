"""R2: wishes that were taken back before that was kept by itself are told as that afterwards."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from aula_platform import identity
from aula_platform.identity.tables import break_glass
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.migrate import migrate
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id


async def test_what_was_taken_back_before_is_known_as_that(empty_database: str) -> None:
    """Whoever has asked has settled it, and nothing was opened; all else stays as it was."""
    storage, now = Storage(empty_database), utc_now()
    asker, other = new_id(), new_id()
    settled: dict[str, dict[str, Any]] = {
        "taken back": {"decider_id": asker, "decided_at": now, "ends_at": None},
        "refused": {"decider_id": other, "decided_at": now, "ends_at": None},
        "approved": {"decider_id": other, "decided_at": now, "ends_at": now},
        "waits": {"decider_id": None, "decided_at": None, "ends_at": None},
    }
    rest = {
        "municipality_id": new_id(), "institution_id": new_id(), "profile_id": new_id(),
        "asker_id": asker, "area": "messages", "hours": 1, "asked_at": now,
    }  # fmt: skip
    await migrate(storage, [identity.OWNER], "identity_0008")
    rows = [{"id": new_id(), "reason": why, **rest, **one} for why, one in settled.items()]
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(break_glass), rows)
    await migrate(storage, [identity.OWNER])
    async with storage.read(EVERYWHERE) as read:
        found = await read.rows(sa.select(break_glass.c.reason, break_glass.c.withdrawn_at))
    await storage.close()
    assert {row.reason: row.withdrawn_at for row in found} == {
        why: now if why == "taken back" else None for why in settled
    }
