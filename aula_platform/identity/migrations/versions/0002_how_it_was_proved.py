"""How a session was proved, what was typed before a step-up, and what brokers have said."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0002"
down_revision = "identity_0001"

_NEW: dict[str, dict[str, Any]] = {
    "identity_session": {
        "acr": sa.String(length=255),
        "amr": sa.String(length=255),
        "broker_subject": sa.String(length=255),
        "broker_sid": sa.String(length=255),
    },
    "identity_login_attempt": {"session_id": aula_sdk.db.Id()},
}


def upgrade() -> None:
    """Add the columns and the tables."""
    for table, columns in _NEW.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index(
        op.f("ix_identity_session_broker_subject"), "identity_session", ["broker_subject"]
    )
    op.create_index(op.f("ix_identity_session_broker_sid"), "identity_session", ["broker_sid"])
    op.create_table(
        "identity_typed",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("session_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["identity_session.id"],
            name=op.f("fk_identity_typed_session_id_identity_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_typed")),
    )
    op.create_index(op.f("ix_identity_typed_session_id"), "identity_typed", ["session_id"])
    op.create_index(op.f("ix_identity_typed_expires_at"), "identity_typed", ["expires_at"])
    for table, content in (("identity_broker_word", False), ("identity_broker_answer", True)):
        op.create_table(
            table,
            sa.Column("key", sa.LargeBinary(length=32), nullable=False),
            *([sa.Column("content", sa.LargeBinary(), nullable=False)] if content else []),
            sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
            sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])


def downgrade() -> None:
    """Remove them."""
    for table in ("identity_broker_answer", "identity_broker_word", "identity_typed"):
        op.drop_table(table)
    op.drop_index(op.f("ix_identity_session_broker_sid"), table_name="identity_session")
    op.drop_index(op.f("ix_identity_session_broker_subject"), table_name="identity_session")
    for table, columns in _NEW.items():
        for name in reversed(columns):
            op.drop_column(table, name)
