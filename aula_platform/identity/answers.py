"""What a broker sends by form instead of by address: kept until the browser comes for it.

The form is sent from the broker's site, so the browser adds no cookie of ours to it (SameSite=Lax),
and nobody can tell whose it is. It is sealed under a random key that stands in the address to which
the browser is sent on, and there it is opened once, with the cookies that the log-in is bound to.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.secrets import derive_key, hash_secret, new_secret
from aula_platform.identity.tables import broker_answer, replay_cache
from aula_sdk.protocols import WriteUnit

LIFETIME = timedelta(minutes=2)
_NONCE = bytes(12)
"""Each key seals one answer, so there is nothing that a nonce would have to tell apart."""


async def keep_answer(write: WriteUnit, sent: Mapping[str, str]) -> str:
    """Keep the fields for two minutes; return the value by which they are found.

    What others have left and nobody came for goes at the same time.
    """
    old = sa.delete(broker_answer).where(broker_answer.c.expires_at <= write.now)
    await write.execute(old)
    value = new_secret()
    sealed = AESGCM(derive_key(value, "answer")).encrypt(
        _NONCE, msgspec.json.encode(dict(sent)), None
    )
    await write.execute(
        sa.insert(broker_answer).values(
            key=hash_secret(value), content=sealed, expires_at=write.now + LIFETIME
        )
    )
    return value


async def take_answer(write: WriteUnit, value: str) -> dict[str, str]:
    """Return the fields, which cannot be had a second time; none for an unknown or old value."""
    statement = (
        sa.delete(broker_answer)
        .where(broker_answer.c.key == hash_secret(value))
        .returning(broker_answer.c.content, broker_answer.c.expires_at)
    )
    row = (await write.execute(statement)).first()
    if row is None or row.expires_at <= write.now:
        return {}
    try:
        plain = AESGCM(derive_key(value, "answer")).decrypt(_NONCE, row.content, None)
    except InvalidTag:
        return {}
    return msgspec.json.decode(plain, type=dict[str, str])


async def use_once(write: WriteUnit, broker: str, token_id: str, expires_at: datetime) -> bool:
    """Remember the broker's token or request by its id (a replay cache); False when it was used
    before. ``expires_at`` is when it would no longer be believed anyway.
    """
    key = hashlib.sha256(f"{broker}\0{token_id}".encode()).digest()
    noted = await write.execute(
        insert(replay_cache)
        .values(key=key, expires_at=expires_at)
        .on_conflict_do_nothing(index_elements=[replay_cache.c.key])
    )
    return bool(noted.rowcount)
