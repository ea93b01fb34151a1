"""Grants that municipalities and institutions make beyond, or against, the role defaults; roles of
their own; and who has been given a role (RGT-1, RGT-2).
"""

from typing import Any

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata

metadata = plugin_metadata("permissions")
_NOW = sa.bindparam("now", type_=Instant)


def goes_on(table: sa.FromClause, now: sa.ColumnElement[Any] = _NOW) -> sa.ColumnElement[bool]:
    """Return the condition that something holds at a moment, or will: that it is not over."""
    return sa.or_(table.c.valid_to.is_(None), table.c.valid_to > now)


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
    sa.Column("valid_from", Instant),
    sa.Column("valid_to", Instant),
    sa.Column("granted_by", Id),
    sa.CheckConstraint("(role IS NULL) <> (profile_id IS NULL)", name="one_holder"),
    sa.Index("ix_permissions_grant_role", "municipality_id", "role"),
    sa.Index("ix_permissions_grant_profile", "profile_id"),
    sa.Index("ix_permissions_grant_group", "group_id"),
)
"""What was decided of one right, for a role or a person, at one level. Without ``valid_from`` it
holds at once, without ``valid_to`` until somebody takes it back."""

role = sa.Table(
    "permissions_role",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("institution_id", Id),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", Id),
)
"""A role that a municipality or an institution has made: a name, and the grants made to it."""

holder = sa.Table(
    "permissions_holder",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("profile_id", Id, nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("deputy_for", Id),
    sa.Column("valid_from", Instant, nullable=False),
    sa.Column("valid_to", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("granted_by", Id),
    sa.Column("broker", sa.String(64)),
    sa.Index("ix_permissions_holder_profile", "profile_id"),
    sa.Index("ix_permissions_holder_institution", "institution_id"),
    sa.Index("ix_permissions_holder_deputy_for", "deputy_for"),
)
"""Who has been given a role here, beside those that come with a post in the stamdata; and who acts
for somebody else (``deputy_for``) for a time. What a log-in ``broker`` has vouched for counts in
sessions that began there alone (`vouched_roles`)."""

channel = sa.Table(
    "permissions_channel",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("institution_id", Id),
    sa.Column("sender", sa.String(20), nullable=False),
    sa.Column("recipient", sa.String(20), nullable=False),
    sa.Column("closed_at", Instant, nullable=False),
    sa.Column("closed_by", Id),
)
"""Which kinds of people cannot write to which, at an institution or in all of the municipality
(RGT-3)."""

age = sa.Table(
    "permissions_age",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False, index=True),
    sa.Column("institution_id", Id),
    sa.Column("consent_age", sa.SmallInteger),
    sa.Column("secure_area_age", sa.SmallInteger),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("decided_by", Id),
)
"""The age limits that an institution has decided, or a municipality for all of its: one row for
each place that has decided any (CNS-4, SEC-6). Which hold is said in `permissions.ages`."""
