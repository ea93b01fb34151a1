"""What the kernel's own rooms keep about a person, without what is others' in it.

Plugins say this of theirs (`SubjectData`); for the rooms it is said here, since it goes across
them. What is not named here is given out whole.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.audit.tables import subject as audit_subject
from aula_platform.identity.tables import (
    access_key,
    break_glass,
    credential,
    impersonation,
    session,
)
from aula_platform.identity.tables import metadata as identity
from aula_platform.permissions.tables import age, channel, grant, holder, role
from aula_platform.privacy.person.subject import Subject
from aula_platform.privacy.person.traces import is_passing, is_told, names, naming_columns
from aula_platform.privacy.retention.tables import freeze, policy, run
from aula_platform.privacy.tables import request
from aula_platform.sampling.tables import drawn, sample
from aula_platform.stamdata.tables import contact, guardianship
from aula_platform.storage import EVERYWHERE, Read
from aula_platform.storage.wall import COLUMN
from aula_sdk import stamdata
from aula_sdk.audit import AuditKind

Row = dict[str, Any]

_SECRETS: Mapping[str, tuple[str, ...]] = {
    session.name: ("token_hash", "broker_subject", "broker_sid"),
    access_key.name: ("key_hash",),
    credential.name: ("subject",),
}
"""With these somebody else could sign in, or be taken for the person by a log-in broker."""

_OTHERS: Mapping[str, tuple[str, ...]] = {
    grant.name: ("profile_id", "granted_by"),
    holder.name: ("profile_id", "deputy_for", "granted_by"),
    role.name: ("created_by",),
    channel.name: ("closed_by",),
    age.name: ("decided_by",),
    policy.name: ("decided_by",),
    freeze.name: ("target_id", "frozen_by", "lifted_by"),
    run.name: ("planned_by", "announced_by"),
    impersonation.name: ("profile_id", "supporter_id"),
    break_glass.name: ("profile_id", "asker_id", "decider_id"),
}
"""Columns that can name somebody else: such an id is left out, the person's own is not."""

_DEED = ("account_id", "person_id", "profiles", "object_id", "details", "request_id")
"""Of what somebody else did: who it was is told, as far as it may be, by who has looked."""
_CUSTODY = ("guardian_person_id", "custody", "extended_access", "valid_from", "valid_to")
"""Who has custody is told to no child, and to no other guardian (CON-6, R1)."""
_ASKING = ("asker_id", "account_id", "locale", "words", "answer", "file_id")
"""Of a request: what is between whoever has asked and whoever answers."""
_ASKED_ABOUT = ("person_id", "institution_id", "what")


async def export_kernel(
    read: Read, tables: Iterable[sa.Table], subject: Subject
) -> AsyncIterator[tuple[str, Row]]:
    """Yield (table, row) of everything that the rooms keep about the person.

    Handed to somebody else, who may be the parent from whom the other hides with the child, it
    tells no address but what everybody may know (decision 0017, R8), nor where and when the
    person logs in: of these rows it has the key alone.
    """
    for table in tables:
        if is_passing(table) or not naming_columns(table):
            continue
        read.wall = subject.place.wall if COLUMN in table.c else EVERYWHERE
        statement = sa.select(table).where(names(table, subject))
        if subject.for_other and table is contact:
            statement = _public_contact(subject)
        for row in await read.rows(statement.order_by(*table.primary_key.columns)):
            yield table.name, _tell(table, dict(row._mapping), subject)  # noqa: SLF001  # SQLAlchemy's public name for it.
    read.wall = subject.place.wall
    about = sa.select(audit_subject.c.entry_id).where(
        audit_subject.c.profile_id.in_(subject.profiles)
    )
    here = sa.and_(entry.c.municipality_id == subject.place.id, is_told(entry, subject))
    for row in await read.rows(sa.select(entry).where(entry.c.id.in_(about), here)):
        yield entry.name, _tell(entry, dict(row._mapping), subject)  # noqa: SLF001
    if not subject.for_other:
        for row in await read.rows(_found_of(subject)):
            yield drawn.name, dict(row._mapping)  # noqa: SLF001


