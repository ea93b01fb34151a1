"""Classes and who is in them: groups and memberships with the time they hold.

A homeroom is a main group, a scheduled class a team; ``metadata.groupType`` knows the kinds that
the standard has no word for. End days are exclusive in the standard, as they are with us.
"""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from aula_plugins.oneroster.contents import Contents
from aula_plugins.oneroster.orgs import Orgs
from aula_plugins.oneroster.people import read_level
from aula_plugins.oneroster.rows import BadRow, Row, Seen, read_rows, take_id
from aula_plugins.oneroster.tables import CLASSES, COURSES, SESSIONS
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import GroupKind, GroupRecord, Removed, RowError
from aula_sdk.stamdata_values import BadValue, read_date, read_guid, read_text, start_of

_CLASS_TYPES = {"homeroom": GroupKind.MAIN, "scheduled": GroupKind.TEAM}
_GROUP_TYPES = {
    "hovedgruppe": GroupKind.MAIN,
    "årgang": GroupKind.YEAR,
    "hold": GroupKind.TEAM,
    "team": GroupKind.TEAM,
    "sfo": GroupKind.SFO,
    "retning": GroupKind.OTHER,
    "andet": GroupKind.OTHER,
}


class Term(msgspec.Struct, frozen=True):
    """When an academic session begins and, exclusively, ends."""

    begins: date
    ends: date


def read_sessions(
    package: Package, contents: Contents, terms: dict[str, Term]
) -> Iterator[RowError]:
    """Fill ``terms``; yield what cannot be taken."""
    seen = Seen()
    for row in read_rows(package, SESSIONS) if contents.reads(SESSIONS) else ():
        if isinstance(row, RowError):
            yield row
            continue
        try:
            session_id = take_id(row, seen)
            if not row.is_removed():
                terms[session_id] = _read_term(row)
        except BadRow as bad:
            yield bad.error


def _read_term(row: Row) -> Term:
    begins, ends = row.required("startDate", read_date), row.required("endDate", read_date)
    if ends < begins:
        raise BadRow(row.error("endDate", "date.order"))
    return Term(begins, ends)


def read_courses(
    package: Package, contents: Contents, levels: dict[str, str]
) -> Iterator[RowError]:
    """Fill ``levels`` with the level of each course that has one; yield what cannot be taken."""
    seen = Seen()
    for row in read_rows(package, COURSES) if contents.reads(COURSES) else ():
        if isinstance(row, RowError):
            yield row
            continue
        try:
            course_id = take_id(row, seen)
            if not row.is_removed():
                levels[course_id] = read_level(row)
        except BadRow as bad:
            yield bad.error
        yield from row.problems


class Classes:
    """Reads ``classes.csv`` and remembers which groups there are."""

    def __init__(
        self, contents: Contents, orgs: Orgs, terms: dict[str, Term], levels: dict[str, str]
    ) -> None:
        self.known: set[str] = set()
        self.refused: set[str] = set()
        self._contents = contents
        self._orgs = orgs
        self._terms = terms
        self._levels = levels

    def read(self, package: Package) -> Iterator[GroupRecord | Removed | RowError]:
        """Yield every group; what is wrong with a row comes after it."""
        seen = Seen()
        for row in read_rows(package, CLASSES) if self._contents.reads(CLASSES) else ():
            if isinstance(row, RowError):
                yield row
                continue
            group_id = ""
            try:
                group_id = take_id(row, seen)
                if row.is_removed():
                    self.refused.add(group_id)
                    if self._contents.is_delta:
                        yield Removed("group", (group_id,))
                    continue
                group = self._read_group(row, group_id)
                self.known.add(group_id)
                yield group
            except BadRow as bad:
                self.refused.add(group_id)
                yield bad.about("group", group_id)
            yield from row.problems

    def _read_group(self, row: Row, group_id: str) -> GroupRecord:
        home = self._orgs.home_of(row.required("schoolSourcedId", read_guid))
        if home is None:
            raise BadRow(row.error("schoolSourcedId", "reference.unknown", show=False))
        begins, ends = self._validity(row)
        course = row.optional("courseSourcedId", read_guid, "")
        return GroupRecord(
            source_id=group_id,
            org_source_id=home,
            name=row.required("title", lambda text: read_text(text, 120)),
            kind=_read_kind(row),
            level=read_level(row) or self._levels.get(course, ""),
            valid_from=begins,
            valid_to=ends,
        )

    def _validity(self, row: Row) -> tuple[datetime | None, datetime | None]:
        """Return from the first to the last of the class's terms."""
        terms = []
        for term_id in row.items("termSourcedIds"):
            if term_id in self._terms:
                terms.append(self._terms[term_id])
            elif self._contents.is_complete(SESSIONS):
                row.problems.append(row.error("termSourcedIds", "reference.unknown", show=False))
        if not terms:
            return None, None
        return (
            start_of(min(term.begins for term in terms)),
            start_of(max(term.ends for term in terms)),
        )


def _read_kind(row: Row) -> GroupKind:
    native = row.optional("classType", lambda text: _look_up(_CLASS_TYPES, text), GroupKind.OTHER)
    return row.optional("metadata.groupType", lambda text: _look_up(_GROUP_TYPES, text), native)


def _look_up(known: dict[str, GroupKind], text: str) -> GroupKind:
    if text.casefold() not in known:
        raise BadValue("value.unknown")
    return known[text.casefold()]
