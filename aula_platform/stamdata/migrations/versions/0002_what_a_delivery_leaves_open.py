"""Staging tables: what a delivery leaves as it was, of whom it says everything of a kind."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "stamdata_0002"
down_revision = "stamdata_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "stamdata_stage_unchanged",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("third", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_unchanged")),
    )
    op.create_index(
        "ix_stamdata_stage_unchanged_key",
        "stamdata_stage_unchanged",
        ["delivery_id", "what", "first", "second", "row"],
    )
    op.create_table(
        "stamdata_stage_complete",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("person_source_id", sa.String(), nullable=False),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_complete")),
    )
    op.create_index(
        "ix_stamdata_stage_complete_person",
        "stamdata_stage_complete",
        ["delivery_id", "what", "person_id", "row"],
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index("ix_stamdata_stage_complete_person", table_name="stamdata_stage_complete")
    op.drop_table("stamdata_stage_complete")
    op.drop_index("ix_stamdata_stage_unchanged_key", table_name="stamdata_stage_unchanged")
    op.drop_table("stamdata_stage_unchanged")
