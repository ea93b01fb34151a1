"""Tablets that several employees use, and the PINs with which they do."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0005"
down_revision = "identity_0004"

_NEW = ("shared_device_id", "shared_profile_id")


def upgrade() -> None:
    """Add the columns and the tables."""
    for column in _NEW:
        op.add_column("identity_session", sa.Column(column, aula_sdk.db.Id(), nullable=True))
    op.create_index(
        op.f("ix_identity_session_shared_device_id"), "identity_session", ["shared_device_id"]
    )
    op.create_table(
        "identity_shared_device",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("code_expires_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("paired_at", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_shared_device")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_identity_shared_device_code_hash")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_identity_shared_device_key_hash")),
    )
    op.create_index(
        op.f("ix_identity_shared_device_municipality_id_institution_id"),
        "identity_shared_device",
        ["municipality_id", "institution_id"],
    )
    op.create_table(
        "identity_pin",
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("changed_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name=op.f("fk_identity_pin_account_id_identity_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_identity_pin")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("identity_pin")
    op.drop_table("identity_shared_device")
    op.drop_index(op.f("ix_identity_session_shared_device_id"), table_name="identity_session")
    for column in reversed(_NEW):
        op.drop_column("identity_session", column)
