"""The name and title of one person, looked up for the few rows that are shown.

A subquery for each, not an outer join: SQLite would make a list of all profiles to join with.
"""

from typing import Any

import sqlalchemy as sa

from aula_sdk import stamdata


def name_of(profile_id: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the name that may be shown of the profile in a column; NULL of an erased one."""
    return _look_up(profile_id, "name")


def title_of(profile_id: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the title in the same way."""
    return _look_up(profile_id, "title")


def _look_up(profile_id: sa.Column[Any], what: str) -> sa.ColumnElement[Any]:
    person = stamdata.profile.alias(f"{profile_id.name}_{what}")
    return (
        sa.select(person.c[what])
        .where(person.c.id == profile_id)
        .correlate(profile_id.table)
        .scalar_subquery()
    )