def _found_of(subject: Subject) -> sa.Select[Any]:
    """Select what was found of the person's own deeds, once the sample was signed off (art. 15).

    Not before: somebody may be looking into it. What was written about it can be about others.
    """
    told = ("sample_id", "number", "municipality_id", "drawn_as", "verdict", "judged_at")
    return (
        sa.select(*(drawn.c[name] for name in told))
        .join(entry, entry.c.id == drawn.c.entry_id)
        .join(sample, sample.c.id == drawn.c.sample_id)
        .where(
            drawn.c.municipality_id == subject.place.id,
            entry.c.person_id == subject.person_id,
            sample.c.signed_at.is_not(None),
        )
        .order_by(drawn.c.sample_id, drawn.c.number)
    )


def _tell(table: sa.Table, row: Row, subject: Subject) -> Row:
    """Return the row as it is given out."""
    if subject.for_other and _is_log_in(table, row):
        return {column.name: row[column.name] for column in table.primary_key}
    for name in _SECRETS.get(table.name, ()):
        del row[name]
    for name in _OTHERS.get(table.name, ()):
        if row[name] not in subject.ids:
            del row[name]
    rule = _RULES.get(table.name)
    for name in rule(row, subject.ids) if rule else ():
        del row[name]
    return row


def _is_log_in(table: sa.Table, row: Row) -> bool:
    return table.metadata is identity or (table is entry and row["kind"] == AuditKind.SIGN_IN)


def _public_contact(subject: Subject) -> sa.Select[Any]:
    """Select what the view of contact data tells, which has no mark of what is protected."""
    told = stamdata.contact.c
    ways = [told[name] for name in ("email", "phone", "mobile", "address")]
    mine = contact.c.person_id == subject.person_id
    return (
        sa.select(contact.c.municipality_id, contact.c.person_id, *ways)
        .join(stamdata.contact, told.person_id == contact.c.person_id)
        .where(mine, contact.c.municipality_id == subject.place.id)
    )


def _of_deed(row: Row, own: frozenset[UUID]) -> tuple[str, ...]:
    return () if {row["account_id"], row["person_id"]} & own else _DEED


def _of_family(row: Row, own: frozenset[UUID]) -> tuple[str, ...]:
    return () if row["guardian_person_id"] in own else _CUSTODY


def _of_request(row: Row, own: frozenset[UUID]) -> tuple[str, ...]:
    """Hide who decided from who asked, and everything from everybody else but that it was."""
    hidden = () if row["decider_id"] in own else ("decider_id",)
    if {row["asker_id"], row["account_id"]} & own:
        return hidden
    return (*hidden, *_ASKING, *(() if row["person_id"] in own else _ASKED_ABOUT))


def _of_glass(row: Row, own: frozenset[UUID]) -> tuple[str, ...]:
    """Of a wish about the person: what of and why they are told when it is approved, not before.

    A wish that waits may be about what the person does to somebody; one that is refused opened
    nothing. Whoever has asked or decided gets their own words.
    """
    is_known = row["ends_at"] is not None
    if is_known or {row.get("asker_id"), row.get("decider_id")} & own:
        return ()
    return ("area", "reason", "hours", "decided_at", "withdrawn_at")


def _of_judging(_row: Row, _own: frozenset[UUID]) -> tuple[str, ...]:
    """Of an entry that the person has judged: what was found is about whoever did the deed."""
    return ("entry_id", "drawn_as", "signals", "verdict", "note")


def _of_freeze(_row: Row, _own: frozenset[UUID]) -> tuple[str, ...]:
    """Why something must not be deleted is between the municipality and whoever asks for it."""
    return ("reason",)


_RULES: Mapping[str, Callable[[Row, frozenset[UUID]], tuple[str, ...]]] = {
    entry.name: _of_deed,
    guardianship.name: _of_family,
    request.name: _of_request,
    drawn.name: _of_judging,
    freeze.name: _of_freeze,
    break_glass.name: _of_glass,
}
