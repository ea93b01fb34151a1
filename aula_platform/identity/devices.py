"""Devices that an account has logged in with before, and the word about a new one (R13).

A browser is known again by a cookie of its own, which outlives sessions and signs nobody in; the
database holds its hash. Whoever has stolen a log-in comes without it, and the account's owner is
told in all their other sessions until they say that it was them. Several new devices are asked
about in the order in which they came, and only browsers that were there before can answer, or
whoever has proved two factors since: else a thief's second device would hide the first. A question
that nobody has answered for a month makes way for the next one, so that it hides none.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.secrets import hash_secret
from aula_platform.identity.tables import account, device, session
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit

KEEP = timedelta(days=400)
"""How long a device that is not used is remembered; browsers keep a cookie no longer."""
ASKED = timedelta(days=30)
"""For how long the owner is asked about a device while another one waits."""
_CLOCKS_DIFFER = timedelta(minutes=1)
_PREFIX = {4: 24, 6: 48}
_AGAIN = (
    sa.update(device)
    .where(
        device.c.account_id == sa.bindparam("whose", type_=Id),
        device.c.token_hash == sa.bindparam("known_by", type_=device.c.token_hash.type),
    )
    .values(last_used_at=sa.bindparam("now", type_=Instant))
    .returning(device.c.id)
)
_OTHERS = (
    sa.select(device.c.id).where(device.c.account_id == sa.bindparam("whose", type_=Id)).limit(1)
)
_met = insert(device)
_MEET = _met.on_conflict_do_update(
    index_elements=[device.c.account_id, device.c.token_hash],
    set_={"last_used_at": _met.excluded.last_used_at},
).returning(device.c.id)
_ASK = (
    sa.update(account)
    .where(
        account.c.id == sa.bindparam("whose", type_=Id),
        ~sa.exists().where(device.c.id == account.c.new_device_id),
    )
    .values(
        new_device_id=sa.bindparam("met", type_=Id),
        new_device_at=sa.bindparam("now", type_=Instant),
    )
)
_LOCK = (
    sa.select(account.c.id).where(account.c.id == sa.bindparam("whose", type_=Id)).with_for_update()
)


class NewDevice(msgspec.Struct, frozen=True):
    """A device that somebody has logged in with for the first time."""

    id: UUID
    kind: str
    created_at: datetime
    may_answer: bool
    """Whether the session that asks was there before it, or was proved by two factors after it, and
    so is not of the same hands.
    """


def coarsen(address: str) -> str:
    """Return the network of an address, which says where about, not who; empty for no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{_PREFIX[found.version]}", strict=False))


async def meet_device(write: WriteUnit, account_id: UUID, cookie_value: str, kind: str) -> UUID:
    """Return by which id the account knows this browser from now on.

    One that is new to an account which knows others is noted for its owner (R13), or waits until
    the one before it is answered. The first device of all is nothing new: nobody else could be
    told.
    """
    token_hash, whose = hash_secret(cookie_value), {"whose": account_id}
    again = await write.execute(_AGAIN, {**whose, "known_by": token_hash, "now": write.now})
    if (row := again.first()) is not None:
        return UUID(str(row.id))
    has_others = await write.scalar(_OTHERS, whose) is not None
    met = new_id()
    values = {
        "id": met,
        "account_id": account_id,
        "token_hash": token_hash,
        "kind": kind,
        "created_at": write.now,
        "last_used_at": write.now,
    }
    known = (await write.execute(_MEET, values)).scalar()
    if has_others and known == met:
        await _lock(write, account_id)
        await write.execute(_ASK, {**whose, "met": met, "now": write.now})
    return UUID(str(known))


