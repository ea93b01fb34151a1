"""The audit's tables: who did what to what, and whom it was about. Nothing is ever changed.

Triggers made by the migration refuse UPDATE and DELETE (on PostgreSQL TRUNCATE too), so a fault or
a stolen database session of the application cannot rewrite the past. Retention, when it comes, gets
a path of its own: a migration that replaces the triggers by ones that let rows past their term go.
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
