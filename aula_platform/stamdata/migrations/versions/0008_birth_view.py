"""The published view of when pupils were born."""

from alembic import op

from aula_platform.stamdata.views import birth_view_texts

revision = "stamdata_0008"
down_revision = "stamdata_0007"


def upgrade() -> None:
    """Make the view."""
    for name, text in birth_view_texts(op.get_bind().dialect.name).items():
        op.execute(f"CREATE VIEW {name} AS {text}")


def downgrade() -> None:
    """Remove the view."""
    for name in birth_view_texts(op.get_bind().dialect.name):
        op.execute(f"DROP VIEW {name}")
