"""What all workers know of failing plugins, and of workers that were ended."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "plugin_host_0002"
down_revision = "plugin_host_0001"


def upgrade() -> None:
    op.create_table(
        "plugin_host_fault",
        sa.Column("plugin", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=240), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("failed_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.Column("since", aula_sdk.db.Instant(), nullable=True),
        sa.Column("until", aula_sdk.db.Instant(), nullable=True),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("plugin", "place", name=op.f("pk_plugin_host_fault")),
    )
    op.create_table(
        "plugin_host_restart",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("plugin", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=240), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_host_restart")),
    )
    op.create_index(op.f("ix_plugin_host_restart_at"), "plugin_host_restart", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_plugin_host_restart_at"), table_name="plugin_host_restart")
    op.drop_table("plugin_host_restart")
    op.drop_table("plugin_host_fault")
