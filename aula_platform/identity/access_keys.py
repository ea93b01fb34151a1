"""Access keys: with what people's own programs fetch from the API (R12, decision 0031).

A key acts for one account in one role, for the actions that its owner chose and no others; never
for what takes a second factor, and only while the owner holds them and the right to have keys.
Its text begins so that scanners for lost secrets know it; the database holds its hash.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zlib import crc32

import msgspec
import sqlalchemy as sa

from aula_platform.identity.secrets import hash_secret, new_secret
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.tables import access_key, account, epoch
from aula_sdk.db import Instant
from aula_sdk.ids import new_id
from aula_sdk.people import Assurance, Kind
from aula_sdk.protocols import ReadUnit, WriteUnit

USE_KEYS = "shell.use_keys"
"""Whoever does not hold this action acts by no key; taken away, it ends all at once."""
PREFIX = "aula_pat_"
TOUCH_EVERY = timedelta(minutes=1)
_SHAPE = re.compile(PREFIX + r"([A-Za-z0-9_-]{43})_([0-9a-f]{8})")
_HINT = 4
_TAG = 8


class AccessKey(msgspec.Struct, frozen=True):
    """A key as its owner sees it; its text was shown once and is kept nowhere."""

    id: UUID
    name: str
    hint: str
    role: str
    actions: tuple[str, ...]
    writes: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class NewKey(msgspec.Struct, frozen=True):
    """What its owner chose."""

    name: str
    actions: tuple[str, ...]
    writes: bool
    days: int


class KeyUse(msgspec.Struct, frozen=True):
    """A request by a key: as whom, and how far."""

    id: UUID
    session: SessionRow
    """What a session of the owner would be that was proved by one factor."""
    actions: frozenset[str]
    writes: bool
    last_used_at: datetime | None


_SEEN = (
    access_key.c.id,
    access_key.c.name,
    access_key.c.hint,
    access_key.c.role,
    access_key.c.actions,
    access_key.c.writes,
    access_key.c.created_at,
    access_key.c.expires_at,
    access_key.c.last_used_at,
)
_LOAD = (
    sa.select(*_SEEN, access_key.c.account_id, access_key.c.broker, account.c.locale)
    .add_columns(epoch.c.rights, epoch.c.activation)
    .join(account, account.c.id == access_key.c.account_id)
    .join(epoch, sa.true())
    .where(
        access_key.c.key_hash == sa.bindparam("key_hash"),
        access_key.c.expires_at > sa.bindparam("now", type_=Instant),
        account.c.closed_at.is_(None),
    )
)


async def make_key(write: WriteUnit, session: SessionRow, new: NewKey) -> tuple[UUID, str]:
    """Keep a key for the session's person and role; return its id and its text, for this once."""
    secret, key_id = new_secret(), new_id()
    text = f"{PREFIX}{secret}_{_check(secret)}"
    await write.execute(
        sa.insert(access_key).values(
            id=key_id,
            key_hash=hash_secret(text),
            account_id=session.account_id,
            broker=session.broker,
            role=session.role,
            name=new.name,
            hint=secret[:_HINT],
            actions=sorted(new.actions),
            writes=new.writes,
            created_at=write.now,
            expires_at=write.now + timedelta(days=new.days),
        )
    )
    return key_id, text


def tag_of_key(text: str) -> str:
    """Return by what log lines tell one key from another: the beginning of the hash that the
    database has of it. Empty for what does not look like a key, which could be somebody's password.
    """
    return hash_secret(text)[:_TAG].hex() if _SHAPE.fullmatch(text) else ""


async def load_key(read: ReadUnit, text: str) -> KeyUse | None:
    """Return what the key lets do; None for one that is unknown, has expired or was revoked.

    What is no key by its check digits is not looked for.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None or _check(shape[1]) != shape[2]:
        return None
    row = await read.first(_LOAD, {"key_hash": hash_secret(text), "now": read.now})
    if row is None:
        return None
    session = SessionRow(
        id=row.id,
        account_id=row.account_id,
        broker=row.broker,
        role=Kind(row.role),
        assurance=Assurance.LOW,
        proved_at=row.created_at,
        created_at=row.created_at,
        last_seen_at=read.now,
        idle_expires_at=row.expires_at,
        expires_at=row.expires_at,
        device_id=None,
        new_device_id=None,
        shared_profile_id=None,
        special_access_at=None,
        locale=row.locale,
        theme=None,
        rights_epoch=row.rights,
        activation_epoch=row.activation,
    )
    return KeyUse(row.id, session, frozenset(row.actions), row.writes, row.last_used_at)


async def list_keys(read: ReadUnit, account_id: UUID) -> list[AccessKey]:
    """Return the account's keys that still work, the newest first."""
    return await read.structs(
        AccessKey,
        sa.select(*_SEEN)
        .where(access_key.c.account_id == account_id, access_key.c.expires_at > read.now)
        .order_by(access_key.c.created_at.desc(), access_key.c.id.desc()),
    )


async def revoke_keys(
    write: WriteUnit, account_id: UUID, key_ids: Sequence[UUID] | None = None
) -> int:
    """Take these keys of the account away, or all of them; return how many had not run out."""
    mine = sa.delete(access_key).where(access_key.c.account_id == account_id)
    if key_ids is not None:
        mine = mine.where(access_key.c.id.in_(key_ids))
    gone = await write.execute(mine.returning(access_key.c.expires_at))
    return sum(row.expires_at > write.now for row in gone.all())


async def touch_key(write: WriteUnit, use: KeyUse) -> None:
    """Note that the key is in use; its owner sees when it was used last."""
    await write.execute(
        sa.update(access_key).where(access_key.c.id == use.id).values(last_used_at=write.now)
    )


def is_touch_due(use: KeyUse, now: datetime) -> bool:
    """Whether it should be written down again that the key is in use."""
    return use.last_used_at is None or now - use.last_used_at >= TOUCH_EVERY


def _check(secret: str) -> str:
    return f"{crc32(secret.encode()):08x}"
