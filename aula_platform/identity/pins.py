"""PINs of employees: six digits, kept under scrypt, locked after five failures (decision 0035).

A PIN counts only at a paired device, for what is ordinary. It is changed after a second factor,
which also unlocks it: nobody is locked out of anything but the tablet.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.tables import pin
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.protocols import ReadUnit, WriteUnit

MOST_FAILURES = 5
_SHAPE = re.compile(r"[0-9]{6}")
_FEWEST_DIGITS = 3
_STEPS = "0123456789", "9876543210"


def is_fit(text: str) -> bool:
    """Whether it is six digits that are not among the first that anybody would try."""
    fits = _SHAPE.fullmatch(text) is not None and len(set(text)) >= _FEWEST_DIGITS
    return fits and not any(text in steps for steps in _STEPS)


async def keep_pin(write: WriteUnit, account_id: UUID, salt: bytes, pin_hash: bytes) -> None:
    """Let this be the account's PIN from now on, unlocked."""
    values = {
        "salt": salt,
        "pin_hash": pin_hash,
        "failures": 0,
        "changed_at": write.now,
    }
    await write.execute(
        insert(pin)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=[pin.c.account_id], set_=values)
    )


async def hash_pin(text: str, salt: bytes | None = None) -> tuple[bytes, bytes]:
    """Return a salt and the PIN's hash under it; it takes a while, outside of any transaction."""
    salted = salt or secrets.token_bytes(16)
    found = await asyncio.to_thread(
        hashlib.scrypt, text.encode(), salt=salted, n=2**14, r=8, p=1, dklen=32
    )
    return salted, found


async def is_right_pin(storage: Storage, account_id: UUID, text: str) -> bool:
    """Whether this is the account's PIN, and it is not locked.

    The try is counted before it is judged, so that many at once are no more tries than in a row.
    """
    async with storage.write(GLOBAL) as write:
        counted = await write.execute(
            sa.update(pin)
            .where(pin.c.account_id == account_id, pin.c.failures < MOST_FAILURES)
            .values(failures=pin.c.failures + 1)
            .returning(pin.c.salt, pin.c.pin_hash)
        )
        row = counted.first()
    if row is None:
        return False
    _salt, found = await hash_pin(text, row.salt)
    if not hmac.compare_digest(found, row.pin_hash):
        return False
    async with storage.write(GLOBAL) as write:
        await write.execute(
            sa.update(pin)
            .where(pin.c.account_id == account_id, pin.c.pin_hash == row.pin_hash)
            .values(failures=0)
        )
    return True


async def has_pin(read: ReadUnit, account_id: UUID) -> bool | None:
    """Whether the account has a PIN that works; None for one that is locked."""
    failures = await read.scalar(sa.select(pin.c.failures).where(pin.c.account_id == account_id))
    if failures is None:
        return False
    return True if int(failures) < MOST_FAILURES else None
