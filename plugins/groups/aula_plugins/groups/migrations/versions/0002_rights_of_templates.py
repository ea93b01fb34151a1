"""Rights of templates."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "groups_0002"
down_revision = "groups_0001"


def upgrade() -> None:
    op.create_table(
        "groups_template_right",
        sa.Column("template_id", aula_sdk.db.Id(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "employee",
                "pupil",
                "guardian",
                "external",
                name="kind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("right_name", sa.String(length=100), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["groups_template.id"],
            name=op.f("fk_groups_template_right_template_id"),
        ),
        sa.PrimaryKeyConstraint(
            "template_id", "kind", "right_name", name=op.f("pk_groups_template_right")
        ),
    )
    op.create_index(
        op.f("ix_groups_template_right_municipality_id"),
        "groups_template_right",
        ["municipality_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_groups_template_right_municipality_id"), table_name="groups_template_right"
    )
    op.drop_table("groups_template_right")
