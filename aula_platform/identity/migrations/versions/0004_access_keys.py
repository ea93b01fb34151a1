"""Keys with which people's own programs fetch from the API."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0004"
down_revision = "identity_0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "identity_access_key",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("broker", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("actions", aula_sdk.db.JSON, nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("last_used_at", aula_sdk.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name=op.f("fk_identity_access_key_account_id_identity_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_access_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_identity_access_key_key_hash")),
    )
    for column in ("account_id", "expires_at"):
        op.create_index(op.f(f"ix_identity_access_key_{column}"), "identity_access_key", [column])


def downgrade() -> None:
    """Remove it."""
    for column in ("expires_at", "account_id"):
        op.drop_index(op.f(f"ix_identity_access_key_{column}"), table_name="identity_access_key")
    op.drop_table("identity_access_key")
