"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "contacts_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "contacts_sharing",
        sa.Column("person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("chooser_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("chosen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "chooser_id", name=op.f("pk_contacts_sharing")),
    )
    op.create_index(op.f("ix_contacts_sharing_chooser_id"), "contacts_sharing", ["chooser_id"])
    op.create_index(
        op.f("ix_contacts_sharing_municipality_id"), "contacts_sharing", ["municipality_id"]
    )
    op.create_table(
        "contacts_parent",
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("chooser_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("chosen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "profile_id", name=op.f("pk_contacts_parent")),
    )
    op.create_index(op.f("ix_contacts_parent_profile_id"), "contacts_parent", ["profile_id"])
    op.create_index(
        op.f("ix_contacts_parent_municipality_id"), "contacts_parent", ["municipality_id"]
    )


def downgrade() -> None:
    op.drop_table("contacts_parent")
    op.drop_table("contacts_sharing")
