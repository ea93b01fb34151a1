"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "groups_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "groups_set_up",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("made_here", sa.Boolean(), nullable=False),
        sa.Column("across", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column(
            "access",
            sa.Enum("closed", "open", "application", name="access", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("show_members", sa.Boolean(), nullable=False),
        sa.Column("for_employee", sa.Boolean(), nullable=False),
        sa.Column("for_pupil", sa.Boolean(), nullable=False),
        sa.Column("for_guardian", sa.Boolean(), nullable=False),
        sa.Column("for_external", sa.Boolean(), nullable=False),
        sa.Column("maker_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("made_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups_set_up")),
    )
    op.create_index(
        op.f("ix_groups_set_up_institution_id"), "groups_set_up", ["institution_id"], unique=False
    )
    op.create_index(op.f("ix_groups_set_up_maker_id"), "groups_set_up", ["maker_id"], unique=False)
    op.create_index(
        op.f("ix_groups_set_up_municipality_id"), "groups_set_up", ["municipality_id"], unique=False
    )
    op.create_table(
        "groups_template",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column(
            "access",
            sa.Enum("closed", "open", "application", name="access", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("show_members", sa.Boolean(), nullable=False),
        sa.Column("for_employee", sa.Boolean(), nullable=False),
        sa.Column("for_pupil", sa.Boolean(), nullable=False),
        sa.Column("for_guardian", sa.Boolean(), nullable=False),
        sa.Column("for_external", sa.Boolean(), nullable=False),
        sa.Column("made_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups_template")),
    )
    op.create_index(
        op.f("ix_groups_template_institution_id"),
        "groups_template",
        ["institution_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_groups_template_municipality_id"),
        "groups_template",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "groups_application",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("applicant_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("made_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("decider_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups_set_up.id"], name=op.f("fk_groups_application_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups_application")),
    )
    op.create_index(
        op.f("ix_groups_application_applicant_id"),
        "groups_application",
        ["applicant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_groups_application_decider_id"), "groups_application", ["decider_id"], unique=False
    )
    op.create_index(
        op.f("ix_groups_application_group_id"), "groups_application", ["group_id"], unique=False
    )
    op.create_index(
        op.f("ix_groups_application_municipality_id"),
        "groups_application",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_groups_application_profile_id"), "groups_application", ["profile_id"], unique=False
    )
    op.create_index(
        "uq_groups_application_waiting",
        "groups_application",
        ["group_id", "profile_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "groups_chosen",
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("chosen_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups_set_up.id"], name=op.f("fk_groups_chosen_group_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "profile_id", name=op.f("pk_groups_chosen")),
    )
    op.create_index(
        op.f("ix_groups_chosen_municipality_id"), "groups_chosen", ["municipality_id"], unique=False
    )
    op.create_index(
        op.f("ix_groups_chosen_profile_id"), "groups_chosen", ["profile_id"], unique=False
    )
    op.create_table(
        "groups_editor",
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("added_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups_set_up.id"], name=op.f("fk_groups_editor_group_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "profile_id", name=op.f("pk_groups_editor")),
    )
    op.create_index(
        op.f("ix_groups_editor_municipality_id"), "groups_editor", ["municipality_id"], unique=False
    )
    op.create_index(
        op.f("ix_groups_editor_profile_id"), "groups_editor", ["profile_id"], unique=False
    )
    op.create_table(
        "groups_part",
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("part_id", aula_sdk.db.Id(), nullable=False),
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
        sa.Column("follower_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups_set_up.id"], name=op.f("fk_groups_part_group_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "part_id", "kind", name=op.f("pk_groups_part")),
    )
    op.create_index(
        op.f("ix_groups_part_municipality_id"), "groups_part", ["municipality_id"], unique=False
    )
    op.create_index(op.f("ix_groups_part_part_id"), "groups_part", ["part_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_groups_part_part_id"), table_name="groups_part")
    op.drop_index(op.f("ix_groups_part_municipality_id"), table_name="groups_part")
    op.drop_table("groups_part")
    op.drop_index(op.f("ix_groups_editor_profile_id"), table_name="groups_editor")
    op.drop_index(op.f("ix_groups_editor_municipality_id"), table_name="groups_editor")
    op.drop_table("groups_editor")
    op.drop_index(op.f("ix_groups_chosen_profile_id"), table_name="groups_chosen")
    op.drop_index(op.f("ix_groups_chosen_municipality_id"), table_name="groups_chosen")
    op.drop_table("groups_chosen")
    op.drop_index(
        "uq_groups_application_waiting",
        table_name="groups_application",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_groups_application_profile_id"), table_name="groups_application")
    op.drop_index(op.f("ix_groups_application_municipality_id"), table_name="groups_application")
    op.drop_index(op.f("ix_groups_application_group_id"), table_name="groups_application")
    op.drop_index(op.f("ix_groups_application_decider_id"), table_name="groups_application")
    op.drop_index(op.f("ix_groups_application_applicant_id"), table_name="groups_application")
    op.drop_table("groups_application")
    op.drop_index(op.f("ix_groups_template_municipality_id"), table_name="groups_template")
    op.drop_index(op.f("ix_groups_template_institution_id"), table_name="groups_template")
    op.drop_table("groups_template")
    op.drop_index(op.f("ix_groups_set_up_municipality_id"), table_name="groups_set_up")
    op.drop_index(op.f("ix_groups_set_up_maker_id"), table_name="groups_set_up")
    op.drop_index(op.f("ix_groups_set_up_institution_id"), table_name="groups_set_up")
    op.drop_table("groups_set_up")
