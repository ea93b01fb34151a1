"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "permissions_grant",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("group_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("step_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.CheckConstraint(
            "(role IS NULL) <> (profile_id IS NULL)", name=op.f("ck_permissions_grant_one_holder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_grant")),
    )
    op.create_index(
        op.f("ix_permissions_grant_municipality_id"),
        "permissions_grant",
        ["municipality_id"],
        unique=False,
    )
    op.execute(
        "CREATE VIEW permissions_grant_v1 AS SELECT id, municipality_id, institution_id, group_id,"
        " role, profile_id, action, relation, allowed, step_up FROM permissions_grant"
    )


def downgrade() -> None:
    op.execute("DROP VIEW permissions_grant_v1")
    op.drop_index(op.f("ix_permissions_grant_municipality_id"), table_name="permissions_grant")
    op.drop_table("permissions_grant")
