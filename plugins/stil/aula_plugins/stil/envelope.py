"""What stands around an export: when it was made, what its package carries, what was left out."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from aula_plugins.stil.entries import BadEntry, Entry
from aula_sdk.db import utc_now
from aula_sdk.stamdata_source import PersonPart
from aula_sdk.stamdata_values import ZONE, BadValue, read_text

_SCHOOL_YEAR = re.compile(r"(\d{4})[-/](\d{4})\Z")
_CLOCKS_DIFFER = timedelta(hours=24)
_EARLIEST = 1990


class PackageSize(StrEnum):
    """How much an export carries; see README.md for our reading of the names."""

    SMALL = "small"
    MEDIUM = "medium"
    FULL = "full"
    AUTHORITY = "fullmyndighed"

    @property
    def carries_families(self) -> bool:
        """Whether it names the contact persons of children."""
        return self in {PackageSize.FULL, PackageSize.AUTHORITY}

    @property
    def left_out(self) -> frozenset[PersonPart]:
        """What it does not carry of persons."""
        return frozenset({"birth_date", "contact"} if self is PackageSize.SMALL else ())


class Filter(msgspec.Struct, frozen=True):
    """What an export was narrowed to."""

    by_actor: bool = False
    by_level: bool = False
    by_other: bool = False
    """By something that is not read, such as CPR numbers."""

    def joined(self, other: "Filter") -> "Filter":
        """Return what was left out by either."""
        return Filter(
            self.by_actor or other.by_actor,
            self.by_level or other.by_level,
            self.by_other or other.by_other,
        )

    @property
    def is_any(self) -> bool:
        """Whether people were left out at all."""
        return self.by_actor or self.by_level or self.by_other

    @property
    def keeps_people_whole(self) -> bool:
        """Whether whoever is there is there with all that they are."""
        return not self.by_actor and not self.by_other


class Envelope(msgspec.Struct):
    """One file's envelope."""

    line: int
    exported_at: datetime
    size: PackageSize
    school_year: str = ""
    filter: Filter = Filter()


def read_envelope(root: Entry) -> Envelope:
    """Return what the root element says; raise `BadEntry` when it is not enough to go on."""
    exported_at = root.required("exportDateTime", _read_moment)
    if exported_at > utc_now() + _CLOCKS_DIFFER:
        raise BadEntry(root.error("exportDateTime", "export.future"))
    return Envelope(root.line, exported_at, root.required("accessLevel", _read_size))


def read_school_year(source: Entry) -> str:
    """Return the school year of an ``ImportSource`` as ``2026/2027``; a wrong one is noted."""
    return source.optional("schoolYear", _read_school_year, "")


def read_filter(entry: Entry) -> Filter:
    """Return what the export was narrowed to."""
    return Filter(entry.is_given("Actor"), entry.is_given("Level"), entry.has_more)


def _read_size(text: str) -> PackageSize:
    try:
        return PackageSize(text.casefold())
    except ValueError as error:
        raise BadValue("export.package") from error


def _read_moment(text: str) -> datetime:
    """Return the moment; without a zone it is meant as in Denmark."""
    try:
        found = datetime.fromisoformat(read_text(text, 40))
        aware = found if found.tzinfo else found.replace(tzinfo=ZONE)
        moment = aware.astimezone(utc_now().tzinfo)
    except (ValueError, OverflowError) as error:
        raise BadValue("moment.malformed") from error
    if moment.year < _EARLIEST:
        raise BadValue("date.out-of-range")
    return moment


def _read_school_year(text: str) -> str:
    years = _SCHOOL_YEAR.match(text)
    if years is None or int(years[1]) + 1 != int(years[2]):
        raise BadValue("school-year.malformed")
    return f"{years[1]}/{years[2]}"
