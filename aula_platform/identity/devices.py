"""Devices that an account has logged in with before, and the word about a new one (R13).

A browser is known again by a cookie of its own, which outlives sessions and signs nobody in; the
database holds its hash. Whoever has stolen a log-in comes without it, and the account's owner is
told in all their other sessions until they say that it was them.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.secrets import hash_secret
from aula_platform.identity.tables import account, device
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit

KEEP = timedelta(days=400)
"""How long a device that is not used is remembered; browsers keep a cookie no longer."""
_PREFIX = {4: 24, 6: 48}


class NewDevice(msgspec.Struct, frozen=True):
    """A device that somebody has logged in with for the first time."""

    id: UUID
    kind: str
    created_at: datetime


def coarsen(address: str) -> str:
    """Return the network of an address, which says where about, not who; empty for no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{_PREFIX[found.version]}", strict=False))


async def meet_device(write: WriteUnit, account_id: UUID, cookie_value: str, kind: str) -> UUID:
    """Return by which id the account knows this browser from now on.

    One that is new to an account which knows others is noted for its owner (R13). The first device
    of all is nothing new: nobody else could be told.
    """
    others = sa.select(device.c.id).where(device.c.account_id == account_id).limit(1)
    has_others = await write.scalar(others) is not None
    met = new_id()
    values = {
        "id": met,
        "account_id": account_id,
        "token_hash": hash_secret(cookie_value),
        "kind": kind,
        "created_at": write.now,
        "last_used_at": write.now,
    }
    known = (
        await write.execute(
            insert(device)
            .values(values)
            .on_conflict_do_update(
                index_elements=[device.c.account_id, device.c.token_hash],
                set_={"last_used_at": write.now},
            )
            .returning(device.c.id)
        )
    ).scalar_one()
    if has_others and known == met:
        await write.execute(
            sa.update(account)
            .where(account.c.id == account_id)
            .values(new_device_id=met, new_device_at=write.now)
        )
    return UUID(str(known))


async def find_new_device(read: ReadUnit, account_id: UUID) -> NewDevice | None:
    """Return the device about which the account's owner has not said yet that it is theirs."""
    found = await read.structs(
        NewDevice,
        sa.select(device.c.id, device.c.kind, device.c.created_at)
        .join(account, account.c.new_device_id == device.c.id)
        .where(account.c.id == account_id),
    )
    return found[0] if found else None


async def accept_device(write: WriteUnit, account_id: UUID, device_id: UUID) -> bool:
    """Note that the owner knows this device; return whether they had been asked about it."""
    accepted = await write.execute(
        sa.update(account)
        .where(account.c.id == account_id, account.c.new_device_id == device_id)
        .values(new_device_id=None, new_device_at=None)
    )
    return bool(accepted.rowcount)


async def refuse_device(write: WriteUnit, account_id: UUID) -> None:
    """Forget the device that its owner does not know: the next log-in from it is new again."""
    asked = sa.select(account.c.new_device_id).where(account.c.id == account_id)
    unknown = await write.scalar(asked)
    if unknown is not None:
        await write.execute(sa.delete(device).where(device.c.id == unknown))
        await accept_device(write, account_id, UUID(str(unknown)))
