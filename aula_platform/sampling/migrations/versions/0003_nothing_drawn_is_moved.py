"""What was drawn stays with its municipality, by whose checkpoint it is told that it may go."""

from alembic import op

revision = "sampling_0003"
down_revision = "sampling_0002"

_NAME = "sampling_drawn_moved"
_SAID = "sampling_drawn: what was drawn is not changed"


def upgrade() -> None:
    before = f"CREATE TRIGGER {_NAME} BEFORE UPDATE OF municipality_id ON sampling_drawn"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {_NAME}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAID}'; END $$"
        )
        op.execute(f"{before} FOR EACH ROW EXECUTE FUNCTION {_NAME}_refuse()")
    else:
        op.execute(f"{before} BEGIN SELECT RAISE(ABORT, '{_SAID}'); END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {_NAME} ON sampling_drawn")
        op.execute(f"DROP FUNCTION {_NAME}_refuse()")
    else:
        op.execute(f"DROP TRIGGER {_NAME}")
