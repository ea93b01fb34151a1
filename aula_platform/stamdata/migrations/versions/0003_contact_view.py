"""The published view of how to reach people."""

from alembic import op

from aula_platform.stamdata.views import contact_view_texts

revision = "stamdata_0003"
down_revision = "stamdata_0002"


def upgrade() -> None:
    """Make the view."""
    for name, text in contact_view_texts(op.get_bind().dialect.name).items():
        op.execute(f"CREATE VIEW {name} AS {text}")


def downgrade() -> None:
    """Remove the view."""
    for name in contact_view_texts(op.get_bind().dialect.name):
        op.execute(f"DROP VIEW {name}")
