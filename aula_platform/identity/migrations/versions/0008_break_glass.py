"""Breaking the glass: asked for, approved by a second person, over by itself."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0008"
down_revision = "identity_0007"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("identity_impersonation", sa.Column("glass_id", aula_sdk.db.Id(), nullable=True))
    op.create_table(
        "identity_break_glass",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("asker_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("decider_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("ends_at", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_break_glass")),
    )
    op.create_index(
        op.f("ix_identity_break_glass_profile_id"), "identity_break_glass", ["profile_id"]
    )
    op.create_index(
        op.f("ix_identity_break_glass_municipality_id_asked_at_id"),
        "identity_break_glass",
        ["municipality_id", "asked_at", "id"],
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("identity_break_glass")
    op.drop_column("identity_impersonation", "glass_id")
