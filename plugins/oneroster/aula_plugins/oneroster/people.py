"""People: one record a user, under the name that may be shown.

A protected person's real name and address end here (STM-12): with an alias only the alias goes on,
without one the person is not taken in. Passwords and foreign identifiers are never read.
"""

from datetime import date

import msgspec

from aula_plugins.oneroster.rows import BadRow, Row
from aula_plugins.oneroster.values import read_user_ids
from aula_sdk.stamdata_source import ContactData, PersonRecord
from aula_sdk.stamdata_values import (
    BadValue,
    looks_like_cpr,
    read_boolean,
    read_date,
    read_email,
    read_phone,
    read_text,
    read_uniid,
    veil,
)

_UNIID_TYPES = frozenset({"uniid", "uni-id", "unilogin"})
_IDENTIFIERS = ("identifier", "userIds", "userMasterIdentifier", "metadata.uniid")
_NAME_LENGTH = 120
_LEVEL_LENGTH = 8


class Name(msgspec.Struct, frozen=True):
    """A name in its two parts; one of them can be empty."""

    given: str
    family: str


def read_person(row: Row, person_id: str, birth_date: date | None) -> PersonRecord:
    """Return the person of a row; raise `BadRow` when none may be taken from it."""
    for column in _IDENTIFIERS:
        if looks_like_cpr(row.text(column)):
            raise BadRow(row.error(column, "cpr.refused"))
    real = _real_name(row)
    protected = _is_protected(row)
    shown = _alias(row) if protected else real
    if not shown.given and not shown.family:
        raise BadRow(
            row.error("metadata.aliasGivenName", "protected.no-alias", show=False)
            if protected
            else row.error("givenName", "name.missing", show=False)
        )
    # A number that was spread over the parts of a name is one again when they are joined.
    if looks_like_cpr(f"{shown.given} {shown.family}"):
        raise BadRow(row.error("givenName", "cpr.refused"))
    contact = _contact(row)
    return PersonRecord(
        source_id=person_id,
        given_name=shown.given,
        family_name=shown.family,
        uniid=_uniid(row),
        protected=protected,
        birth_date=birth_date or row.optional("metadata.birthDate", read_date, None),
        contact=veil(contact, f"{real.given} {real.family}") if protected else contact,
    )


def _real_name(row: Row) -> Name:
    """Return the name a person goes by: the preferred one of 1.2, else the registered one."""
    given = _name(row, "preferredGivenName") or _name(row, "givenName")
    middle = _name(row, "preferredMiddleName") or _name(row, "middleName")
    family = _name(row, "preferredFamilyName") or _name(row, "familyName")
    return Name(f"{given} {middle}".strip(), family)


def _alias(row: Row) -> Name:
    given = _name(row, "metadata.aliasGivenName") or _name(row, "metadata.aliasFirstName")
    family = _name(row, "metadata.aliasFamilyName")
    return Name(given or _name(row, "metadata.alias"), family)


def _name(row: Row, column: str) -> str:
    return row.optional(column, lambda text: read_text(text, _NAME_LENGTH), "")


def _is_protected(row: Row) -> bool:
    """Whether the person is protected; a mark that cannot be read protects (R8)."""
    return row.optional("metadata.protected", read_boolean, bool(row.text("metadata.protected")))


def may_stay(row: Row) -> bool:
    """Whether what is kept already of the person may stay as it was when the row is bad.

    Not when the row protects the person: what is kept may be the real name (STM-12).
    """
    try:
        return not (text := row.text("metadata.protected")) or not read_boolean(text)
    except BadValue:
        return False


def _uniid(row: Row) -> str:
    """Return by what the person signs in: nothing when the source has switched the user off."""
    enabled = row.optional("enabledUser", read_boolean, True)
    named = row.optional("userIds", _uniid_among, "")
    own = row.optional("metadata.uniid", read_uniid, "")
    return (named or own) if enabled else ""


def _uniid_among(text: str) -> str:
    for kind, value in read_user_ids(text):
        if kind in _UNIID_TYPES and value:
            return read_uniid(value)
    return ""


def _contact(row: Row) -> ContactData:
    return ContactData(
        email=row.optional("email", read_email, ""),
        phone=row.optional("phone", read_phone, ""),
        mobile=row.optional("sms", read_phone, ""),
        address=_address(row),
        email_protected=_flag(row, "metadata.emailProtected"),
        phone_protected=_flag(row, "metadata.phoneProtected"),
        mobile_protected=_flag(row, "metadata.smsProtected"),
        address_protected=_flag(row, "metadata.addressProtected"),
    )


def _flag(row: Row, column: str) -> bool:
    return row.optional(column, read_boolean, bool(row.text(column)))


def _address(row: Row) -> str:
    whole = row.optional("metadata.address", lambda text: read_text(text, 300), "")
    if whole:
        return whole
    street, code, town = (
        row.optional(f"metadata.{part}", lambda text: read_text(text, 120), "")
        for part in ("street", "postalCode", "postalDistrict")
    )
    return ", ".join(part for part in (street, f"{code} {town}".strip()) if part)


def read_level(row: Row) -> str:
    """Return the level of a pupil or class: the first of ``grades``, without leading zeros."""

    def level(text: str) -> str:
        first = text.replace(";", ",").split(",")[0].strip().strip('"')
        if len(first) > _LEVEL_LENGTH or not first.isalnum():
            raise BadValue("value.unknown")
        if first.isdigit():
            return first.lstrip("0") or "0"
        return {"KG": "0", "PK": "DT", "PR": "DT"}.get(first.upper(), first.upper())

    return row.optional("grades", level, "")
