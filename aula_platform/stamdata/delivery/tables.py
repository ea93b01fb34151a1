"""Staging tables: a delivery as it came, while it is compared with what is there.

They are emptied when the comparison has been applied or given up. ``id`` is the id that the record
has or will get, ``live_id`` the row it was matched with, ``change`` what applying it would do, and
``problem`` why it cannot be taken (a code of `delivery.problems`; ``field`` says where).
"""

from typing import Any

import sqlalchemy as sa

from aula_platform.stamdata.tables import metadata
from aula_sdk.db import Id, Instant


def _stage(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        f"stamdata_stage_{name}",
        metadata,
        sa.Column("delivery_id", Id, primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("municipality_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("live_id", Id),
        sa.Column("change", sa.String(10)),
        sa.Column("problem", sa.String(40)),
        sa.Column("field", sa.String(40)),
        *columns,
        sa.Index(f"ix_stamdata_stage_{name}_live", "delivery_id", "live_id"),
    )


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _flags(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names]


def _resolved(*names: str) -> list[sa.Column[Any]]:
    """Columns that are filled in when the references are looked up."""
    return [sa.Column(name, Id) for name in names]


def _validity() -> list[sa.Column[Any]]:
    return [sa.Column("valid_from", Instant), sa.Column("valid_to", Instant)]


def _index(name: str, *columns: str) -> sa.Index:
    """An index by which a key is found; with the row, which tells the first of several."""
    return sa.Index(f"ix_stamdata_stage_{name}", "delivery_id", *columns, "row")


institution = _stage(
    "institution",
    *_texts("source_id", "kind", "name", "sort_key", "identifier", "parent_source_id"),
    *_validity(),
    _index("institution_source", "source_id"),
)
person = _stage(
    "person",
    *_texts("source_id", "given_name", "family_name", "name", "sort_key", "search_key"),
    sa.Column("uniid", sa.String),
    sa.Column("birth_date", sa.Date),
    *_texts("email", "phone", "mobile", "address"),
    *_flags("protected", "email_protected", "phone_protected"),
    *_flags("mobile_protected", "address_protected"),
    *_validity(),
    _index("person_source", "source_id"),
    _index("person_uniid", "uniid"),
    _index("person_id", "id"),
)
profile = _stage(
    "profile",
    *_texts("person_source_id", "org_source_id", "kind", "title", "level"),
    *_flags("derived"),
    *_resolved("person_id", "institution_id"),
    *_validity(),
    _index("profile_person", "person_id", "institution_id", "kind"),
    _index("profile_source", "person_source_id", "org_source_id", "kind"),
)
profile_role = _stage(
    "profile_role",
    sa.Column("profile_row", sa.Integer, nullable=False),
    *_texts("role"),
    *_resolved("profile_id", "institution_id"),
    *_validity(),
    _index("profile_role_profile", "profile_id", "role"),
)
group = _stage(
    "group",
    *_texts("source_id", "org_source_id", "name", "sort_key", "kind", "level"),
    *_resolved("institution_id"),
    *_validity(),
    _index("group_source", "source_id"),
)
membership = _stage(
    "membership",
    *_texts("group_source_id", "person_source_id", "role"),
    *_resolved("group_id", "institution_id", "person_id", "profile_id"),
    *_validity(),
    _index("membership_group", "group_id", "profile_id", "role"),
)
guardianship = _stage(
    "guardianship",
    *_texts("guardian_source_id", "child_source_id", "relation"),
    *_flags("custody", "extended_access"),
    *_resolved("guardian_person_id", "child_person_id"),
    *_validity(),
    _index("guardianship_guardian", "guardian_person_id", "child_person_id"),
    _index("guardianship_child", "child_person_id", "guardian_person_id"),
)


def _said(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        f"stamdata_stage_{name}",
        metadata,
        sa.Column("delivery_id", Id, primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("municipality_id", Id, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        *columns,
    )


removed = _said(
    "removed",
    *_texts("first", "second", "third"),
    _index("removed_key", "what", "first", "second"),
)
"""What a delta says is gone, by up to three parts of its key."""

unchanged = _said(
    "unchanged",
    *_texts("first", "second", "third"),
    _index("unchanged_key", "what", "first", "second"),
)
"""What stays as it was, because of a word to that effect or because a row about it was bad."""

complete = _said(
    "complete",
    *_texts("person_source_id"),
    *_resolved("person_id"),
    _index("complete_person", "what", "person_id"),
)
"""Of whom a delta says everything of one kind."""

leaving = sa.Table(
    "stamdata_stage_leaving",
    metadata,
    sa.Column("delivery_id", Id, primary_key=True),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("id", Id, primary_key=True),
    sa.Column("municipality_id", Id, nullable=False),
)
"""Rows that hold now and will be closed."""

STAGES = (institution, person, profile, profile_role, group, membership, guardianship)
ALL = (*STAGES, removed, unchanged, complete, leaving)
