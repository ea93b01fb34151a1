"""Sessions: which browser is signed in, as whom, in which role and how surely.

The browser holds 256 random bits, the database their hash. A session ends after a time without a
request and at the latest after some hours, as its role says (`LoginSettings.limits_for`), and its
value changes whenever its rights do: at sign-in, at each change of role and each further proof.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.secrets import derive_key, hash_secret, mask, new_secret
from aula_platform.identity.tables import account, epoch, session
from aula_platform.settings import LoginSettings
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.login import BrokerSession, ProvedIdentity
from aula_sdk.people import Assurance, Kind
from aula_sdk.protocols import ReadUnit, WriteUnit

CSRF_PURPOSE = "csrf"
TYPED_PURPOSE = "typed"
TOUCH_EVERY = timedelta(minutes=1)
_LONGEST_COOKIE = 100
_LONGEST_TEXT = 255


class Seeing(msgspec.Struct, frozen=True):
    """That a session sees the site as somebody else, and until when (`impersonation`)."""

    id: UUID
    until: datetime


class SessionRow(msgspec.Struct, frozen=True):
    """A live session with what every request needs beside it, read by one statement (rule 20), in
    the order of its columns.
    """

    id: UUID
    account_id: UUID
    broker: str
    role: Kind | None
    """The acting role; None until somebody with several roles has chosen one."""
    assurance: Assurance
    proved_at: datetime
    """When the person last proved to the broker who they are."""
    created_at: datetime
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    device_id: UUID | None
    new_device_id: UUID | None
    """The device that the account's owner is to be asked about."""
    shared_profile_id: UUID | None
    """The one profile of a session at a shared device; None for a session of one's own."""
    special_access_at: datetime | None
    """When somebody last had special access to the account's owner's data, if they do not know."""
    locale: str | None
    theme: str | None
    rights_epoch: int
    activation_epoch: int
    seeing: Seeing | None = None
    """As whom the site is seen at this moment; None for a session that acts as itself."""
    cookie_value: str = ""
    """The browser's secret, of which the session's keys are made; empty where none was sent."""

    @property
    def csrf_key(self) -> bytes:
        """The key of this session's forms. A form of a page that was seen as somebody else is never
        sent as oneself, nor one's own meanwhile.
        """
        seen = f"{CSRF_PURPOSE} {self.seeing.id.hex}" if self.seeing else CSRF_PURPOSE
        return derive_key(self.cookie_value, seen)

    @property
    def typed_key(self) -> bytes:
        """The key under which is kept what was typed when a further proof was asked for."""
        return derive_key(self.cookie_value, TYPED_PURPOSE)

    @property
    def is_whole(self) -> bool:
        """Whether it is all of one's own: neither at a shared device nor seen as somebody else."""
        return self.shared_profile_id is None and self.seeing is None

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing is asked for any more."""
        return min(self.idle_expires_at, self.expires_at)

    def __repr__(self) -> str:
        """Leave out everything that a log must not hold."""
        return f"SessionRow(id={self.id})"


class Device(msgspec.Struct, frozen=True):
    """A place where somebody is signed in, as they see it themselves."""

    id: UUID
    device: str
    network: str | None
    created_at: datetime
    last_seen_at: datetime
    role: str | None


class NewSession(msgspec.Struct, frozen=True):
    """What a log-in has established."""

    account_id: UUID
    broker: str
    role: Kind | None
    assurance: Assurance
    proved_at: datetime
    device: str
    acr: str = ""
    amr: tuple[str, ...] = ()
    broker_subject: str = ""
    broker_sid: str = ""
    device_id: UUID | None = None
    network: str = ""
    shared_device_id: UUID | None = None
    shared_profile_id: UUID | None = None
    id: UUID = msgspec.field(default_factory=new_id)


_LOAD = (
    sa.select(
        session.c.id,
        session.c.account_id,
        session.c.broker,
        session.c.role,
        session.c.assurance,
        session.c.proved_at,
        session.c.created_at,
        session.c.last_seen_at,
        session.c.idle_expires_at,
        session.c.expires_at,
        session.c.device_id,
        account.c.new_device_id,
        session.c.shared_profile_id,
        account.c.special_access_at,
        account.c.locale,
        account.c.theme,
        epoch.c.rights,
        epoch.c.activation,
        session.c.impersonation_id,
        session.c.seen_until,
    )
    .join(account, account.c.id == session.c.account_id)
    .join(epoch, sa.true())
    .where(
        session.c.token_hash == sa.bindparam("token_hash"),
        session.c.idle_expires_at > sa.bindparam("now", type_=Instant),
        session.c.expires_at > sa.bindparam("now", type_=Instant),
        account.c.closed_at.is_(None),
    )
)


async def load_session(read: ReadUnit, cookie_value: str) -> SessionRow | None:
    """Return the live session that the cookie stands for; None when it is unknown or has ended."""
    if not cookie_value or len(cookie_value) > _LONGEST_COOKIE:
        return None
    params = {"token_hash": hash_secret(cookie_value), "now": read.now}
    row: Any = await read.first(_LOAD, params)
    if row is None:
        return None
    session_id, account_id, broker, role, assurance, *others, seen_as, seen_until = row
    is_seeing = seen_as is not None and seen_until > read.now
    facts: list[Any] = [
        session_id,
        account_id,
        broker,
        None if role is None else Kind(role),
        Assurance(assurance),
        *others,
        Seeing(seen_as, seen_until) if is_seeing else None,
        cookie_value,
    ]
    return SessionRow(*facts)


def as_itself(current: SessionRow) -> SessionRow:
    """Return the session as one that sees the site as nobody else."""
    return msgspec.structs.replace(current, seeing=None)


def csrf_token(current: SessionRow) -> str:
    """Return a token for this session's forms, different each time and valid as long as it."""
    return mask(current.csrf_key)


