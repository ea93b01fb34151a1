"""What stopped an import is kept with its report; reports are listed by municipality and time."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "stamdata_0006"
down_revision = "stamdata_0005"

_INDEX = "ix_stamdata_import_newest"


def upgrade() -> None:
    """Add the column, empty for what was imported before, and the index of the list."""
    op.add_column(
        "stamdata_import",
        sa.Column("stops", aula_sdk.db.JSON, nullable=False, server_default="[]"),
    )
    op.create_index(_INDEX, "stamdata_import", ["municipality_id", "started_at", "id"])


def downgrade() -> None:
    """Forget what stopped imports."""
    op.drop_index(_INDEX, table_name="stamdata_import")
    with op.batch_alter_table("stamdata_import") as table:
        table.drop_column("stops")
