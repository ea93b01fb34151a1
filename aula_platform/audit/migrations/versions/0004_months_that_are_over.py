"""A checkpoint names a month that is over, or none: no other lets a month's entries go."""

from alembic import op

revision = "audit_0004"
down_revision = "audit_0003"

_NOT_OVER = (
    "(NEW.month IS NULL) <> (NEW.until IS NULL) OR NEW.until > {now} OR NEW.month >= {month}"
)
_SAID = "audit_checkpoint names a month that is not over"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        condition = _NOT_OVER.format(
            now="now()", month="to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM') COLLATE \"C\""
        )
        op.execute(
            "CREATE FUNCTION audit_checkpoint_check() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {condition} THEN RAISE EXCEPTION '{_SAID}'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_checkpoint_over BEFORE INSERT ON audit_checkpoint "
            "FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_check()"
        )
    else:
        # Moments are whole microseconds there.
        condition = _NOT_OVER.format(
            now="CAST(strftime('%s', 'now') AS INTEGER) * 1000000", month="strftime('%Y-%m', 'now')"
        )
        op.execute(
            "CREATE TRIGGER audit_checkpoint_over BEFORE INSERT ON audit_checkpoint "
            f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_checkpoint_over ON audit_checkpoint")
        op.execute("DROP FUNCTION audit_checkpoint_check()")
    else:
        op.execute("DROP TRIGGER audit_checkpoint_over")
