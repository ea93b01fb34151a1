"""Which rows name a person, found by looking at every table: what exports are compared with.

A row names somebody when one of its ids is the person's, a profile's or the account's. Ids are
UUIDs, so that no column needs to be declared for it, and none can be forgotten (R25).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.audit.tables import subject as audit_subject
from aula_platform.identity.tables import break_glass, impersonation
from aula_platform.permissions.support.hidden import is_of_glass
from aula_platform.privacy.person.subject import Subject
from aula_platform.storage import EVERYWHERE, Read
from aula_platform.storage.wall import COLUMN
from aula_sdk.db import Id

Key = tuple[Any, ...]
"""The primary key of a row."""

PASSING: Mapping[str, str] = {
    "events_delivery": "which part of the program was told of an event: ids, gone within a week",
    "events_lane": "which worker was to tell whom: ids, gone when it is told",
    "events_outbox": "that something happened, as ids, for a week; the audit has it too",
    "storage_idempotency": "keys that keep a form from being sent twice, for a week",
}
"""Tables of which nothing is given out to a person, with why. Beside these: what a delivery of
stamdata stages, which is gone when it has been applied."""
STAGED = "stamdata_stage_"


def is_passing(table: sa.Table) -> bool:
    """Whether nothing of the table is given out."""
    return table.name in PASSING or table.name.startswith(STAGED)


def naming_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Return the columns in which a person can be named."""
    ids = (column for column in table.c if isinstance(column.type, Id))
    return [column for column in ids if column.name != COLUMN]


def names(table: sa.Table, subject: Subject) -> sa.ColumnElement[bool]:
    """Return the condition for the municipality's rows that name the person."""
    ids = sorted(subject.ids)
    named = sa.or_(sa.false(), *(column.in_(ids) for column in naming_columns(table)))
    if COLUMN in table.c:
        named = sa.and_(table.c[COLUMN] == subject.place.id, named)
    return sa.and_(named, is_told(table, subject))


def is_told(table: sa.Table, subject: Subject) -> sa.ColumnElement[bool]:
    """Return the condition for rows that whoever gets the export may know of, by so much as a key.

    Somebody else may be the parent from whom the other hides with the child: that somebody asked
    to read beyond their rights, or did, is told to who may know it by *who has looked* (R8).
    """
    if not subject.for_other:
        return sa.true()
    if table in (break_glass, impersonation):
        return sa.false()
    if table is entry:
        return sa.not_(is_of_glass())
    if table is audit_subject:
        return ~sa.exists().where(entry.c.id == audit_subject.c.entry_id, is_of_glass())
    return sa.true()


def key_of(table: sa.Table, row: Mapping[str, Any]) -> Key:
    """Return the primary key of a row that was given out, with None where a part was left out.

    A part is left out when it would name somebody else.
    """
    return tuple(row.get(column.name) for column in table.primary_key)


async def find_traces(
    read: Read, tables: Iterable[sa.Table], subject: Subject
) -> dict[str, set[Key]]:
    """Return the keys of all rows that name the person, by table; tables without any are left out.

    The account's own tables belong to no municipality and are found by its id.
    """
    found: dict[str, set[Key]] = {}
    for table in tables:
        if not naming_columns(table):
            continue
        read.wall = subject.place.wall if COLUMN in table.c else EVERYWHERE
        statement = sa.select(*table.primary_key.columns).where(names(table, subject))
        keys = {tuple(row) for row in await read.rows(statement)}
        if keys:
            found[table.name] = keys
    read.wall = subject.place.wall
    return found
