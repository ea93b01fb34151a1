"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "plugin_host_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "plugin_host_changed",
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("municipality_id", name=op.f("pk_plugin_host_changed")),
    )
    op.create_index(
        op.f("ix_plugin_host_changed_epoch"), "plugin_host_changed", ["epoch"], unique=False
    )
    op.create_table(
        "plugin_host_set_up",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("plugin", sa.String(length=63), nullable=False),
        sa.Column("setting", sa.String(length=80), nullable=False),
        sa.Column("value", aula_sdk.db.JSON, nullable=False),
        sa.Column("chosen_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("chosen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_host_set_up")),
    )
    op.create_index(
        op.f("ix_plugin_host_set_up_municipality_id"),
        "plugin_host_set_up",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "uq_plugin_host_set_up_institution",
        "plugin_host_set_up",
        ["municipality_id", "plugin", "setting", "institution_id"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NOT NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL"),
    )
    op.create_index(
        "uq_plugin_host_set_up_municipality",
        "plugin_host_set_up",
        ["municipality_id", "plugin", "setting"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL"),
    )
    op.create_table(
        "plugin_host_switched",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("plugin", sa.String(length=63), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("left_to", sa.String(length=16), nullable=False),
        sa.Column("chosen_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("chosen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_host_switched")),
    )
    op.create_index(
        op.f("ix_plugin_host_switched_municipality_id"),
        "plugin_host_switched",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "uq_plugin_host_switched_institution",
        "plugin_host_switched",
        ["municipality_id", "plugin", "institution_id"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NOT NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL"),
    )
    op.create_index(
        "uq_plugin_host_switched_municipality",
        "plugin_host_switched",
        ["municipality_id", "plugin"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_plugin_host_switched_municipality",
        table_name="plugin_host_switched",
        sqlite_where=sa.text("institution_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL"),
    )
    op.drop_index(
        "uq_plugin_host_switched_institution",
        table_name="plugin_host_switched",
        sqlite_where=sa.text("institution_id IS NOT NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL"),
    )
    op.drop_index(
        op.f("ix_plugin_host_switched_municipality_id"), table_name="plugin_host_switched"
    )
    op.drop_table("plugin_host_switched")
    op.drop_index(
        "uq_plugin_host_set_up_municipality",
        table_name="plugin_host_set_up",
        sqlite_where=sa.text("institution_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL"),
    )
    op.drop_index(
        "uq_plugin_host_set_up_institution",
        table_name="plugin_host_set_up",
        sqlite_where=sa.text("institution_id IS NOT NULL"),
        postgresql_where=sa.text("institution_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_plugin_host_set_up_municipality_id"), table_name="plugin_host_set_up")
    op.drop_table("plugin_host_set_up")
    op.drop_index(op.f("ix_plugin_host_changed_epoch"), table_name="plugin_host_changed")
    op.drop_table("plugin_host_changed")
