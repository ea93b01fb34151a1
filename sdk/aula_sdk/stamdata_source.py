"""What a format plugin reads out of a file: neutral records of stamdata, or a bad row.

Parsing is the plugin's; preview, comparison, apply and report are the kernel's. Records refer to
each other by the source's own ids (opaque strings). A source that reads a *delta* yields `Removed`
for what is gone and `Complete` where a row says everything of a kind about somebody; after a *bulk*
file everything that is missing has left, except what a bad row is about.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from aula_sdk.i18n import Text
from aula_sdk.people import Kind


class OrgKind(StrEnum):
    """What an institution is (ID-7)."""

    SCHOOL = "school"
    DAYCARE = "daycare"
    MUNICIPALITY = "municipality"
    ADMINISTRATION = "administration"


class GroupKind(StrEnum):
    """What a group is (domain 6.3)."""

    MAIN = "main"
    YEAR = "year"
    TEAM = "team"
    SFO = "sfo"
    OTHER = "other"


class OrgRecord(msgspec.Struct, frozen=True, tag=True):
    """An institution."""

    source_id: str
    kind: OrgKind
    name: str
    identifier: str = ""
    """The institution number, where there is one."""
    parent_source_id: str = ""


class ContactData(msgspec.Struct, frozen=True):
    """How to reach a person; each part can be protected for itself (STM-14)."""

    email: str = ""
    phone: str = ""
    mobile: str = ""
    address: str = ""
    email_protected: bool = False
    phone_protected: bool = False
    mobile_protected: bool = False
    address_protected: bool = False


class PersonRecord(msgspec.Struct, frozen=True, tag=True):
    """A person; of a protected one the names are the alias, never the real ones (STM-12)."""

    source_id: str
    given_name: str
    family_name: str
    uniid: str = ""
    """By which the log-in broker knows the person; never a CPR number."""
    protected: bool = False
    birth_date: date | None = None
    contact: ContactData = ContactData()


class ProfileRecord(msgspec.Struct, frozen=True, tag=True):
    """A person at an institution."""

    person_source_id: str
    org_source_id: str
    kind: Kind
    title: str = ""
    """Such as Lærer, Pædagog, Leder; free text for people."""
    roles: tuple[str, ...] = ()
    """Administrators' roles that come with the post: ``leader``, ``institution_admin`` …"""
    level: str = ""


class GroupRecord(msgspec.Struct, frozen=True, tag=True):
    """A class, year group, team or the like at one institution."""

    source_id: str
    org_source_id: str
    name: str
    kind: GroupKind
    level: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class MembershipRecord(msgspec.Struct, frozen=True, tag=True):
    """A person in a group."""

    group_source_id: str
    person_source_id: str
    role: Literal["member", "teacher", "aide"] = "member"
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class GuardianshipRecord(msgspec.Struct, frozen=True, tag=True):
    """A contact person of a child (STM-8, STM-9)."""

    guardian_source_id: str
    child_source_id: str
    relation: str = ""
    custody: bool = False
    extended_access: bool = False


class Removed(msgspec.Struct, frozen=True, tag=True):
    """A delta file's word that something is gone."""

    what: Literal["org", "person", "profile", "group", "membership", "guardianship"]
    key: tuple[str, ...]
    """The source ids by which the record is known, in the order of its fields."""


class Complete(msgspec.Struct, frozen=True, tag=True):
    """A delta file's word that it says everything of one kind about a person.

    What this source has said before of that kind and this delivery does not say ends (R7).
    """

    what: Literal["profile", "guardianship", "membership"]
    key: tuple[str]
    """The person's source id; for guardianships the child's."""


class Unchanged(msgspec.Struct, frozen=True, tag=True):
    """A word that something still stands as it was, where the file says no more about it."""

    what: Literal["org", "person", "profile", "group", "membership", "guardianship"]
    key: tuple[str, ...]
    """As in `Removed`; an absent or empty part means any."""


class RowError(msgspec.Struct, frozen=True, tag=True):
    """A row that cannot be taken. Never repeats a value that could be personal."""

    file: str
    line: int
    """The line in that file, where the header is line 1; 0 when it is about the whole file."""
    field: str
    reason: Text
    code: str
    fatal: bool = False
    """Whether nothing of this delivery may be applied (a file that is missing or unreadable)."""
    about: tuple[str, ...] = ()
    """What the row was about: the kind and then the source ids, as in `Unchanged`. It stays as it
    was, and so does what rests on it: a bad row must not look like leaving. Empty where the row's
    id cannot be read, and for protected people who cannot be taken in, whose data ends (STM-12)."""


Record = (
    OrgRecord
    | PersonRecord
    | ProfileRecord
    | GroupRecord
    | MembershipRecord
    | GuardianshipRecord
    | Removed
    | Complete
    | Unchanged
)


PersonPart = Literal["birth_date", "contact"]


class Delivery(msgspec.Struct, frozen=True):
    """What was found in a file or folder before its rows are read."""

    format: str
    """Such as ``OneRoster 1.2``."""
    mode: Literal["bulk", "delta"]
    kinds: frozenset[str]
    """Which kinds of record the delivery speaks about (``Removed.what`` names them). Of other
    kinds nothing is concluded: a bulk delivery without enrolments closes no membership."""
    institutions: frozenset[str] | None = None
    """The source ids of the institutions that the delivery speaks about, where each has a file of
    its own; None means all that the source has. Nothing that is elsewhere ends, and neither does a
    person who is elsewhere too, or the contact person of such a child."""
    left_out: frozenset[PersonPart] = frozenset()
    """What the delivery does not carry of persons: it stays as it was."""
    as_of: dict[str, datetime] = {}
    """When the source says it was so, by institution. What is older than what has been applied of
    the same institution is refused, so that a file from last week cannot bring last week back."""


@dataclass(frozen=True, slots=True)
class StamdataSource:
    """A format from which stamdata is imported: ``aula import NAME PATH``."""

    name: str
    title: Text
    inspect: Callable[[Path], Delivery]
    """Say what lies there; raise `aula_sdk.errors.Invalid` when it is not of this format."""
    read: Callable[[Path], Iterator[Record | RowError]]
    """Yield every row, as a stream whose memory does not grow with the file. An institution comes
    before what belongs to it, a person before profiles, groups before memberships."""
    configure: "Callable[[Any], StamdataSource] | None" = None
    """Return the source as a municipality has set it, given the plugin's `SettingsSchema` Struct;
    such a format is read only where its plugin is switched on."""


@dataclass(frozen=True, slots=True)
class StamdataWriter:
    """A plugin's word that it makes groups of its own, and the key with which it writes them.

    Only who holds this object can change what was written with it (`protocols.Stamdata`).
    """

    title: Text
    """What people call the origin of these groups."""


class PlannedChange(msgspec.Struct, frozen=True):
    """What a delivery would change of one kind at one institution."""

    institution_id: UUID | None
    kind: str
    """``group`` or ``membership``."""
    added: int
    changed: int
    leaving: int
    returning: int
