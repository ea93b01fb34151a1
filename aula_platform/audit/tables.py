"""The audit's tables: who did what to what, and whom it was about. Nothing is ever changed.

Triggers made by the migrations refuse UPDATE and DELETE (on PostgreSQL TRUNCATE too), so a fault or
a stolen database session of the application cannot rewrite the past unseen. What leaves with its
municipality needs a checkpoint first, which itself can never be changed (decision 0021). Retention,
when it comes, can take the same way.
"""

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata

metadata = plugin_metadata("audit")

entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account_id", Id, index=True),
    sa.Column("person_id", Id),
    sa.Column("profiles", JSON, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("assurance", sa.Integer, nullable=False),
    sa.Column("action", sa.String(120), nullable=False),
    sa.Column("object_id", Id, index=True),
    sa.Column("details", JSON, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
)

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
)
"""That a municipality's rows are erased (``erasing``), and that they were (``erased``): opaque ids
and counts alone. Its entries up to the moment of a checkpoint may be deleted; nothing else may."""
