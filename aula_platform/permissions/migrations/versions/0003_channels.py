"""Communication channels that are closed between kinds of people."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0003"
down_revision = "permissions_0002"


def upgrade() -> None:
    op.create_table(
        "permissions_channel",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("sender", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=20), nullable=False),
        sa.Column("closed_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("closed_by", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_channel")),
    )
    op.create_index(
        op.f("ix_permissions_channel_municipality_id"), "permissions_channel", ["municipality_id"]
    )
    op.execute(
        "CREATE VIEW permissions_channel_v1 AS SELECT id, municipality_id, institution_id,"
        " sender, recipient FROM permissions_channel"
    )


def downgrade() -> None:
    op.execute("DROP VIEW permissions_channel_v1")
    op.drop_table("permissions_channel")
