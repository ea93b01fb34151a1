"""Those with a protected address are found without looking through everybody."""

import sqlalchemy as sa
from alembic import op

revision = "stamdata_0007"
down_revision = "stamdata_0006"

_INDEX = "ix_stamdata_person_protected"


def upgrade() -> None:
    """Add the index of the few."""
    op.create_index(
        _INDEX,
        "stamdata_person",
        ["id"],
        sqlite_where=sa.text("protected"),
        postgresql_where=sa.text("protected"),
    )


def downgrade() -> None:
    """Look through everybody again."""
    op.drop_index(_INDEX, table_name="stamdata_person")
