"""The view of reach: guardians can be members of groups themselves."""

from alembic import op

from aula_platform.stamdata.views import reach_of_guardian_members, view_texts

revision = "stamdata_0005"
down_revision = "stamdata_0004"

_VIEW = "stamdata_reach_v1"


def upgrade() -> None:
    """Make the view anew; its columns stay as they were."""
    op.execute(f"DROP VIEW {_VIEW}")
    text = reach_of_guardian_members(op.get_bind().dialect.name)
    op.execute(f"CREATE VIEW {_VIEW} AS {text}")


def downgrade() -> None:
    """Make the first view again."""
    op.execute(f"DROP VIEW {_VIEW}")
    op.execute(f"CREATE VIEW {_VIEW} AS {view_texts(op.get_bind().dialect.name)[_VIEW]}")
