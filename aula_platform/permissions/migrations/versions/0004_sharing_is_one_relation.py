"""What was decided of the three widths of sharing is from now on said of sharing as such."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0004"
down_revision = "permissions_0003"

_WIDTHS = ("shared_with_class", "shared_with_year", "shared_with_institution")
_SHARED = "shared"
_LEVEL = ("municipality_id", "institution_id", "group_id", "role", "profile_id")
_grant = sa.table(
    "permissions_grant",
    sa.column("id", aula_sdk.db.Id()),
    sa.column("municipality_id", aula_sdk.db.Id()),
    sa.column("institution_id", aula_sdk.db.Id()),
    sa.column("group_id", aula_sdk.db.Id()),
    sa.column("role", sa.String),
    sa.column("profile_id", aula_sdk.db.Id()),
    sa.column("action", sa.String),
    sa.column("relation", sa.String),
    sa.column("allowed", sa.Boolean),
    sa.column("step_up", sa.Boolean),
    sa.column("valid_to", aula_sdk.db.Instant()),
)


def upgrade() -> None:
    """One decision is left of each level: a withdrawal of any width, else the allowance that asks
    for most. What was already decided of sharing as such is a newer word, and stays.
    """
    bind = op.get_bind()
    of_action = _grant.c.action == "contacts.see_contact_data"
    found = bind.execute(
        sa.select(_grant).where(of_action, _grant.c.relation.in_((*_WIDTHS, _SHARED)))
    )
    levels: dict[tuple[Any, ...], list[Any]] = {}
    for row in found:
        levels.setdefault(tuple(getattr(row, name) for name in _LEVEL), []).append(row)
    for rows in levels.values():
        kept = min(rows, key=_rank)
        for row in rows:
            if row.relation != _SHARED and row is not kept:
                bind.execute(sa.delete(_grant).where(_grant.c.id == row.id))
        this = _grant.c.id == kept.id
        bind.execute(sa.update(_grant).where(this).values(relation=_SHARED))


def _rank(row: Any) -> tuple[bool, bool, bool, bool]:
    is_over = row.valid_to is not None and row.valid_to <= datetime.now(UTC)
    return row.relation != _SHARED, is_over, row.allowed, not row.step_up


def downgrade() -> None:
    """Nothing: there is no telling which width was meant."""
