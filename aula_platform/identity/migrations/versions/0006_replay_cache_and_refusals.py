"""The replay cache under its own name, and how many refusals the audit has left out."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0006"
down_revision = "identity_0005"


def upgrade() -> None:
    """Begin an empty cache: what the old one holds is over within the hour."""
    _make("identity_replay_cache")
    _drop("identity_broker_word")
    op.add_column(
        "identity_login_rate",
        sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Go back to the old name."""
    op.drop_column("identity_login_rate", "left_out")
    _make("identity_broker_word")
    _drop("identity_replay_cache")


def _make(table: str) -> None:
    op.create_table(
        table,
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])


def _drop(table: str) -> None:
    op.drop_index(op.f(f"ix_{table}_expires_at"), table_name=table)
    op.drop_table(table)
