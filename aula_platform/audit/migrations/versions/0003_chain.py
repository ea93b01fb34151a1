"""The chain: a link for each entry, and the months that have expired."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "audit_0003"
down_revision = "audit_0002"

_MAY_GO = {
    "audit_entry": (
        "SELECT 1 FROM audit_checkpoint AS point "
        "WHERE point.municipality_id = OLD.municipality_id "
        "AND ((point.month IS NULL AND OLD.at <= point.at) OR OLD.at < point.until)"
    ),
    "audit_subject": (
        "SELECT 1 FROM audit_checkpoint AS point JOIN audit_entry AS entry "
        "ON entry.municipality_id = point.municipality_id "
        "AND ((point.month IS NULL AND entry.at <= point.at) OR entry.at < point.until) "
        "WHERE entry.id = OLD.entry_id"
    ),
    "audit_link": (
        "SELECT 1 FROM audit_checkpoint AS point "
        "WHERE point.municipality_id = OLD.municipality_id "
        "AND ((point.month IS NULL AND OLD.at <= point.at) OR OLD.month <= point.month)"
    ),
}
_MAY_GO_BEFORE = {
    "audit_entry": (
        "SELECT 1 FROM audit_checkpoint AS point "
        "WHERE point.municipality_id = OLD.municipality_id AND OLD.at <= point.at"
    ),
    "audit_subject": (
        "SELECT 1 FROM audit_checkpoint AS point JOIN audit_entry AS entry "
        "ON entry.municipality_id = point.municipality_id AND entry.at <= point.at "
        "WHERE entry.id = OLD.entry_id"
    ),
}


def upgrade() -> None:
    op.add_column(
        "audit_entry",
        sa.Column("kind", sa.String(length=10), nullable=False, server_default="write"),
    )
    op.add_column(
        "audit_entry",
        sa.Column("allowed_by", sa.String(length=200), nullable=False, server_default=""),
    )
    op.drop_index("ix_audit_entry_municipality_id", "audit_entry")
    op.create_index(
        "ix_audit_entry_municipality_id_id", "audit_entry", ["municipality_id", "id"], unique=False
    )
    op.add_column("audit_checkpoint", sa.Column("month", sa.String(length=7), nullable=True))
    op.add_column("audit_checkpoint", sa.Column("until", aula_sdk.db.Instant(), nullable=True))
    op.add_column("audit_checkpoint", sa.Column("head", sa.LargeBinary(length=32), nullable=True))
    op.create_table(
        "audit_link",
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("municipality_id", "month", "number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    _allow(_MAY_GO)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER audit_link_keep BEFORE UPDATE OR DELETE ON audit_link "
            "FOR EACH ROW EXECUTE FUNCTION audit_link_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_link_keep_all BEFORE TRUNCATE ON audit_link "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_link_refuse()"
        )
    else:
        op.execute(
            "CREATE TRIGGER audit_link_keep_update BEFORE UPDATE ON audit_link "
            "BEGIN SELECT RAISE(ABORT, 'audit_link is append-only'); END"
        )


def _allow(conditions: dict[str, str]) -> None:
    """Let rows go under these conditions, and no others."""
    for table, condition in conditions.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF TG_OP = 'DELETE' THEN IF EXISTS ({condition}) THEN RETURN OLD; "
                f"END IF; END IF; RAISE EXCEPTION '{table} is append-only'; END $$"
            )
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_keep_delete")
            op.execute(
                f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
                f"WHEN NOT EXISTS ({condition}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    op.drop_table("audit_link")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_link_refuse()")
    _allow(_MAY_GO_BEFORE)
    for column in ("head", "until", "month"):
        op.drop_column("audit_checkpoint", column)
    op.drop_index("ix_audit_entry_municipality_id_id", "audit_entry")
    op.create_index("ix_audit_entry_municipality_id", "audit_entry", ["municipality_id"])
    op.drop_column("audit_entry", "allowed_by")
    op.drop_column("audit_entry", "kind")
