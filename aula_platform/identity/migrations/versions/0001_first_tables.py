"""The first tables: accounts, sessions and log-in attempts."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "identity_0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, and the one row of epochs."""
    op.create_table(
        "identity_account",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("uniid", sa.String(length=200), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("theme", sa.String(length=8), nullable=True),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("closed_at", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_identity_account"),
        sa.UniqueConstraint("uniid", name="uq_identity_account_uniid"),
    )
    op.create_table(
        "identity_epoch",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("rights", sa.BigInteger(), nullable=False),
        sa.Column("activation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_epoch"),
    )
    op.create_table(
        "identity_login_attempt",
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("broker", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("code_verifier", sa.String(length=128), nullable=False),
        sa.Column("return_path", sa.String(length=2000), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_identity_login_attempt"),
    )
    op.create_index(
        "ix_identity_login_attempt_expires_at", "identity_login_attempt", ["expires_at"]
    )
    op.create_table(
        "identity_login_rate",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("paid_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_identity_login_rate"),
    )
    op.create_index("ix_identity_login_rate_paid_until", "identity_login_rate", ["paid_until"])
    op.create_table(
        "identity_account_person",
        sa.Column("person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("linked_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name="fk_identity_account_person_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_identity_account_person"),
    )
    op.create_index(
        "ix_identity_account_person_account_id", "identity_account_person", ["account_id"]
    )
    op.create_table(
        "identity_credential",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("last_used_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name="fk_identity_credential_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identity_credential"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identity_credential_issuer_subject"),
    )
    op.create_index("ix_identity_credential_account_id", "identity_credential", ["account_id"])
    op.create_table(
        "identity_session",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("broker", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("assurance", sa.SmallInteger(), nullable=False),
        sa.Column("proved_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("last_seen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("idle_expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identity_account.id"],
            name="fk_identity_session_account_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identity_session"),
        sa.UniqueConstraint("token_hash", name="uq_identity_session_token_hash"),
    )
    op.create_index("ix_identity_session_account_id", "identity_session", ["account_id"])
    op.create_index("ix_identity_session_expires_at", "identity_session", ["expires_at"])

    epoch = sa.table(
        "identity_epoch", sa.column("id"), sa.column("rights"), sa.column("activation")
    )
    op.execute(sa.insert(epoch).values(id=1, rights=1, activation=1))


def downgrade() -> None:
    """Remove them all."""
    op.drop_table("identity_session")
    op.drop_table("identity_credential")
    op.drop_table("identity_account_person")
    op.drop_table("identity_login_rate")
    op.drop_table("identity_login_attempt")
    op.drop_table("identity_epoch")
    op.drop_table("identity_account")
