"""Roles that a log-in broker vouches for, beside those that people give."""

import sqlalchemy as sa
from alembic import op

revision = "permissions_0005"
down_revision = "permissions_0004"


def upgrade() -> None:
    """Add by which broker a role came."""
    op.add_column("permissions_holder", sa.Column("broker", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Remove them, and with it the roles that nobody here has given."""
    op.execute("DELETE FROM permissions_holder WHERE broker IS NOT NULL")
    op.drop_column("permissions_holder", "broker")
