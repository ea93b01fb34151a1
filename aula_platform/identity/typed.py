"""What somebody had typed when a second factor was asked for: kept until they are back.

It may be the most sensitive there is, so it is readable to the browser's session alone: the key is
made of the cookie's value, of which the database holds a hash. It is taken over to the new value
when the session is proved anew, and dies with a change of role or the session.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.tables import typed
from aula_sdk.protocols import ReadUnit, WriteUnit

KEEP = timedelta(minutes=15)
LONGEST = 256 * 1024
MOST = 5
"""How many forms of one session are kept; the oldest goes first."""
_NONCE = 12


class Typed(msgspec.Struct, frozen=True):
    """A form as it was sent: where to, and its fields in their order."""

    path: str
    page: str
    """Where it was filled in."""
    fields: tuple[tuple[str, str], ...]
    lost_files: int = 0
    """How many files came with it; they are not kept."""

    def __repr__(self) -> str:
        """Leave out what was typed."""
        return "Typed()"


async def keep_typed(write: WriteUnit, session: SessionRow, typed_id: UUID, content: Typed) -> bool:
    """Keep a form for a quarter of an hour; return False for one that is too long to keep."""
    plain = msgspec.json.encode(content)
    if len(plain) > LONGEST:
        return False
    older = (
        sa.select(typed.c.id)
        .where(typed.c.session_id == session.id)
        .order_by(typed.c.created_at.desc(), typed.c.id.desc())
        .offset(MOST - 1)
    )
    too_many = [row.id for row in await write.rows(older)]
    if too_many:
        await write.execute(sa.delete(typed).where(typed.c.id.in_(too_many)))
    await write.execute(
        sa.insert(typed).values(
            id=typed_id,
            session_id=session.id,
            content=_seal(session.typed_key, typed_id, plain),
            created_at=write.now,
            expires_at=write.now + KEEP,
        )
    )
    return True


async def find_typed(read: ReadUnit, session: SessionRow, typed_id: UUID) -> Typed | None:
    """Return the form that this session kept; None when it is gone, or was another's."""
    row = await read.first(
        sa.select(typed.c.content).where(
            typed.c.id == typed_id,
            typed.c.session_id == session.id,
            typed.c.expires_at > read.now,
        )
    )
    plain = None if row is None else _open(session.typed_key, typed_id, row.content)
    return None if plain is None else msgspec.json.decode(plain, type=Typed)


async def take_over(write: WriteUnit, session_id: UUID, old: bytes, new: bytes) -> None:
    """Make what was kept under the session's old key readable under the new one."""
    rows: Sequence[sa.Row[tuple[UUID, bytes]]] = await write.rows(
        sa.select(typed.c.id, typed.c.content).where(typed.c.session_id == session_id)
    )
    for row in rows:
        plain = _open(old, row.id, row.content)
        if plain is not None:
            sealed = _seal(new, row.id, plain)
            await write.execute(sa.update(typed).where(typed.c.id == row.id).values(content=sealed))


def _seal(key: bytes, typed_id: UUID, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, typed_id.bytes)


def _open(key: bytes, typed_id: UUID, sealed: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], typed_id.bytes)
    except InvalidTag:
        return None
