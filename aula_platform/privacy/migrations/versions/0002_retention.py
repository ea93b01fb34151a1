"""How long things are kept, what is frozen, runs that delete, and their tombstones."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "privacy_0002"
down_revision = "privacy_0001"


def upgrade() -> None:
    op.create_table(
        "privacy_retention_freeze",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("target_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("frozen_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("frozen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("until", aula_sdk.db.Instant(), nullable=True),
        sa.Column("lifted_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("lifted_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_retention_freeze")),
    )
    op.create_index(
        op.f("ix_privacy_retention_freeze_municipality_id"),
        "privacy_retention_freeze",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "privacy_retention_policy",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("decided_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_id", "subject", name=op.f("pk_privacy_retention_policy")
        ),
    )
    op.create_index(
        op.f("ix_privacy_retention_policy_municipality_id"),
        "privacy_retention_policy",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "privacy_retention_run",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("planned_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("previewed_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("announced_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("announced_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("deletes_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("began_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("finished_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_retention_run")),
    )
    op.create_index(
        op.f("ix_privacy_retention_run_municipality_id"),
        "privacy_retention_run",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "uq_privacy_retention_run_open",
        "privacy_retention_run",
        ["municipality_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "privacy_tombstone",
        sa.Column("object_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("run_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("deleted_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_privacy_tombstone")),
    )
    op.create_index(
        op.f("ix_privacy_tombstone_deleted_at"), "privacy_tombstone", ["deleted_at"], unique=False
    )
    op.create_index(
        op.f("ix_privacy_tombstone_municipality_id"),
        "privacy_tombstone",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "privacy_retention_count",
        sa.Column("run_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("before", aula_sdk.db.Instant(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("preserved", sa.Integer(), nullable=False),
        sa.Column("spared", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["privacy_retention_run.id"], name=op.f("fk_privacy_retention_count_run_id")
        ),
        sa.PrimaryKeyConstraint(
            "run_id", "subject", "institution_id", name=op.f("pk_privacy_retention_count")
        ),
    )
    op.create_index(
        op.f("ix_privacy_retention_count_municipality_id"),
        "privacy_retention_count",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "privacy_retention_item",
        sa.Column("run_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("object_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["privacy_retention_run.id"], name=op.f("fk_privacy_retention_item_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "object_id", name=op.f("pk_privacy_retention_item")),
    )
    op.create_index(
        op.f("ix_privacy_retention_item_municipality_id"),
        "privacy_retention_item",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_privacy_retention_item_subject",
        "privacy_retention_item",
        ["run_id", "subject", "object_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_privacy_retention_item_subject", table_name="privacy_retention_item")
    op.drop_index(
        op.f("ix_privacy_retention_item_municipality_id"), table_name="privacy_retention_item"
    )
    op.drop_table("privacy_retention_item")
    op.drop_index(
        op.f("ix_privacy_retention_count_municipality_id"), table_name="privacy_retention_count"
    )
    op.drop_table("privacy_retention_count")
    op.drop_index(op.f("ix_privacy_tombstone_municipality_id"), table_name="privacy_tombstone")
    op.drop_index(op.f("ix_privacy_tombstone_deleted_at"), table_name="privacy_tombstone")
    op.drop_table("privacy_tombstone")
    op.drop_index(
        "uq_privacy_retention_run_open",
        table_name="privacy_retention_run",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index(
        op.f("ix_privacy_retention_run_municipality_id"), table_name="privacy_retention_run"
    )
    op.drop_table("privacy_retention_run")
    op.drop_index(
        op.f("ix_privacy_retention_policy_municipality_id"), table_name="privacy_retention_policy"
    )
    op.drop_table("privacy_retention_policy")
    op.drop_index(
        op.f("ix_privacy_retention_freeze_municipality_id"), table_name="privacy_retention_freeze"
    )
    op.drop_table("privacy_retention_freeze")
