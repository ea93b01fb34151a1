"""What a municipality has decided about keeping, what is frozen, runs, and tombstones."""

import sqlalchemy as sa

from aula_platform.privacy.tables import metadata
from aula_sdk.db import Id, Instant, plugin_table
from aula_sdk.retention import MAX_REASON

_SUBJECT = 80

policy = plugin_table(
    metadata,
    "privacy_retention_policy",
    sa.Column("subject", sa.String(_SUBJECT), nullable=False),
    sa.Column("months", sa.Integer, nullable=False),
    sa.Column("decided_by", Id),
    sa.Column("decided_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("municipality_id", "subject"),
)
"""How long a municipality keeps one kind of thing; without a row as its owner says. No
``decided_by``: the operator has, or the administrator was erased."""

freeze = plugin_table(
    metadata,
    "privacy_retention_freeze",
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("target_id", Id, nullable=False),
    sa.Column("reason", sa.String(MAX_REASON), nullable=False),
    sa.Column("frozen_by", Id),
    sa.Column("frozen_at", Instant, nullable=False),
    sa.Column("until", Instant),
    sa.Column("lifted_by", Id),
    sa.Column("lifted_at", Instant),
)
"""From what nothing is deleted, until it is lifted or its time is over."""

run = plugin_table(
    metadata,
    "privacy_retention_run",
    sa.Column("id", Id, primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("planned_by", Id),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("previewed_at", Instant),
    sa.Column("announced_by", Id),
    sa.Column("announced_at", Instant),
    sa.Column("deletes_from", Instant),
    sa.Column("began_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Index(
        "uq_privacy_retention_run_open",
        "municipality_id",
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
)
"""Runs; a municipality has one at a time that is not over."""

count = plugin_table(
    metadata,
    "privacy_retention_count",
    sa.Column("run_id", Id, sa.ForeignKey("privacy_retention_run.id"), nullable=False),
    sa.Column("subject", sa.String(_SUBJECT), nullable=False),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("before", Instant, nullable=False),
    sa.Column("found", sa.Integer, nullable=False),
    sa.Column("frozen", sa.Integer, nullable=False),
    sa.Column("deleted", sa.Integer, nullable=False),
    sa.Column("preserved", sa.Integer, nullable=False),
    sa.Column("spared", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("run_id", "subject", "institution_id"),
)
"""What a run has found and done; ``before`` is the moment up to which the preview has looked."""

item = plugin_table(
    metadata,
    "privacy_retention_item",
    sa.Column("run_id", Id, sa.ForeignKey("privacy_retention_run.id"), nullable=False),
    sa.Column("object_id", Id, nullable=False),
    sa.Column("subject", sa.String(_SUBJECT), nullable=False),
    sa.Column("institution_id", Id, nullable=False),
    sa.PrimaryKeyConstraint("run_id", "object_id"),
    sa.Index("ix_privacy_retention_item_subject", "run_id", "subject", "object_id"),
)
"""What was in a preview and is still to be done. Nothing else is deleted by the run."""

tombstone = plugin_table(
    metadata,
    "privacy_tombstone",
    sa.Column("object_id", Id, primary_key=True),
    sa.Column("subject", sa.String(_SUBJECT), nullable=False),
    sa.Column("run_id", Id, nullable=False),
    sa.Column("deleted_at", Instant, nullable=False, index=True),
)
"""That there was something: what kind, its opaque id, when and by which run it went. No content."""
