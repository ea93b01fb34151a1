"""Writes the audit of a transaction inside that transaction (rule 18)."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from aula_platform.audit.copying import copied, write_rows
from aula_platform.audit.tables import entry, subject
from aula_platform.storage import AuditNote, Who, Write
from aula_sdk.audit import AuditKind
from aula_sdk.db import Id
from aula_sdk.ids import new_id
from aula_sdk.people import Actor

SYSTEM = "system"
"""The acting role of jobs, subscribers and commands, behind which there is no person."""
_SYSTEM = Who(None, None, (), SYSTEM, 0)
_LONGEST_REASON = 200
_OPAQUE = re.compile(r"[A-Za-z0-9_.:,-]{0,120}", re.ASCII)


class NotOpaque(Exception):
    """A detail of an audit note could hold something personal; the message names the key only."""


_MANY = copied(subject, "subjects").add_cte(copied(entry, "entries").cte("entered"))
"""One way to the database and back, and the same text for any number of entries."""
_ONE = (
    sa.insert(subject)
    .from_select(
        ["entry_id", "profile_id"],
        sa.select(
            sa.bindparam("id", type_=Id),
            sa.func.unnest(sa.bindparam("about", type_=postgresql.ARRAY(Id()))),
        ),
    )
    .add_cte(
        sa.insert(entry)
        .values({one.name: sa.bindparam(one.name, type_=one.type) for one in entry.c})
        .cte("entered")
    )
)
"""The same for one entry, as most are, at two thirds of what it costs the database."""


async def record(unit: Write) -> None:
    """Write the unit's audit notes as rows of its own transaction: both come, or neither.

    Raises `NotOpaque`, which rolls the write back, when a detail is more than an id, a number or
    an enumeration. The request's id is the one bound as ``request_id`` for the log.

    Nothing here is sealed: that would make the writers of a municipality queue for the last link
    of its chain. `sealing` follows seconds later (decision 0029).
    """
    if not unit.audits:
        return
    await _write(unit, *_rows(unit))


def _rows(unit: Write) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the entries of the unit's notes, and whom they are about."""
    entries: list[dict[str, Any]] = []
    subjects: list[dict[str, Any]] = []
    for note in unit.audits:
        row = {
            "id": new_id(),
            "at": unit.now,
            **_who(note.by, note.municipality_id),
            **_what(note),
        }
        entries.append(row)
        subjects.extend({"entry_id": row["id"], "profile_id": one} for one in _whom(note))
    return entries, subjects


async def _write(
    unit: Write, entries: list[dict[str, Any]], subjects: list[dict[str, Any]]
) -> None:
    """Write both: on PostgreSQL in one statement, which is whole or not at all by itself."""
    if (await unit.connection()).dialect.name == "postgresql":
        if len(entries) == 1:
            about = [row["profile_id"] for row in subjects]
            await unit.execute(_ONE, {**entries[0], "about": about})
            return
        given = {"entries": write_rows(entries), "subjects": write_rows(subjects)}
        await unit.execute(_MANY, given)
        return
    await unit.execute(sa.insert(entry), entries)
    if subjects:
        await unit.execute(sa.insert(subject), subjects)


def _who(by: Actor | Who | None, municipality_id: UUID) -> dict[str, Any]:
    """Name who acted as this municipality knows the person; others' ids are not its business."""
    if by is None:
        by = _SYSTEM
    if isinstance(by, Actor) and by.seen_by is not None:
        looker = by.seen_by
        by = Who(
            looker.account_id, looker.person_id, (looker.profile_id,), looker.role.value,
            int(looker.assurance),
        )  # fmt: skip
    if isinstance(by, Who):
        person, profiles, role = by.person_id, by.profiles, by.role
    else:
        here = [profile for profile in by.profiles if profile.municipality_id == municipality_id]
        person = here[0].person_id if here else None
        profiles, role = tuple(profile.id for profile in here), by.role.value
    return {
        "account_id": by.account_id,
        "person_id": person,
        "profiles": [profile.hex for profile in profiles],
        "role": role,
        "assurance": int(by.assurance),
    }


def _why(note: AuditNote) -> str:
    """Return by which right it was allowed, and through which relations that right is held there.

    Of a reading it is the right that the reading names, of a write what the handler demands.
    """
    if not isinstance(note.by, Actor):
        return ""
    action = note.action if note.kind is AuditKind.LOOK else note.basis
    relations = {
        holding.relation
        for holding in note.by.holdings.get(action, ())
        if note.municipality_id in holding.municipalities
    }
    why = f"{action}:{'|'.join(sorted(relations))}" if action else ""
    looker = note.by.seen_by
    if looker is not None:
        # What the person holds is not what lets another look: that comes first.
        why = looker.basis if action == looker.basis else f"{looker.basis}>{why}"
    return why[:_LONGEST_REASON]


def _what(note: AuditNote) -> dict[str, Any]:
    return {
        "municipality_id": note.municipality_id,
        "kind": note.kind.value,
        "action": note.action,
        "object_id": note.object_id,
        "details": _opaque({**note.details, **_as_whom(note.by)}),
        "allowed_by": _why(note),
        "request_id": note.request_id,
    }


def _whom(note: AuditNote) -> set[UUID]:
    """Return whom it is about: of what was read as somebody else, always that person too."""
    by = note.by
    about = set(note.subjects)
    if isinstance(by, Actor) and by.seen_by is not None and note.action != by.seen_by.basis:
        about.add(by.profiles[0].id)
    return about


def _as_whom(by: Actor | Who | None) -> dict[str, str]:
    """Return as whom somebody acted who is somebody else (ADM-7)."""
    if isinstance(by, Actor) and by.seen_by is not None:
        return {"as": by.profiles[0].id.hex}
    return {}


def _opaque(details: Mapping[str, str | int | bool]) -> dict[str, str | int | bool]:
    for key, value in details.items():
        if isinstance(value, str) and not _OPAQUE.fullmatch(value):
            raise NotOpaque(f"the detail {key!r} holds text, not an id or an enumeration")
    return dict(details)
