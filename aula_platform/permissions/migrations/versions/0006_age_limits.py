"""Age limits that municipalities and institutions decide."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0006"
down_revision = "permissions_0005"


def upgrade() -> None:
    op.create_table(
        "permissions_age",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("consent_age", sa.SmallInteger(), nullable=True),
        sa.Column("secure_area_age", sa.SmallInteger(), nullable=True),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("decided_by", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_age")),
    )
    op.create_index(
        op.f("ix_permissions_age_municipality_id"), "permissions_age", ["municipality_id"]
    )
    op.execute(
        "CREATE VIEW permissions_age_v1 AS SELECT id, municipality_id, institution_id,"
        " consent_age FROM permissions_age"
    )


def downgrade() -> None:
    op.execute("DROP VIEW permissions_age_v1")
    op.drop_table("permissions_age")
