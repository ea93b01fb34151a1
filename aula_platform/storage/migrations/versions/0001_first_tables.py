"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "storage_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "storage_idempotency",
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("object_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_storage_idempotency")),
    )
    op.create_index(
        op.f("ix_storage_idempotency_created_at"),
        "storage_idempotency",
        ["created_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_storage_idempotency_created_at"), table_name="storage_idempotency")
    op.drop_table("storage_idempotency")
