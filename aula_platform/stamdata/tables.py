"""The tables of stamdata: who belongs where, and since when.

Every row of people and belonging says from which source it comes, so that a later delivery finds
it again, and when it holds: ``valid_from <= now < valid_to``. Nobody is deleted by leaving; a
closed row has a ``valid_to``. There is no CPR number anywhere.
"""

from typing import Any

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata, plugin_table

metadata = plugin_metadata("stamdata")

MAX_SOURCE_ID = 255


def _table(name: str, *items: sa.schema.SchemaItem) -> sa.Table:
    """Return a table whose rows have a source and hold for a time."""
    return plugin_table(
        metadata,
        f"stamdata_{name}",
        *items,
        sa.Column("source", sa.String(63), nullable=False),
        sa.Column("valid_from", Instant, nullable=False),
        sa.Column("valid_to", Instant),
    )


def _key() -> sa.Column[Any]:
    return sa.Column("id", Id, primary_key=True)


def _source_id() -> sa.Column[Any]:
    return sa.Column("source_id", sa.String(MAX_SOURCE_ID), nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String, nullable=False, default="", server_default="")


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False, default=False, server_default=sa.false())


def _to(name: str, target: str) -> sa.Column[Any]:
    return sa.Column(name, Id, sa.ForeignKey(f"stamdata_{target}.id"), nullable=False)


municipality = sa.Table(
    "stamdata_municipality",
    metadata,
    _key(),
    sa.Column("key", sa.String(63), nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    _text("code"),
    sa.Column("epoch", sa.BigInteger, nullable=False, default=0, server_default="0"),
)
"""Municipalities by their key in the settings; ``epoch`` counts the changes of their stamdata, so
that snapshots and comparisons made before a change are known to be old (rule 20)."""

institution = _table(
    "institution",
    _key(),
    _source_id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("sort_key", sa.String, nullable=False),
    _text("identifier"),
    _text("parent_source_id"),
    sa.UniqueConstraint("municipality_id", "source", "source_id"),
)
"""Schools, day-cares, administrations and the municipality itself (ID-7)."""

person = _table(
    "person",
    _key(),
    _source_id(),
    _text("given_name"),
    _text("family_name"),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("sort_key", sa.String, nullable=False),
    sa.Column("search_key", sa.String, nullable=False),
    _flag("protected"),
    sa.Column("uniid", sa.String(63), index=True),
    sa.Column("birth_date", sa.Date),
    sa.UniqueConstraint("municipality_id", "source", "source_id"),
    sa.UniqueConstraint("municipality_id", "uniid"),
    sa.Index("ix_stamdata_person_search", "municipality_id", "search_key"),
    sa.Index(
        "ix_stamdata_person_protected",
        "id",
        sqlite_where=sa.text("protected"),
        postgresql_where=sa.text("protected"),
    ),
)
"""Persons, each of one municipality (rule 8). A protected one is kept by the alias (STM-12)."""

contact = plugin_table(
    metadata,
    "stamdata_contact",
    sa.Column("person_id", Id, sa.ForeignKey("stamdata_person.id"), primary_key=True),
    _text("email"),
    _text("phone"),
    _text("mobile"),
    _text("address"),
    _flag("email_protected"),
    _flag("phone_protected"),
    _flag("mobile_protected"),
    _flag("address_protected"),
)
"""How to reach a person, apart from the person so that no query meets it by accident (STM-14).

It has no history: an address that no longer holds is of no use to a school.
"""

profile = _table(
    "profile",
    _key(),
    _to("person_id", "person"),
    _to("institution_id", "institution"),
    sa.Column("kind", sa.String(20), nullable=False),
    _text("title"),
    _text("level"),
    _flag("derived"),
    sa.UniqueConstraint("person_id", "institution_id", "kind"),
    sa.Index("ix_stamdata_profile_institution", "institution_id", "kind"),
)
"""A person at an institution (ID-1). A guardian's profile is ``derived`` from the child's when the
source gives none; it lasts as long as a child of theirs is there."""

profile_role = _table(
    "profile_role",
    _key(),
    _to("profile_id", "profile"),
    sa.Column("role", sa.String(63), nullable=False),
    sa.Index("ix_stamdata_profile_role_profile", "profile_id"),
)
"""Administrators' roles that come with a post (ADM-1, ADM-2)."""

group = _table(
    "group",
    _key(),
    _to("institution_id", "institution"),
    _source_id(),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("sort_key", sa.String, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    _text("level"),
    sa.UniqueConstraint("municipality_id", "source", "source_id"),
    sa.Index("ix_stamdata_group_institution", "institution_id", "sort_key"),
)
"""Classes, year groups, teams and the like (domain 6.3)."""

membership = _table(
    "membership",
    _key(),
    _to("group_id", "group"),
    _to("profile_id", "profile"),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Index("ix_stamdata_membership_group", "group_id", "profile_id"),
    sa.Index("ix_stamdata_membership_profile", "profile_id", "group_id"),
)
"""Who is or was in a group, one row for each unbroken time."""

guardianship = _table(
    "guardianship",
    _key(),
    _to("guardian_person_id", "person"),
    _to("child_person_id", "person"),
    _text("relation"),
    _flag("custody"),
    _flag("extended_access"),
    sa.Index("ix_stamdata_guardianship_guardian", "guardian_person_id", "child_person_id"),
    sa.Index("ix_stamdata_guardianship_child", "child_person_id", "guardian_person_id"),
)
"""Contact persons of children (STM-8), between persons: it holds at every institution where both
have a profile. A change of custody ends one row and begins another, so both have an answer."""

imported = plugin_table(
    metadata,
    "stamdata_import",
    _key(),
    sa.Column("source", sa.String(63), nullable=False),
    sa.Column("format", sa.String, nullable=False),
    sa.Column("mode", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("errors", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("counts", JSON, nullable=False),
    sa.Column("stops", JSON, nullable=False, default=list, server_default="[]"),
    sa.Index("ix_stamdata_import_newest", "municipality_id", "started_at", "id"),
)
"""One run of an import: what it found, what stopped it, and whether it was applied. No names of
people, no paths."""

as_of = plugin_table(
    metadata,
    "stamdata_as_of",
    sa.Column("source", sa.String(63), nullable=False),
    _source_id(),
    sa.Column("as_of", Instant, nullable=False),
    sa.PrimaryKeyConstraint("municipality_id", "source", "source_id"),
)
"""When a source says that what has been applied of an institution was so; nothing older is taken
afterwards. No names, no paths."""

import_error = plugin_table(
    metadata,
    "stamdata_import_error",
    sa.Column("import_id", Id, sa.ForeignKey("stamdata_import.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("field", sa.String, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("reason", JSON, nullable=False),
    _flag("fatal"),
)
"""Rows that could not be taken. ``reason`` is a text to be translated for whoever reads it."""
