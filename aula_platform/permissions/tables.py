"""Grants that municipalities and institutions make beyond, or against, the role defaults."""

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata

metadata = plugin_metadata("permissions")

grant = sa.Table(
    "permissions_grant",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("institution_id", Id),
    sa.Column("group_id", Id),
    sa.Column("role", sa.String(40)),
    sa.Column("profile_id", Id),
    sa.Column("action", sa.String(80), nullable=False),
    sa.Column("relation", sa.String(40), nullable=False),
    sa.Column("allowed", sa.Boolean, nullable=False),
    sa.Column("step_up", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("(role IS NULL) <> (profile_id IS NULL)", name="one_holder"),
)
