"""That a wish was taken back is kept by itself: whose it was may be erased (R2).

Of wishes whose author was erased before this it is not known any more; they are told as refused.
"""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0009"
down_revision = "identity_0008"


def upgrade() -> None:
    """Add the column, and fill it where who has asked has settled it."""
    op.add_column(
        "identity_break_glass", sa.Column("withdrawn_at", aula_sdk.db.Instant(), nullable=True)
    )
    op.execute(
        "UPDATE identity_break_glass SET withdrawn_at = decided_at "
        "WHERE decider_id = asker_id AND ends_at IS NULL"
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_column("identity_break_glass", "withdrawn_at")
