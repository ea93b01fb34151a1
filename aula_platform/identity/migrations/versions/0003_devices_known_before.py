"""Devices that an account has logged in with before, and where its sessions are."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0003"
down_revision = "identity_0002"


def upgrade() -> None:
    """Add the table and the columns."""
    op.add_column("identity_account", sa.Column("new_device_id", aula_sdk.db.Id(), nullable=True))
    op.add_column(
        "identity_account", sa.Column("new_device_at", aula_sdk.db.Instant(), nullable=True)
    )
    op.add_column("identity_session", sa.Column("device_id", aula_sdk.db.Id(), nullable=True))
    op.add_column("identity_session", sa.Column("network", sa.String(length=64), nullable=True))
    op.create_table(
        "identity_device",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("last_used_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name=op.f("fk_identity_device_account_id_identity_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_device")),
        sa.UniqueConstraint(
            "account_id", "token_hash", name=op.f("uq_identity_device_account_id_token_hash")
        ),
    )
    op.create_index(op.f("ix_identity_device_last_used_at"), "identity_device", ["last_used_at"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_identity_device_last_used_at"), table_name="identity_device")
    op.drop_table("identity_device")
    op.drop_column("identity_session", "network")
    op.drop_column("identity_session", "device_id")
    op.drop_column("identity_account", "new_device_at")
    op.drop_column("identity_account", "new_device_id")
