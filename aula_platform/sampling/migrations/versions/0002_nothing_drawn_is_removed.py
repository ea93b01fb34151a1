"""What was drawn stays as long as the entry of the audit that it is about."""

from alembic import op

revision = "sampling_0002"
down_revision = "sampling_0001"

_MUST_STAY = {
    # Entries go when their month expires, or with their municipality: then after what was drawn.
    "sampling_drawn": (
        "EXISTS (SELECT 1 FROM audit_entry AS one WHERE one.id = OLD.entry_id AND NOT EXISTS ("
        "SELECT 1 FROM audit_checkpoint AS point WHERE point.month IS NULL "
        "AND point.municipality_id = OLD.municipality_id AND one.at <= point.at))"
    ),
    "sampling_sample": "EXISTS (SELECT 1 FROM sampling_drawn AS one WHERE one.sample_id = OLD.id)",
}


def upgrade() -> None:
    for table, condition in _MUST_STAY.items():
        said = f"{table}: what was drawn is not removed"
        if op.get_bind().dialect.name == "postgresql":
            _keep_on_postgresql(table, condition, said)
        else:
            op.execute(
                f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )


def _keep_on_postgresql(table: str, condition: str, said: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_keep_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' THEN IF NOT {condition} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{said}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_keep_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_keep_refuse()"
    )


def downgrade() -> None:
    for table in _MUST_STAY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {table}_keep_delete ON {table}")
            op.execute(f"DROP TRIGGER {table}_keep_all ON {table}")
            op.execute(f"DROP FUNCTION {table}_keep_refuse()")
        else:
            op.execute(f"DROP TRIGGER {table}_keep_delete")
