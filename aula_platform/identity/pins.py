"""PINs of employees: six digits, kept under scrypt, locked after five failures (decision 0035).

A PIN counts only at a paired device, for what is ordinary. It is changed after a second factor,
which also unlocks it: nobody is locked out of anything but the tablet. Each says what its hash
costs; with another cost than is wanted it is hashed anew when it has been typed.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.tables import pin
from aula_platform.storage import GLOBAL, Storage
from aula_sdk.protocols import ReadUnit, WriteUnit

MOST_FAILURES = 5
COST = "16384:8:1"
"""What scrypt takes for a PIN now, as N:r:p (RFC 7914)."""
_SHAPE = re.compile(r"[0-9]{6}")
_FEWEST_DIGITS = 3
_STEPS = "0123456789", "9876543210"


def is_fit(text: str) -> bool:
    """Whether it is six digits that are not among the first that anybody would try."""
    fits = _SHAPE.fullmatch(text) is not None and len(set(text)) >= _FEWEST_DIGITS
    return fits and not any(text in steps for steps in _STEPS)


class PinHash(NamedTuple):
    """A PIN as it is kept."""

    salt: bytes
    pin_hash: bytes
    cost: str


async def keep_pin(write: WriteUnit, account_id: UUID, made: PinHash) -> None:
    """Let this be the account's PIN from now on, unlocked."""
    values = {**made._asdict(), "failures": 0, "changed_at": write.now}
    await write.execute(
        insert(pin)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=[pin.c.account_id], set_=values)
    )


async def hash_pin(text: str, salt: bytes | None = None, cost: str | None = None) -> PinHash:
    """Return the PIN's hash, under a new salt and at the cost of now where none are given; it takes
    a while, outside of any transaction.
    """
    salted, costs = salt or secrets.token_bytes(16), cost or COST
    n, r, p = map(int, costs.split(":"))
    # scrypt itself needs 128 N r bytes; that it may take twice as much refuses no cost of ours.
    found = await asyncio.to_thread(
        hashlib.scrypt,
        text.encode(),
        salt=salted,
        n=n,
        r=r,
        p=p,
        maxmem=256 * n * r,
        dklen=32,
    )
    return PinHash(salted, found, costs)


async def is_right_pin(storage: Storage, account_id: UUID, text: str) -> bool:
    """Whether this is the account's PIN, and it is not locked.

    The try is counted before it is judged, so that many at once are no more tries than in a row.
    """
    async with storage.write(GLOBAL) as write:
        counted = await write.execute(
            sa.update(pin)
            .where(pin.c.account_id == account_id, pin.c.failures < MOST_FAILURES)
            .values(failures=pin.c.failures + 1)
            .returning(pin.c.salt, pin.c.pin_hash, pin.c.cost)
        )
        row = counted.first()
    if row is None:
        return False
    found = await hash_pin(text, row.salt, row.cost)
    if not hmac.compare_digest(found.pin_hash, row.pin_hash):
        return False
    kept = found if found.cost == COST else await hash_pin(text)
    async with storage.write(GLOBAL) as write:
        await write.execute(
            sa.update(pin)
            .where(pin.c.account_id == account_id, pin.c.pin_hash == row.pin_hash)
            .values(**kept._asdict(), failures=0)
        )
    return True


async def has_pin(read: ReadUnit, account_id: UUID) -> bool | None:
    """Whether the account has a PIN that works; None for one that is locked."""
    failures = await read.scalar(sa.select(pin.c.failures).where(pin.c.account_id == account_id))
    if failures is None:
        return False
    return True if int(failures) < MOST_FAILURES else None
