"""What people ask for of their own data."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "privacy_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "privacy_request",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("asker_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("decider_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("file_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
    for column in ("person_id", "asker_id", "municipality_id"):
        op.create_index(
            op.f(f"ix_privacy_request_{column}"), "privacy_request", [column], unique=False
        )
    op.create_index(
        "ix_privacy_request_institution",
        "privacy_request",
        ["institution_id", "asked_at", "id"],
        unique=False,
    )
    op.create_index("ix_privacy_request_state", "privacy_request", ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("privacy_request")
