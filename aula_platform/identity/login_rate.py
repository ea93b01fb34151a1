"""How many log-ins may be begun from one address at one broker: a leaky bucket in the database.

A whole school sits behind one address, and rings in at eight o'clock; so the bucket is wide. It
keeps one machine from filling the table of log-ins or from using us to burden a broker.
"""

import hashlib

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.tables import login_rate
from aula_sdk.protocols import WriteUnit

SECONDS_EACH = 0.2
BURST = 1500

_now = sa.bindparam("now", type_=sa.Double)
_each = sa.bindparam("each", type_=sa.Double)
_full = sa.bindparam("full", type_=sa.Double)
_spent = sa.case((login_rate.c.paid_until > _now, login_rate.c.paid_until), else_=_now)
_TAKE = (
    insert(login_rate)
    .values(key=sa.bindparam("bucket"), paid_until=_now + _each)
    .on_conflict_do_update(
        index_elements=[login_rate.c.key],
        set_={"paid_until": _spent + _each},
        where=_spent + _each <= _full,
    )
    .returning(login_rate.c.paid_until)
)


async def take_turn(
    write: WriteUnit,
    address: str,
    broker: str,
    *,
    seconds_each: float = SECONDS_EACH,
    burst: int = BURST,
) -> bool:
    """Count a log-in from this address at this broker; return whether it may be begun."""
    now = write.now.timestamp()
    full = now + seconds_each * burst
    params = {"bucket": _key(address, broker), "now": now, "each": seconds_each, "full": full}
    return (await write.execute(_TAKE, params)).first() is not None


async def count_left_out(write: WriteUnit, address: str, broker: str) -> None:
    """Count one that had no turn."""
    mine = login_rate.c.key == _key(address, broker)
    counted = sa.update(login_rate).where(mine).values(left_out=login_rate.c.left_out + 1)
    await write.execute(counted)


async def take_left_out(write: WriteUnit, address: str, broker: str) -> int:
    """Return how many had no turn since this was asked last, and begin to count anew."""
    mine = login_rate.c.key == _key(address, broker)
    # The row is ours since `take_turn` until the commit: nobody counts in between.
    left_out = int(await write.scalar(sa.select(login_rate.c.left_out).where(mine)) or 0)
    if left_out:
        await write.execute(sa.update(login_rate).where(mine).values(left_out=0))
    return left_out


def _key(address: str, broker: str) -> bytes:
    return hashlib.sha256(f"{broker}\0{address}".encode()).digest()
