"""The tables of stamdata, the staging tables of the import, and the published views."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db
from aula_platform.stamdata.views import view_texts

revision = "stamdata_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "stamdata_import",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("started_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("finished_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("errors", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", aula_sdk.db.JSON, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_import")),
    )
    op.create_index(
        op.f("ix_stamdata_import_municipality_id"),
        "stamdata_import",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_institution",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), server_default="", nullable=False),
        sa.Column("parent_source_id", sa.String(), server_default="", nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_institution")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_id",
            name=op.f("uq_stamdata_institution_municipality_id_source_source_id"),
        ),
    )
    op.create_index(
        op.f("ix_stamdata_institution_municipality_id"),
        "stamdata_institution",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_municipality",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_municipality")),
        sa.UniqueConstraint("key", name=op.f("uq_stamdata_municipality_key")),
    )
    op.create_table(
        "stamdata_person",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("given_name", sa.String(), server_default="", nullable=False),
        sa.Column("family_name", sa.String(), server_default="", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("uniid", sa.String(length=63), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_person")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_id",
            name=op.f("uq_stamdata_person_municipality_id_source_source_id"),
        ),
        sa.UniqueConstraint(
            "municipality_id", "uniid", name=op.f("uq_stamdata_person_municipality_id_uniid")
        ),
    )
    op.create_index(
        op.f("ix_stamdata_person_municipality_id"),
        "stamdata_person",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_person_search",
        "stamdata_person",
        ["municipality_id", "search_key"],
        unique=False,
    )
    op.create_index(op.f("ix_stamdata_person_uniid"), "stamdata_person", ["uniid"], unique=False)
    op.create_table(
        "stamdata_stage_group",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("org_source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_group")),
    )
    op.create_index(
        "ix_stamdata_stage_group_live",
        "stamdata_stage_group",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_group_source",
        "stamdata_stage_group",
        ["delivery_id", "source_id", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_guardianship",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("guardian_source_id", sa.String(), nullable=False),
        sa.Column("child_source_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("custody", sa.Boolean(), nullable=False),
        sa.Column("extended_access", sa.Boolean(), nullable=False),
        sa.Column("guardian_person_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("child_person_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_guardianship")),
    )
    op.create_index(
        "ix_stamdata_stage_guardianship_child",
        "stamdata_stage_guardianship",
        ["delivery_id", "child_person_id", "guardian_person_id", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_guardianship_guardian",
        "stamdata_stage_guardianship",
        ["delivery_id", "guardian_person_id", "child_person_id", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_guardianship_live",
        "stamdata_stage_guardianship",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_institution",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("parent_source_id", sa.String(), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_institution")),
    )
    op.create_index(
        "ix_stamdata_stage_institution_live",
        "stamdata_stage_institution",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_institution_source",
        "stamdata_stage_institution",
        ["delivery_id", "source_id", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_leaving",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint(
            "delivery_id", "what", "id", name=op.f("pk_stamdata_stage_leaving")
        ),
    )
    op.create_table(
        "stamdata_stage_membership",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("group_source_id", sa.String(), nullable=False),
        sa.Column("person_source_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("group_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_membership")),
    )
    op.create_index(
        "ix_stamdata_stage_membership_group",
        "stamdata_stage_membership",
        ["delivery_id", "group_id", "profile_id", "role", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_membership_live",
        "stamdata_stage_membership",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_person",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("uniid", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("email_protected", sa.Boolean(), nullable=False),
        sa.Column("phone_protected", sa.Boolean(), nullable=False),
        sa.Column("mobile_protected", sa.Boolean(), nullable=False),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_person")),
    )
    op.create_index(
        "ix_stamdata_stage_person_id",
        "stamdata_stage_person",
        ["delivery_id", "id", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_person_live",
        "stamdata_stage_person",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_person_source",
        "stamdata_stage_person",
        ["delivery_id", "source_id", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_person_uniid",
        "stamdata_stage_person",
        ["delivery_id", "uniid", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_profile",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("person_source_id", sa.String(), nullable=False),
        sa.Column("org_source_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_profile")),
    )
    op.create_index(
        "ix_stamdata_stage_profile_live",
        "stamdata_stage_profile",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_profile_person",
        "stamdata_stage_profile",
        ["delivery_id", "person_id", "institution_id", "kind", "row"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_profile_source",
        "stamdata_stage_profile",
        ["delivery_id", "person_source_id", "org_source_id", "kind", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_profile_role",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("live_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("change", sa.String(length=10), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("profile_row", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=True),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_profile_role")),
    )
    op.create_index(
        "ix_stamdata_stage_profile_role_live",
        "stamdata_stage_profile_role",
        ["delivery_id", "live_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_stage_profile_role_profile",
        "stamdata_stage_profile_role",
        ["delivery_id", "profile_id", "role", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_stage_removed",
        sa.Column("delivery_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("third", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "row", name=op.f("pk_stamdata_stage_removed")),
    )
    op.create_index(
        "ix_stamdata_stage_removed_key",
        "stamdata_stage_removed",
        ["delivery_id", "what", "first", "second", "row"],
        unique=False,
    )
    op.create_table(
        "stamdata_contact",
        sa.Column("person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("email", sa.String(), server_default="", nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.Column("mobile", sa.String(), server_default="", nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("email_protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("phone_protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mobile_protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("address_protected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["stamdata_person.id"], name=op.f("fk_stamdata_contact_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_stamdata_contact")),
    )
    op.create_index(
        op.f("ix_stamdata_contact_municipality_id"),
        "stamdata_contact",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_group",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(), server_default="", nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["stamdata_institution.id"],
            name=op.f("fk_stamdata_group_institution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_group")),
        sa.UniqueConstraint(
            "municipality_id",
            "source",
            "source_id",
            name=op.f("uq_stamdata_group_municipality_id_source_source_id"),
        ),
    )
    op.create_index(
        "ix_stamdata_group_institution",
        "stamdata_group",
        ["institution_id", "sort_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stamdata_group_municipality_id"),
        "stamdata_group",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_guardianship",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("guardian_person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("child_person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("relation", sa.String(), server_default="", nullable=False),
        sa.Column("custody", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("extended_access", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_person_id"],
            ["stamdata_person.id"],
            name=op.f("fk_stamdata_guardianship_child_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guardian_person_id"],
            ["stamdata_person.id"],
            name=op.f("fk_stamdata_guardianship_guardian_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_guardianship")),
    )
    op.create_index(
        "ix_stamdata_guardianship_child",
        "stamdata_guardianship",
        ["child_person_id", "guardian_person_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_guardianship_guardian",
        "stamdata_guardianship",
        ["guardian_person_id", "child_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stamdata_guardianship_municipality_id"),
        "stamdata_guardianship",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_import_error",
        sa.Column("import_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", aula_sdk.db.JSON, nullable=False),
        sa.Column("fatal", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["stamdata_import.id"], name=op.f("fk_stamdata_import_error_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_stamdata_import_error")),
    )
    op.create_index(
        op.f("ix_stamdata_import_error_municipality_id"),
        "stamdata_import_error",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_profile",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("level", sa.String(), server_default="", nullable=False),
        sa.Column("derived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["stamdata_institution.id"],
            name=op.f("fk_stamdata_profile_institution_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["stamdata_person.id"], name=op.f("fk_stamdata_profile_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_profile")),
        sa.UniqueConstraint(
            "person_id",
            "institution_id",
            "kind",
            name=op.f("uq_stamdata_profile_person_id_institution_id_kind"),
        ),
    )
    op.create_index(
        "ix_stamdata_profile_institution",
        "stamdata_profile",
        ["institution_id", "kind"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stamdata_profile_municipality_id"),
        "stamdata_profile",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_membership",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("group_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stamdata_group.id"], name=op.f("fk_stamdata_membership_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["stamdata_profile.id"], name=op.f("fk_stamdata_membership_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_membership")),
    )
    op.create_index(
        "ix_stamdata_membership_group",
        "stamdata_membership",
        ["group_id", "profile_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stamdata_membership_municipality_id"),
        "stamdata_membership",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_membership_profile",
        "stamdata_membership",
        ["profile_id", "group_id"],
        unique=False,
    )
    op.create_table(
        "stamdata_profile_role",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("role", sa.String(length=63), nullable=False),
        sa.Column("source", sa.String(length=63), nullable=False),
        sa.Column("valid_from", aula_sdk.db.Instant(), nullable=False),
        sa.Column("valid_to", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["stamdata_profile.id"],
            name=op.f("fk_stamdata_profile_role_profile_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamdata_profile_role")),
    )
    op.create_index(
        op.f("ix_stamdata_profile_role_municipality_id"),
        "stamdata_profile_role",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_stamdata_profile_role_profile", "stamdata_profile_role", ["profile_id"], unique=False
    )
    for name, text in view_texts(op.get_bind().dialect.name).items():
        op.execute(f"CREATE VIEW {name} AS {text}")


def downgrade() -> None:
    for name in view_texts(op.get_bind().dialect.name):
        op.execute(f"DROP VIEW {name}")
    op.drop_index("ix_stamdata_profile_role_profile", table_name="stamdata_profile_role")
    op.drop_index(
        op.f("ix_stamdata_profile_role_municipality_id"), table_name="stamdata_profile_role"
    )
    op.drop_table("stamdata_profile_role")
    op.drop_index("ix_stamdata_membership_profile", table_name="stamdata_membership")
    op.drop_index(op.f("ix_stamdata_membership_municipality_id"), table_name="stamdata_membership")
    op.drop_index("ix_stamdata_membership_group", table_name="stamdata_membership")
    op.drop_table("stamdata_membership")
    op.drop_index(op.f("ix_stamdata_profile_municipality_id"), table_name="stamdata_profile")
    op.drop_index("ix_stamdata_profile_institution", table_name="stamdata_profile")
    op.drop_table("stamdata_profile")
    op.drop_index(
        op.f("ix_stamdata_import_error_municipality_id"), table_name="stamdata_import_error"
    )
    op.drop_table("stamdata_import_error")
    op.drop_index(
        op.f("ix_stamdata_guardianship_municipality_id"), table_name="stamdata_guardianship"
    )
    op.drop_index("ix_stamdata_guardianship_guardian", table_name="stamdata_guardianship")
    op.drop_index("ix_stamdata_guardianship_child", table_name="stamdata_guardianship")
    op.drop_table("stamdata_guardianship")
    op.drop_index(op.f("ix_stamdata_group_municipality_id"), table_name="stamdata_group")
    op.drop_index("ix_stamdata_group_institution", table_name="stamdata_group")
    op.drop_table("stamdata_group")
    op.drop_index(op.f("ix_stamdata_contact_municipality_id"), table_name="stamdata_contact")
    op.drop_table("stamdata_contact")
    op.drop_index("ix_stamdata_stage_removed_key", table_name="stamdata_stage_removed")
    op.drop_table("stamdata_stage_removed")
    op.drop_index(
        "ix_stamdata_stage_profile_role_profile", table_name="stamdata_stage_profile_role"
    )
    op.drop_index("ix_stamdata_stage_profile_role_live", table_name="stamdata_stage_profile_role")
    op.drop_table("stamdata_stage_profile_role")
    op.drop_index("ix_stamdata_stage_profile_source", table_name="stamdata_stage_profile")
    op.drop_index("ix_stamdata_stage_profile_person", table_name="stamdata_stage_profile")
    op.drop_index("ix_stamdata_stage_profile_live", table_name="stamdata_stage_profile")
    op.drop_table("stamdata_stage_profile")
    op.drop_index("ix_stamdata_stage_person_uniid", table_name="stamdata_stage_person")
    op.drop_index("ix_stamdata_stage_person_source", table_name="stamdata_stage_person")
    op.drop_index("ix_stamdata_stage_person_live", table_name="stamdata_stage_person")
    op.drop_index("ix_stamdata_stage_person_id", table_name="stamdata_stage_person")
    op.drop_table("stamdata_stage_person")
    op.drop_index("ix_stamdata_stage_membership_live", table_name="stamdata_stage_membership")
    op.drop_index("ix_stamdata_stage_membership_group", table_name="stamdata_stage_membership")
    op.drop_table("stamdata_stage_membership")
    op.drop_table("stamdata_stage_leaving")
    op.drop_index("ix_stamdata_stage_institution_source", table_name="stamdata_stage_institution")
    op.drop_index("ix_stamdata_stage_institution_live", table_name="stamdata_stage_institution")
    op.drop_table("stamdata_stage_institution")
    op.drop_index("ix_stamdata_stage_guardianship_live", table_name="stamdata_stage_guardianship")
    op.drop_index(
        "ix_stamdata_stage_guardianship_guardian", table_name="stamdata_stage_guardianship"
    )
    op.drop_index("ix_stamdata_stage_guardianship_child", table_name="stamdata_stage_guardianship")
    op.drop_table("stamdata_stage_guardianship")
    op.drop_index("ix_stamdata_stage_group_source", table_name="stamdata_stage_group")
    op.drop_index("ix_stamdata_stage_group_live", table_name="stamdata_stage_group")
    op.drop_table("stamdata_stage_group")
    op.drop_index(op.f("ix_stamdata_person_uniid"), table_name="stamdata_person")
    op.drop_index("ix_stamdata_person_search", table_name="stamdata_person")
    op.drop_index(op.f("ix_stamdata_person_municipality_id"), table_name="stamdata_person")
    op.drop_table("stamdata_person")
    op.drop_table("stamdata_municipality")
    op.drop_index(
        op.f("ix_stamdata_institution_municipality_id"), table_name="stamdata_institution"
    )
    op.drop_table("stamdata_institution")
    op.drop_index(op.f("ix_stamdata_import_municipality_id"), table_name="stamdata_import")
    op.drop_table("stamdata_import")
