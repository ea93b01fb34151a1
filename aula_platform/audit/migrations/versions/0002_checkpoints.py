"""Checkpoints, before which the entries of a municipality that leaves may be deleted."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "audit_0002"
down_revision = "audit_0001"

_CHECKPOINT = "audit_checkpoint"
_MAY_GO = {
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
    op.create_table(
        _CHECKPOINT,
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("counts", aula_sdk.db.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )
    op.create_index(
        op.f("ix_audit_checkpoint_municipality_id"), _CHECKPOINT, ["municipality_id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        _keep_on_postgresql()
    else:
        _keep_on_sqlite()


def _keep_on_postgresql() -> None:
    for table, condition in _MAY_GO.items():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' THEN IF EXISTS ({condition}) THEN RETURN OLD; END IF; "
            f"END IF; RAISE EXCEPTION '{table} is append-only'; END $$"
        )
    op.execute(
        f"CREATE FUNCTION {_CHECKPOINT}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_CHECKPOINT} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {_CHECKPOINT}_keep BEFORE UPDATE OR DELETE ON {_CHECKPOINT} "
        f"FOR EACH ROW EXECUTE FUNCTION {_CHECKPOINT}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {_CHECKPOINT}_keep_all BEFORE TRUNCATE ON {_CHECKPOINT} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_CHECKPOINT}_refuse()"
    )


def _keep_on_sqlite() -> None:
    for table, condition in _MAY_GO.items():
        op.execute(f"DROP TRIGGER {table}_keep_delete")
        op.execute(
            f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS ({condition}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {_CHECKPOINT}_keep_{change.lower()} BEFORE {change} ON {_CHECKPOINT} "
            f"BEGIN SELECT RAISE(ABORT, '{_CHECKPOINT} is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table(_CHECKPOINT)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_CHECKPOINT}_refuse()")
        for table in _MAY_GO:
            op.execute(
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
            )
    else:
        for table in _MAY_GO:
            op.execute(f"DROP TRIGGER {table}_keep_delete")
            op.execute(
                f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
