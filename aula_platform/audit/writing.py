"""Writes the audit of a transaction inside that transaction (rule 18)."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from structlog.contextvars import get_contextvars

from aula_platform.audit.tables import entry, subject
from aula_platform.storage import AuditNote, Write
from aula_sdk.ids import new_id
from aula_sdk.people import Actor

SYSTEM = "system"
"""The acting role of jobs, subscribers and commands, behind which there is no person."""
_OPAQUE = re.compile(r"[A-Za-z0-9_.:,-]{0,120}", re.ASCII)


class NotOpaque(Exception):
    """A detail of an audit note could hold something personal; the message names the key only."""


async def record(unit: Write) -> None:
    """Write the unit's audit notes as rows of its own transaction: both come, or neither.

    Raises `NotOpaque`, which rolls the write back, when a detail is more than an id, a number or
    an enumeration. The request's id is the one bound as ``request_id`` for the log.
    """
    if not unit.audits:
        return
    entries: list[dict[str, Any]] = []
    subjects: list[dict[str, Any]] = []
    for note in unit.audits:
        row = {
            "id": new_id(),
            "at": unit.now,
            **_who(unit.actor, note.municipality_id),
            **_what(note),
        }
        entries.append(row)
        subjects.extend(
            {"entry_id": row["id"], "profile_id": profile} for profile in set(note.subjects)
        )
    await unit.execute(sa.insert(entry), entries)
    if subjects:
        await unit.execute(sa.insert(subject), subjects)


def _who(actor: Actor | None, municipality_id: UUID) -> dict[str, Any]:
    """Name the actor as this municipality knows the person; others' ids are not its business."""
    request = str(get_contextvars().get("request_id", ""))[:64]
    if actor is None:
        return {
            "account_id": None,
            "person_id": None,
            "profiles": [],
            "role": SYSTEM,
            "assurance": 0,
            "request_id": request,
        }
    here = [profile for profile in actor.profiles if profile.municipality_id == municipality_id]
    return {
        "account_id": actor.account_id,
        "person_id": here[0].person_id if here else None,
        "profiles": [profile.id.hex for profile in here],
        "role": actor.role.value,
        "assurance": int(actor.assurance),
        "request_id": request,
    }


def _what(note: AuditNote) -> dict[str, Any]:
    return {
        "municipality_id": note.municipality_id,
        "action": note.action,
        "object_id": note.object_id,
        "details": _opaque(note.details),
    }


def _opaque(details: Mapping[str, str | int | bool]) -> dict[str, str | int | bool]:
    for key, value in details.items():
        if isinstance(value, str) and not _OPAQUE.fullmatch(value):
            raise NotOpaque(f"the detail {key!r} holds text, not an id or an enumeration")
    return dict(details)
