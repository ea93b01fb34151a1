"""The identity room's tables.

They carry no ``municipality_id`` (but for the link to persons): one human being can have a child
in a day-care of one municipality and work at a school of another, and signs in once for both. The
wall between municipalities stands behind the account, at the persons that it is linked to.
"""

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata

metadata = plugin_metadata("identity")

_HASH = sa.LargeBinary(32)
MAX_REASON = 500
"""How long a reason for special access may be."""

account = sa.Table(
    "identity_account",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("uniid", sa.String(200), nullable=True, unique=True),
    sa.Column("locale", sa.String(8), nullable=True),
    sa.Column("theme", sa.String(8), nullable=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("closed_at", Instant, nullable=True),
    sa.Column("new_device_id", Id, nullable=True),
    sa.Column("new_device_at", Instant, nullable=True),
    sa.Column("special_access_at", Instant, nullable=True),
)
"""One human being who signs in. ``locale`` and ``theme`` follow them from device to device.

``new_device_id`` is the device from which somebody has logged in for the first time, until the
person says that it was them (`devices`). ``special_access_at`` is when somebody last had access
that their own rights do not give, until the person says that they know (`impersonation`).
"""

sa.Index(
    "ix_identity_account_asked",
    account.c.new_device_at,
    postgresql_where=account.c.new_device_at.is_not(None),
    sqlite_where=account.c.new_device_at.is_not(None),
)

credential = sa.Table(
    "identity_credential",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_used_at", Instant, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
    sa.Index(None, "account_id"),
)
"""A way in which an account has proved itself: a subject is known only at its issuer."""

account_person = sa.Table(
    "identity_account_person",
    metadata,
    sa.Column("person_id", Id, primary_key=True),
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("linked_at", Instant, nullable=False),
    sa.Index(None, "account_id"),
)
"""The persons of stamdata that an account is: at most one account for each person."""

device = sa.Table(
    "identity_device",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("token_hash", _HASH, nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_used_at", Instant, nullable=False),
    sa.UniqueConstraint("account_id", "token_hash"),
    sa.Index(None, "last_used_at"),
)
"""A browser in which an account has logged in before, by the hash of its own cookie."""

session = sa.Table(
    "identity_session",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("token_hash", _HASH, nullable=False, unique=True),
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("broker", sa.String(64), nullable=False),
    sa.Column("role", sa.String(16), nullable=True),
    sa.Column("assurance", sa.SmallInteger, nullable=False),
    sa.Column("proved_at", Instant, nullable=False),
    sa.Column("acr", sa.String(255), nullable=True),
    sa.Column("amr", sa.String(255), nullable=True),
    sa.Column("broker_subject", sa.String(255), nullable=True),
    sa.Column("broker_sid", sa.String(255), nullable=True),
    sa.Column("device", sa.String(64), nullable=False),
    sa.Column("device_id", Id, nullable=True),
    sa.Column("network", sa.String(64), nullable=True),
    sa.Column("shared_device_id", Id, nullable=True),
    sa.Column("shared_profile_id", Id, nullable=True),
    sa.Column("impersonation_id", Id, nullable=True),
    sa.Column("seen_until", Instant, nullable=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("last_seen_at", Instant, nullable=False),
    sa.Column("idle_expires_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index(None, "account_id"),
    sa.Index(None, "expires_at"),
    sa.Index(None, "broker_subject"),
    sa.Index(None, "broker_sid"),
    sa.Index(None, "shared_device_id"),
    sa.Index(None, "impersonation_id"),
)
"""A signed-in browser. ``role`` is empty until somebody with several roles has chosen one.

At a shared device ``shared_profile_id`` is the one profile with which may be acted there. With an
``impersonation_id`` the site is seen as somebody else, until ``seen_until``.
"""

impersonation = sa.Table(
    "identity_impersonation",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("profile_id", Id, nullable=False),
    sa.Column("supporter_id", Id, nullable=True),
    sa.Column("glass_id", Id, nullable=True),
    sa.Column("reason", sa.String(MAX_REASON), nullable=False),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("ended_at", Instant, nullable=True),
    sa.Index(None, "profile_id"),
    sa.Index(None, "municipality_id", "began_at", "id"),
)
"""That ``supporter_id`` has seen the site as ``profile_id`` (both are profiles), and why; without a
supporter where that person was erased (decision 0041). With a ``glass_id`` it was what that allowed
that was read, and not what is ordinary."""

break_glass = sa.Table(
    "identity_break_glass",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("profile_id", Id, nullable=False),
    sa.Column("asker_id", Id, nullable=True),
    sa.Column("area", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(MAX_REASON), nullable=False),
    sa.Column("hours", sa.SmallInteger, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("decider_id", Id, nullable=True),
    sa.Column("decided_at", Instant, nullable=True),
    sa.Column("ends_at", Instant, nullable=True),
    sa.Column("withdrawn_at", Instant, nullable=True),
    sa.Index(None, "profile_id"),
    sa.Index(None, "municipality_id", "asked_at", "id"),
)
"""That ``asker_id`` wants to read what ``profile_id`` reads in an area (a plugin), and whether
``decider_id`` has approved it: then there is an end; or that it was taken back by who has asked.
Who was erased is empty."""

shared_device = sa.Table(
    "identity_shared_device",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("code_hash", _HASH, nullable=True, unique=True),
    sa.Column("code_expires_at", Instant, nullable=True),
    sa.Column("key_hash", _HASH, nullable=True, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("paired_at", Instant, nullable=True),
    sa.Index(None, "municipality_id", "institution_id"),
)
"""A tablet of an institution: a code until it is paired, then the hash of what it keeps (ADM-8)."""

pin = sa.Table(
    "identity_pin",
    metadata,
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("salt", sa.LargeBinary(16), nullable=False),
    sa.Column("pin_hash", _HASH, nullable=False),
    sa.Column("cost", sa.String(20), nullable=False, server_default="16384:8:1"),
    sa.Column("failures", sa.SmallInteger, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
"""With what an employee shows at a shared device who they are; after some failures it is locked.
``cost`` says how slow its hash is, as `pins.COST` does."""

login_attempt = sa.Table(
    "identity_login_attempt",
    metadata,
    sa.Column("state_hash", _HASH, primary_key=True),
    sa.Column("browser_hash", _HASH, nullable=False),
    sa.Column("broker", sa.String(64), nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("code_verifier", sa.String(128), nullable=False),
    sa.Column("return_path", sa.String(2000), nullable=False),
    sa.Column("session_id", Id, nullable=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index(None, "expires_at"),
)
"""A browser that has been sent to a broker. The row is taken away when it comes back.

``session_id`` is the session that is to be proved anew, and empty where there is to be one.
"""

access_key = sa.Table(
    "identity_access_key",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key_hash", _HASH, nullable=False, unique=True),
    sa.Column("account_id", Id, sa.ForeignKey(account.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("broker", sa.String(64), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("hint", sa.String(8), nullable=False),
    sa.Column("actions", JSON, nullable=False),
    sa.Column("writes", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("last_used_at", Instant, nullable=True),
    sa.Index(None, "account_id"),
    sa.Index(None, "expires_at"),
)
"""With what a program acts for an account, in one role and for some actions (`access_keys`)."""

typed = sa.Table(
    "identity_typed",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("session_id", Id, sa.ForeignKey(session.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index(None, "session_id"),
    sa.Index(None, "expires_at"),
)
"""A form that waits for its session's second factor, sealed by the session's cookie (`typed`)."""

broker_answer = sa.Table(
    "identity_broker_answer",
    metadata,
    sa.Column("key", _HASH, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index(None, "expires_at"),
)
"""What a broker sent by form, until the browser comes for it with its cookies (`answers`)."""

replay_cache = sa.Table(
    "identity_replay_cache",
    metadata,
    sa.Column("key", _HASH, primary_key=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index(None, "expires_at"),
)
"""Logout tokens (``jti``) and logout requests (``ID``) that were used, until they are too old."""

login_rate = sa.Table(
    "identity_login_rate",
    metadata,
    sa.Column("key", _HASH, primary_key=True),
    sa.Column("paid_until", sa.Double, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False, server_default="0"),
    sa.Index(None, "paid_until"),
)
"""How much of an allowance is used (`login_rate`): log-ins from an address at a broker, refusals in
the audit. ``left_out`` counts the refusals that the audit has not been told of yet (`refusals`)."""

epoch = sa.Table(
    "identity_epoch",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("rights", sa.BigInteger, nullable=False),
    sa.Column("activation", sa.BigInteger, nullable=False),
)
"""One row: numbers that grow when rights or activation change (architecture rule 20)."""
