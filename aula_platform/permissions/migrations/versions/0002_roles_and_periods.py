"""Roles of one's own, who holds them, and grants for a period."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0002"
down_revision = "permissions_0001"

_GRANT = "permissions_grant"
_INDEXES = (
    ("ix_permissions_grant_role", ["municipality_id", "role"]),
    ("ix_permissions_grant_profile", ["profile_id"]),
    ("ix_permissions_grant_group", ["group_id"]),
)


def upgrade() -> None:
    op.add_column(_GRANT, sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True))
    op.add_column(_GRANT, sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True))
    op.add_column(_GRANT, sa.Column("granted_by", aula_sdk.db.Id(), nullable=True))
    for name, columns in _INDEXES:
        op.create_index(name, _GRANT, columns, unique=False)
    op.create_table(
        "permissions_role",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("created_by", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_role")),
    )
    op.create_index(
        op.f("ix_permissions_role_municipality_id"), "permissions_role", ["municipality_id"]
    )
    op.create_table(
        "permissions_holder",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("deputy_for", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("granted_by", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_holder")),
    )
    op.create_index(
        op.f("ix_permissions_holder_municipality_id"), "permissions_holder", ["municipality_id"]
    )
    for column in ("profile", "institution"):
        op.create_index(
            f"ix_permissions_holder_{column}", "permissions_holder", [f"{column}_id"], unique=False
        )
    op.create_index("ix_permissions_holder_deputy_for", "permissions_holder", ["deputy_for"])


def downgrade() -> None:
    op.drop_table("permissions_holder")
    op.drop_table("permissions_role")
    for name, _columns in reversed(_INDEXES):
        op.drop_index(name, table_name=_GRANT)
    # The view names its columns, so that it stands while others go.
    for column in ("granted_by", "valid_to", "valid_from"):
        op.drop_column(_GRANT, column)
