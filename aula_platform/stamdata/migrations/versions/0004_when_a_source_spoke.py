"""When a source says that what has been applied of an institution was so."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "stamdata_0004"
down_revision = "stamdata_0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stamdata_as_of",
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("as_of", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_id", "source", "source_id", name=op.f("pk_stamdata_as_of")
        ),
    )
    op.create_index(
        op.f("ix_stamdata_as_of_municipality_id"), "stamdata_as_of", ["municipality_id"]
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_index(op.f("ix_stamdata_as_of_municipality_id"), table_name="stamdata_as_of")
    op.drop_table("stamdata_as_of")
