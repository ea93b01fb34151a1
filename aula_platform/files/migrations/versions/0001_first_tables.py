"""The table of uploaded files."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "files_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "files_file",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("has_preview", sa.Boolean(), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("expires_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("action", sa.String(length=120), nullable=True),
        sa.Column("object_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("part_id", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files_file")),
    )
    op.create_index(
        op.f("ix_files_file_municipality_id"), "files_file", ["municipality_id"], unique=False
    )
    op.create_index("ix_files_file_object", "files_file", ["object_id", "part_id"], unique=False)
    op.create_index(
        "ix_files_file_waiting",
        "files_file",
        ["account_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
        sqlite_where=sa.text("expires_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("files_file")
