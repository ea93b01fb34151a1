"""The chain's arithmetic: what a link covers, and which month an entry belongs to.

A link is SHA-256 over the link before and everything that an entry says, whom it is about
included. Each municipality has a chain for each month of UTC, which begins with their names, so
that no month can be passed off as another's.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

FORMAT = "aula-audit/1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH
_encode = msgspec.json.Encoder(order="deterministic").encode
_FIELDS = (
    "id",
    "municipality_id",
    "at",
    "kind",
    "account_id",
    "person_id",
    "profiles",
    "role",
    "assurance",
    "action",
    "object_id",
    "details",
    "request_id",
    "allowed_by",
)
_said = attrgetter(*_FIELDS)


def month_of(moment: datetime) -> str:
    """Return the month whose chain a moment belongs to: ``2026-11``."""
    there = moment.astimezone(UTC)
    # Formatting by a pattern takes five times as long, for each entry that is sealed.
    return f"{there.year:04}-{there.month:02}"


def end_of(month: str) -> datetime:
    """Return the first moment after the month."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return (first + timedelta(days=32)).replace(day=1)


def begin(municipality_id: UUID, month: str) -> bytes:
    """Return what the first link of a chain follows."""
    return hashlib.sha256(f"{FORMAT} {municipality_id.hex} {month}".encode()).digest()


def link_after(previous: bytes, entry: Any, subjects: Iterable[UUID]) -> bytes:
    """Return the hash of the link for a row of the audit, after the link before it."""
    about = sorted(subject.hex for subject in subjects)
    return hashlib.sha256(previous + _encode([_said(entry), about])).digest()


def made_at(entry_id: UUID) -> datetime:
    """Return when an id was made, to the millisecond: it stands in a UUIDv7's first 48 bits.

    Of one that claims more years than there are dates for, it is the last day of these.
    """
    return _EPOCH + min(timedelta(milliseconds=entry_id.int >> 80), _LONGEST)


def first_id_of(moment: datetime) -> UUID:
    """Return the smallest id that can have been made at that moment."""
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return UUID(int=milliseconds << 80)