async def find_new_device(
    read: ReadUnit, account_id: UUID, session_id: UUID, *, proof: datetime | None = None
) -> NewDevice | None:
    """Return the device about which the account's owner has not said yet that it is theirs, and
    whether this session of theirs may.

    ``proof`` is when the session proved two factors, if that was a moment ago. It counts when it
    came after the device: a log-in of which the broker knew by an earlier proof may be of the same
    hands. No device answers for itself.
    """
    own = device.alias("own")
    before = sa.func.coalesce(own.c.created_at, session.c.created_at) < device.c.created_at
    elsewhere = session.c.device_id.is_distinct_from(device.c.id)
    proved = (
        sa.false()
        if proof is None
        else sa.and_(elsewhere, device.c.created_at < proof - _CLOCKS_DIFFER)
    )
    may_answer = (
        sa.exists()
        .select_from(session.outerjoin(own, own.c.id == session.c.device_id))
        .where(
            session.c.id == session_id,
            session.c.account_id == account_id,
            sa.or_(before, proved),
        )
    )
    found = await read.structs(
        NewDevice,
        sa.select(device.c.id, device.c.kind, device.c.created_at, may_answer.label("may_answer"))
        .join(account, account.c.new_device_id == device.c.id)
        .where(account.c.id == account_id),
    )
    return found[0] if found else None


async def accept_device(
    write: WriteUnit,
    account_id: UUID,
    device_id: UUID,
    *,
    session_id: UUID,
    proof: datetime | None = None,
) -> bool:
    """Note that the owner knows this device, and ask about the next; return whether the session
    may say so, of the device that was asked about; see `find_new_device`.
    """
    await _lock(write, account_id)
    new = await find_new_device(write, account_id, session_id, proof=proof)
    if new is None or new.id != device_id or not new.may_answer:
        return False
    later = (
        sa.select(device.c.id, device.c.created_at)
        .where(device.c.account_id == account_id, device.c.created_at > new.created_at)
        .order_by(device.c.created_at)
        .limit(1)
    )
    await _ask_about(write, account_id, await write.first(later))
    return True


async def refuse_device(
    write: WriteUnit, account_id: UUID, *, session_id: UUID, proof: datetime | None = None
) -> None:
    """Forget the device that its owner does not know, and those that have waited behind it, but for
    the one that says so: the next log-in from each is new again. Nothing is forgotten for a session
    that may not answer; see `find_new_device`.
    """
    await _lock(write, account_id)
    new = await find_new_device(write, account_id, session_id, proof=proof)
    if new is None or not new.may_answer:
        return
    here = sa.select(session.c.device_id).where(session.c.id == session_id).scalar_subquery()
    unknown = sa.or_(device.c.id == new.id, device.c.created_at > new.created_at)
    await write.execute(
        sa.delete(device).where(
            device.c.account_id == account_id, unknown, device.c.id.is_distinct_from(here)
        )
    )
    await _ask_about(write, account_id, None)


async def let_questions_lapse(write: WriteUnit) -> None:
    """Ask about the next device where one waits and nobody has answered for `ASKED`: the browsers
    that could may be gone, and a question that stays would hide all later ones.

    Where none waits, it hides none: nothing is written there, and the owner is asked on.
    """
    youngest = write.now - ASKED
    waits = (
        device.c.account_id == account.c.id,
        device.c.created_at > account.c.new_device_at,
        device.c.created_at > youngest,
    )
    lapsed = sa.and_(account.c.new_device_at <= youngest, sa.exists().where(*waits))
    # Seen and locked first, so that nobody answers meanwhile about what was asked before.
    if not await write.rows(sa.select(account.c.id).where(lapsed).with_for_update()):
        return
    order = (device.c.created_at, device.c.id)
    next_id, next_at = (
        sa.select(column).where(*waits).order_by(*order).limit(1).scalar_subquery()
        for column in (device.c.id, device.c.created_at)
    )
    await write.execute(
        sa.update(account).where(lapsed).values(new_device_id=next_id, new_device_at=next_at)
    )


async def _ask_about(write: WriteUnit, account_id: UUID, new: sa.Row[Any] | None) -> None:
    values = (new.id, new.created_at) if new else (None, None)
    await write.execute(
        sa.update(account)
        .where(account.c.id == account_id)
        .values(new_device_id=values[0], new_device_at=values[1])
    )


async def _lock(write: WriteUnit, account_id: UUID) -> None:
    """Let nobody else meet or answer meanwhile: a device that came in between would be missed."""
    await write.rows(_LOCK, {"whose": account_id})
