"""What was decided of relations that a plugin has joined into one goes on holding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.kernel import ROOMS
from aula_platform.permissions.tables import grant
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.migrate import migrate
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id

CONTACT_DATA = "contacts.see_contact_data"


def _row(place: UUID, relation: str, *, allowed: bool, action: str = CONTACT_DATA) -> Any:
    return {
        "id": new_id(), "municipality_id": place, "role": "guardian", "action": action,
        "relation": relation, "allowed": allowed, "step_up": False, "created_at": utc_now(),
    }  # fmt: skip


async def test_widths_of_sharing_become_one_relation(empty_database: str) -> None:
    """A withdrawal of any stays a withdrawal, an allowance an allowance, a newer word the last."""
    closed, opened, newer = new_id(), new_id(), new_id()
    rows = [
        _row(closed, "shared_with_class", allowed=True),
        _row(closed, "shared_with_year", allowed=False),
        _row(closed, "shared_with_institution", allowed=False),
        _row(closed, "staff", allowed=True),
        _row(closed, "shared_with_class", allowed=False, action="contacts.see_person"),
        _row(opened, "shared_with_class", allowed=True),
        _row(newer, "shared_with_institution", allowed=False),
        _row(newer, "shared", allowed=True),
    ]
    storage = Storage(empty_database)
    room = next(one for one in ROOMS if one.name == "permissions")
    await migrate(storage, [room], "permissions_0003")
    async with storage.write(EVERYWHERE) as write:
        for row in rows:
            await write.execute(sa.insert(grant), row)
    await migrate(storage, [room])
    async with storage.read(EVERYWHERE) as read:
        columns = (grant.c.municipality_id, grant.c.action, grant.c.relation, grant.c.allowed)
        left = {tuple(row) for row in await read.rows(sa.select(*columns))}
    await storage.close()
    assert left == {
        (closed, CONTACT_DATA, "shared", False),
        (closed, CONTACT_DATA, "staff", True),
        (closed, "contacts.see_person", "shared_with_class", False),
        (opened, CONTACT_DATA, "shared", True),
        (newer, CONTACT_DATA, "shared", True),
    }
