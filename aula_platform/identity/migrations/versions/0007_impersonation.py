"""Seeing the site as somebody else, and telling the person."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0007"
down_revision = "identity_0006"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(
        "identity_account", sa.Column("special_access_at", aula_sdk.db.Instant(), nullable=True)
    )
    op.add_column(
        "identity_session", sa.Column("impersonation_id", aula_sdk.db.Id(), nullable=True)
    )
    op.add_column("identity_session", sa.Column("seen_until", aula_sdk.db.Instant(), nullable=True))
    op.create_index(
        op.f("ix_identity_session_impersonation_id"), "identity_session", ["impersonation_id"]
    )
    op.create_table(
        "identity_impersonation",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("supporter_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("began_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("ends_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("ended_at", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_impersonation")),
    )
    op.create_index(
        op.f("ix_identity_impersonation_profile_id"), "identity_impersonation", ["profile_id"]
    )
    op.create_index(
        op.f("ix_identity_impersonation_municipality_id_began_at_id"),
        "identity_impersonation",
        ["municipality_id", "began_at", "id"],
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("identity_impersonation")
    op.drop_index(op.f("ix_identity_session_impersonation_id"), table_name="identity_session")
    for column in ("seen_until", "impersonation_id"):
        op.drop_column("identity_session", column)
    op.drop_column("identity_account", "special_access_at")