def tag_of(current: SessionRow | NewSession | None) -> str:
    """Return by what notices and log lines tell one session's from another's; it opens nothing and
    names nobody. Empty for none.

    The line of the log-in has it too, with the request's id, which leads into the audit.
    """
    return hash_secret(current.id.hex)[:8].hex() if current else ""


_START = sa.insert(session)


async def start_session(write: WriteUnit, new: NewSession, settings: LoginSettings) -> str:
    """Keep the session and return the value of its cookie, which is stored nowhere."""
    value, limits = (
        new_secret(),
        settings.limits_for(new.role, shared=new.shared_device_id is not None),
    )
    await write.execute(
        _START,
        {
            "id": new.id,
            "token_hash": hash_secret(value),
            "account_id": new.account_id,
            "broker": new.broker,
            "role": new.role,
            "assurance": int(new.assurance),
            "proved_at": new.proved_at,
            "acr": shorten(new.acr),
            "amr": shorten(" ".join(new.amr)),
            "broker_subject": shorten(new.broker_subject) or None,
            "broker_sid": shorten(new.broker_sid) or None,
            "device": new.device,
            "device_id": new.device_id,
            "network": new.network or None,
            "shared_device_id": new.shared_device_id,
            "shared_profile_id": new.shared_profile_id,
            "created_at": write.now,
            "last_seen_at": write.now,
            "idle_expires_at": write.now + timedelta(minutes=limits.idle_minutes),
            "expires_at": write.now + timedelta(hours=limits.absolute_hours),
        },
    )
    return value


async def change_role(
    write: WriteUnit, current: SessionRow, role: Kind, settings: LoginSettings
) -> str | None:
    """Act in ``role`` from now on and return the new value of the cookie; None if it has ended.

    It lasts as long as sessions in that role do, counted from the log-in, and never longer than
    it would have. The old value dies, and with it the CSRF tokens in pages that are still open in
    the old role: what was begun as an employee can never be sent as a guardian.
    """
    value, limits = new_secret(), settings.limits_for(role)
    ends = current.created_at + timedelta(hours=limits.absolute_hours)
    changed = await write.execute(
        sa.update(session)
        .where(session.c.id == current.id, session.c.expires_at > write.now)
        .values(
            role=role,
            token_hash=hash_secret(value),
            idle_expires_at=write.now + timedelta(minutes=limits.idle_minutes),
            expires_at=min(current.expires_at, ends),
        )
    )
    return value if changed.rowcount else None


async def prove_again(write: WriteUnit, current: SessionRow, proved: ProvedIdentity) -> str | None:
    """Keep how the person was proved anew and return the new value of the cookie; None if the
    session has ended meanwhile. How long it lasts stays as it was.
    """
    value = new_secret()
    changed = await write.execute(
        sa.update(session)
        .where(session.c.id == current.id, session.c.expires_at > write.now)
        .values(
            token_hash=hash_secret(value),
            assurance=int(proved.assurance),
            proved_at=proved.proved_at,
            acr=shorten(proved.acr),
            amr=shorten(" ".join(proved.amr)),
        )
    )
    return value if changed.rowcount else None


def shorten(text: str) -> str:
    """Return as much of what a broker says as a session keeps."""
    return text[:_LONGEST_TEXT]


def is_touch_due(current: SessionRow, now: datetime) -> bool:
    """Whether the session was last seen so long ago that it should be written down again."""
    return now - current.last_seen_at >= TOUCH_EVERY


_TOUCH = (
    sa.update(session)
    .where(
        session.c.id == sa.bindparam("whose", type_=Id),
        session.c.last_seen_at <= sa.bindparam("due", type_=Instant),
        # A request can last longer than its session, as the live stream does: none is revived.
        session.c.idle_expires_at > sa.bindparam("now", type_=Instant),
    )
    .values(
        last_seen_at=sa.bindparam("now", type_=Instant),
        idle_expires_at=sa.bindparam("until", type_=Instant),
    )
)


async def touch_session(write: WriteUnit, current: SessionRow, settings: LoginSettings) -> None:
    """Note that the session is in use, at most once a minute; call it after the answer has left."""
    shared = current.shared_profile_id is not None
    idle = timedelta(minutes=settings.limits_for(current.role, shared=shared).idle_minutes)
    moments = {"due": write.now - TOUCH_EVERY, "now": write.now, "until": write.now + idle}
    await write.execute(_TOUCH, {"whose": current.id, **moments})


async def find_at_broker(read: ReadUnit, current: SessionRow) -> BrokerSession:
    """Return by which names the broker knows the person of this session."""
    row = await read.first(
        sa.select(session.c.broker_subject, session.c.broker_sid).where(session.c.id == current.id)
    )
    return BrokerSession(*((row.broker_subject or "", row.broker_sid or "") if row else ()))


async def list_devices(read: ReadUnit, account_id: UUID) -> list[Device]:
    """Return where the account is signed in now, the most recently used first."""
    return await read.structs(
        Device,
        sa.select(
            session.c.id,
            session.c.device,
            session.c.network,
            session.c.created_at,
            session.c.last_seen_at,
            session.c.role,
        )
        .where(
            session.c.account_id == account_id,
            session.c.idle_expires_at > read.now,
            session.c.expires_at > read.now,
        )
        .order_by(session.c.last_seen_at.desc()),
    )
