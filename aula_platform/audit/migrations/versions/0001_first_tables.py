"""The entries and whom they are about, and the triggers that keep them as they are."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "audit_0001"
down_revision = None

_TABLES = ("audit_entry", "audit_subject")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("account_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("person_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("profiles", aula_sdk.db.JSON, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("assurance", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("object_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("details", aula_sdk.db.JSON, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_account_id"), "audit_entry", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_audit_entry_municipality_id"), "audit_entry", ["municipality_id"], unique=False
    )
    op.create_index(op.f("ix_audit_entry_object_id"), "audit_entry", ["object_id"], unique=False)
    op.create_table(
        "audit_subject",
        sa.Column("entry_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_subject_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "profile_id", name=op.f("pk_audit_subject")),
    )
    op.create_index(
        op.f("ix_audit_subject_profile_id"), "audit_subject", ["profile_id"], unique=False
    )
    for table in _TABLES:
        if op.get_bind().dialect.name == "postgresql":
            _refuse_on_postgresql(table)
        else:
            _refuse_on_sqlite(table)


def _refuse_on_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )


def _refuse_on_sqlite(table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_keep_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_refuse()")
