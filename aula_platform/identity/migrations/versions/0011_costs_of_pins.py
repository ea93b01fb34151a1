"""Each PIN says how slow its hash is, so that another cost needs no new PINs."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0011"
down_revision = "identity_0010"


def upgrade() -> None:
    """Add the column; all PINs so far have the cost that there was."""
    op.add_column(
        "identity_pin",
        sa.Column("cost", sa.String(length=20), server_default="16384:8:1", nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_column("identity_pin", "cost")
