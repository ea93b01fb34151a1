"""What a single record must be like, whoever sends it, before it is staged."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from aula_platform.stamdata.delivery.problems import problem
from aula_platform.stamdata.tables import MAX_SOURCE_ID
from aula_sdk.stamdata_source import (
    Complete,
    ContactData,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
    Removed,
    RowError,
    Unchanged,
)
from aula_sdk.stamdata_values import looks_like_cpr

MAX_TEXT = 1000
MAX_UNIID = 63
_MOST_PARTS = 4
"""The kind and the three ids by which a profile or membership is known."""
_MAY_BE_EMPTY = frozenset(
    {
        "given_name",
        "family_name",
        "uniid",
        "title",
        "level",
        "identifier",
        "parent_source_id",
        "relation",
    }
)


def faults(record: Record) -> Iterator[RowError]:
    """Yield what is wrong with the record by itself. No value is repeated."""
    what, about = name_of(record), _about(record)
    for field, value in msgspec.structs.asdict(record).items():
        if isinstance(value, str):
            code = _fault_of_text(field, value)
        elif isinstance(value, tuple):
            code = "cpr.refused" if any(looks_like_cpr(part) for part in value) else ""
        elif isinstance(value, datetime):
            code = "dates.zone" if value.tzinfo is None else ""
        else:
            code = _fault_of_contact(value) if isinstance(value, ContactData) else ""
        if code:
            yield problem(what, field, code, about=about)
    if isinstance(record, PersonRecord) and not (record.given_name + record.family_name).strip():
        yield problem(what, "given_name", "value.missing", about=about)


def _fault_of_text(field: str, text: str) -> str:
    limit = MAX_SOURCE_ID if field.endswith("source_id") else MAX_TEXT
    if not text and field not in _MAY_BE_EMPTY:
        return "value.missing"
    if len(text) > (MAX_UNIID if field == "uniid" else limit):
        return "value.too-long"
    return "cpr.refused" if looks_like_cpr(text) else ""


def _fault_of_contact(contact: ContactData) -> str:
    texts = (contact.email, contact.phone, contact.mobile, contact.address)
    if any(len(text) > MAX_TEXT for text in texts):
        return "value.too-long"
    return "cpr.refused" if looks_like_cpr(contact.address) else ""


def name_of(record: Record) -> str:
    """Return the kind of record, as `Removed.what` names it."""
    if isinstance(record, Removed | Complete | Unchanged):
        return record.what
    return type(record).__name__.removesuffix("Record").lower()


def is_fit_to_name(about: tuple[str, ...]) -> bool:
    """Whether `RowError.about` names something, by ids that may be kept (R20)."""
    return (
        1 < len(about) <= _MOST_PARTS
        and about[1] != ""
        and not any(len(part) > MAX_SOURCE_ID or looks_like_cpr(part) for part in about)
    )


def _about(record: Record) -> tuple[str, ...]:
    """Return what a record that is refused is about, unless its ids are what is wrong with it."""
    match record:
        case OrgRecord() | PersonRecord() | GroupRecord():
            key: tuple[str, ...] = (record.source_id,)
        case ProfileRecord():
            key = (record.person_source_id, record.org_source_id, record.kind.value)
        case MembershipRecord():
            key = (record.group_source_id, record.person_source_id, record.role)
        case GuardianshipRecord():
            key = (record.guardian_source_id, record.child_source_id)
        case _:
            return ()
    about = (name_of(record), *key)
    return about if is_fit_to_name(about) else ()
