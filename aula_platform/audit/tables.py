"""The audit's tables: who did what to what, and whom it was about. Nothing is ever changed.

Triggers made by the migrations refuse UPDATE and DELETE (on PostgreSQL TRUNCATE too), so a fault or
a stolen database session of the application cannot rewrite the past unseen. What leaves, with its
municipality (decision 0021) or when its month expires, needs a checkpoint first, which itself can
never be changed. Whoever takes the triggers away is found out by the chain (decision 0029).
"""

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata

metadata = plugin_metadata("audit")

entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False, server_default="write"),
    sa.Column("account_id", Id, index=True),
    sa.Column("person_id", Id),
    sa.Column("profiles", JSON, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("assurance", sa.Integer, nullable=False),
    sa.Column("action", sa.String(120), nullable=False),
    sa.Column("object_id", Id, index=True),
    sa.Column("details", JSON, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("allowed_by", sa.String(200), nullable=False, server_default=""),
    sa.Index("ix_audit_entry_municipality_id_id", "municipality_id", "id"),
)
"""``allowed_by``: the right, and the relations through which whoever acted holds it there."""

subject = sa.Table(
    "audit_subject",
    metadata,
    sa.Column("entry_id", Id, sa.ForeignKey("audit_entry.id"), primary_key=True),
    sa.Column("profile_id", Id, primary_key=True, index=True),
)
"""The institution profiles that an entry is about."""

checkpoint = sa.Table(
    "audit_checkpoint",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("counts", JSON, nullable=False),
    sa.Column("month", sa.String(7)),
    sa.Column("until", Instant),
    sa.Column("head", sa.LargeBinary(32)),
)
"""That a municipality's rows are erased (``erasing``), that they were (``erased``), or that a month
of its audit has ``expired``: opaque ids and counts, of a month the last hash of its chain too.
Its entries up to the moment of a checkpoint (of a month: before ``until``, its end) may be deleted;
nothing else may."""

link = sa.Table(
    "audit_link",
    metadata,
    sa.Column("municipality_id", Id, primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", Id, nullable=False, unique=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)
"""The chain of a municipality's month: ``hash`` covers the entry, whom it is about, and the link
before. No foreign key: what is left of an entry that somebody has removed must stay to tell."""
