"""Shared devices: a tablet of an institution, paired by a code, at which employees change places.

A session there is one profile's at one institution, for the actions that say of themselves that
they are ordinary (`Action.on_shared_devices`), at the lowest assurance whatever else is known of
the person (ADM-8, decision 0035).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.secrets import hash_secret, new_secret
from aula_platform.identity.tables import session, shared_device
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit

USE_SHARED = "shell.use_shared_devices"
BROKER = "shared-device"
"""By which name sessions at shared devices say how they began."""
CODE_LASTS = timedelta(minutes=15)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 10


class SharedDevice(msgspec.Struct, frozen=True):
    """A tablet, and whether it is paired yet."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    name: str
    paired_at: datetime | None


_SEEN = (
    shared_device.c.id,
    shared_device.c.municipality_id,
    shared_device.c.institution_id,
    shared_device.c.name,
    shared_device.c.paired_at,
)


def draw_code() -> str:
    """Return a pairing code that nobody can foresee."""
    return "".join(secrets.choice(_LETTERS) for _each in range(_CODE_LENGTH))


async def add_device(
    write: WriteUnit, name: str, *, municipality_id: UUID, institution_id: UUID
) -> tuple[UUID, str]:
    """Keep a device that waits for its pairing; return its id and the code, which counts once."""
    code, device_id = draw_code(), new_id()
    await write.execute(
        sa.insert(shared_device).values(
            id=device_id,
            municipality_id=municipality_id,
            institution_id=institution_id,
            name=name,
            code_hash=hash_secret(code),
            code_expires_at=write.now + CODE_LASTS,
            created_at=write.now,
        )
    )
    return device_id, code


async def pair_device(write: WriteUnit, code: str) -> tuple[SharedDevice, str] | None:
    """Take the code; return the device and what it keeps; None for a code that does not count."""
    key = new_secret()
    wanted = code.strip().upper().replace("-", "").replace(" ", "")
    paired = await write.execute(
        sa.update(shared_device)
        .where(
            shared_device.c.code_hash == hash_secret(wanted),
            shared_device.c.code_expires_at > write.now,
        )
        .values(
            code_hash=None, code_expires_at=None, key_hash=hash_secret(key), paired_at=write.now
        )
        .returning(*_SEEN)
    )
    row = paired.first()
    return None if row is None else (_as_device(row), key)


async def find_device(read: ReadUnit, key: str) -> SharedDevice | None:
    """Return the paired device that keeps this; None for none, and after it was unpaired."""
    if not key:
        return None
    found = await read.structs(
        SharedDevice, sa.select(*_SEEN).where(shared_device.c.key_hash == hash_secret(key))
    )
    return found[0] if found else None


async def hold_device(write: WriteUnit, device_id: UUID) -> bool:
    """Return whether the device is still paired; while the transaction lasts nobody unpairs it.

    Whoever unpairs waits, and then ends the session that was begun here meanwhile.
    """
    held = sa.select(shared_device.c.id).where(
        shared_device.c.id == device_id, shared_device.c.key_hash.is_not(None)
    )
    return await write.scalar(held.with_for_update()) is not None


async def find_town(read: ReadUnit, session_id: UUID) -> UUID | None:
    """Return the municipality of the shared device that a session is at; None at one's own."""
    found: UUID | None = await read.scalar(
        sa.select(shared_device.c.municipality_id)
        .join(session, session.c.shared_device_id == shared_device.c.id)
        .where(session.c.id == session_id)
    )
    return found


async def list_shared(read: ReadUnit, institutions: Sequence[UUID]) -> list[SharedDevice]:
    """Return the devices of these institutions that are paired or may still be."""
    return await read.structs(
        SharedDevice,
        sa.select(*_SEEN)
        .where(
            shared_device.c.institution_id.in_(institutions),
            sa.or_(
                shared_device.c.paired_at.is_not(None), shared_device.c.code_expires_at > read.now
            ),
        )
        .order_by(shared_device.c.name, shared_device.c.id),
    )


async def remove_device(
    write: WriteUnit, device_id: UUID, institutions: Sequence[UUID]
) -> SharedDevice | None:
    """Unpair a device of these institutions and end the sessions there; None where none is."""
    removed = await write.execute(
        sa.delete(shared_device)
        .where(shared_device.c.id == device_id, shared_device.c.institution_id.in_(institutions))
        .returning(*_SEEN)
    )
    row = removed.first()
    if row is None:
        return None
    await write.execute(sa.delete(session).where(session.c.shared_device_id == device_id))
    return _as_device(row)


def _as_device(row: sa.Row[Any]) -> SharedDevice:
    return SharedDevice(row.id, row.municipality_id, row.institution_id, row.name, row.paired_at)
