"""Whose owner is asked about a new device is found without reading everybody's account."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0010"
down_revision = "identity_0009"


def upgrade() -> None:
    """Add the index, of those accounts alone."""
    op.create_index(
        "ix_identity_account_asked",
        "identity_account",
        ["new_device_at"],
        unique=False,
        postgresql_where=sa.text("new_device_at IS NOT NULL"),
        sqlite_where=sa.text("new_device_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_identity_account_asked", table_name="identity_account")
