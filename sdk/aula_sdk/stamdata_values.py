"""How one value of a file of stamdata is read, whatever the format around it.

Every reader returns the value or raises `BadValue` with a reason code. What was there is never
repeated; `shape_of` shows letters and digits as placeholders, which is enough to find the mistake.
"""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from aula_sdk.names import search_key
from aula_sdk.stamdata_source import ContactData

MAX_ID = 255
ZONE = ZoneInfo("Europe/Copenhagen")
_EARLIEST, _LATEST = 1900, 2200

_CPR = re.compile(
    r"(?<![0-9A-Za-z])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d\d"
    r"[- ]?\d{4}(?![0-9A-Za-z])"
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z|(\d{4})(\d{2})(\d{2})\Z")
_UNIID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,253}\Z")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,30}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNDECODED = re.compile(r"[\ud800-\udfff]")
_WORD = re.compile(r"[a-z]{3,}")

TRUE = frozenset({"true", "1", "yes", "y", "t", "ja", "j", "sand"})
FALSE = frozenset({"false", "0", "no", "n", "f", "nej", "falsk"})


class BadValue(Exception):
    """A value cannot be taken; ``reason`` is the code that goes into the report."""

    def __init__(self, reason: str) -> None:
        """Keep the code and nothing of the value."""
        super().__init__(reason)
        self.reason = reason


def shape_of(text: str) -> str:
    """Return the pattern of a value without the value: ``Jens 12`` becomes ``Aaaa 99``."""
    shape = "".join(
        "9" if sign.isdigit() else ("A" if sign.isupper() else "a") if sign.isalpha() else sign
        for sign in text[:24]
    )
    visible = _UNDECODED.sub("?", _CONTROL.sub("?", shape))
    return f"{visible}… ({len(text)})" if len(text) > len(visible) else visible


def looks_like_cpr(text: str) -> bool:
    """Whether a Danish civil registration number may be in the text.

    Replacement numbers (day plus 60) count too. An id that merely happens to look like one is
    refused as well: no CPR number may come to rest here (R20).
    """
    return _CPR.search(text) is not None


def read_text(text: str, limit: int) -> str:
    """Return running text with single spaces, at most ``limit`` characters, without controls.

    A CPR number in it is refused: people put one where a name or a remark belongs (R20).
    """
    tidy = " ".join(text.split())
    if _UNDECODED.search(tidy):
        raise BadValue("encoding.not-utf-8")
    if _CONTROL.search(tidy):
        raise BadValue("text.control-character")
    if len(tidy) > limit:
        raise BadValue("text.too-long")
    if looks_like_cpr(tidy):
        raise BadValue("cpr.refused")
    return tidy


def read_guid(text: str) -> str:
    """Return an opaque id: 1 to 255 printable characters that are not a CPR number."""
    if not text:
        raise BadValue("value.missing")
    if len(text) > MAX_ID:
        raise BadValue("guid.too-long")
    if _UNDECODED.search(text):
        raise BadValue("encoding.not-utf-8")
    if _CONTROL.search(text):
        raise BadValue("guid.control-character")
    if looks_like_cpr(text):
        raise BadValue("cpr.refused")
    return text


def read_boolean(text: str) -> bool:
    """Return a truth value in any of the spellings that are met."""
    folded = text.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    raise BadValue("boolean.unknown")


def read_date(text: str) -> date:
    """Return the day; a time with a zone counts as the day it is in Denmark."""
    try:
        found = _parse_date(text)
    except (ValueError, OverflowError) as error:
        raise BadValue("date.malformed") from error
    if not _EARLIEST <= found.year <= _LATEST:
        raise BadValue("date.out-of-range")
    return found


def _parse_date(text: str) -> date:
    if match := _DATE.match(text):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        return date(year, month, day)
    if len(text) < len("2026-08-01T00:00"):
        raise ValueError
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return the instant at which ``day`` begins in Denmark."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def read_uniid(text: str) -> str:
    """Return a UNI-ID in lower case, as the log-in broker gives it."""
    folded = text.lower()
    if looks_like_cpr(folded):
        raise BadValue("cpr.refused")
    if not _UNIID.match(folded):
        raise BadValue("uniid.malformed")
    return folded


def read_email(text: str) -> str:
    """Return an address that can be written to; its details are the mail server's business."""
    if _UNDECODED.search(text) or not _EMAIL.match(text):
        raise BadValue("email.malformed")
    if looks_like_cpr(text):
        raise BadValue("cpr.refused")
    return text


def read_phone(text: str) -> str:
    """Return a telephone number as it was written, blanks single."""
    tidy = " ".join(text.split())
    if not _PHONE.match(tidy):
        raise BadValue("phone.malformed")
    # Danish numbers have eight digits; ten without a country's code before them are no number.
    if not tidy.startswith("+") and looks_like_cpr(tidy):
        raise BadValue("cpr.refused")
    return tidy


def veil(contact: ContactData, real_name: str) -> ContactData:
    """Return what is left of a protected person's contact data: no address, no telling e-mail.

    ``real_name`` is what the alias stands for; an e-mail with a part of it in it goes (STM-12).
    """
    telling = any(
        part in search_key(contact.email) for part in _WORD.findall(search_key(real_name))
    )
    return ContactData(
        email="" if telling else contact.email,
        phone=contact.phone,
        mobile=contact.mobile,
        email_protected=True,
        phone_protected=True,
        mobile_protected=True,
        address_protected=True,
    )
