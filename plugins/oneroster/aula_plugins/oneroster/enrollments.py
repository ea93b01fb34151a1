"""Enrolments: who is in which class as what, and since when."""

from collections.abc import Container, Iterator
from typing import Literal

from aula_plugins.oneroster.contents import Contents
from aula_plugins.oneroster.groups import Classes
from aula_plugins.oneroster.rows import BadRow, Row, Seen, read_rows, take_id
from aula_plugins.oneroster.tables import CLASSES, ENROLLMENTS, Table
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import MembershipRecord, Removed, RowError
from aula_sdk.stamdata_values import BadValue, read_date, read_guid, start_of

MemberRole = Literal["member", "teacher", "aide"]

_ROLES: dict[str, MemberRole] = {
    "student": "member",
    "teacher": "teacher",
    "aide": "aide",
    "administrator": "aide",
    "proctor": "aide",
}
_GUARDIANS = frozenset({"guardian", "parent", "relative"})


class Enrollments:
    """Reads ``enrollments.csv`` against the people and classes that were read before."""

    def __init__(
        self,
        contents: Contents,
        users: Table,
        classes: Classes,
        people: Container[str],
        refused: Container[str],
    ) -> None:
        self._contents = contents
        self._users = users
        self._classes = classes
        self._people = people
        self._refused = refused

    def read(self, package: Package) -> Iterator[MembershipRecord | Removed | RowError]:
        """Yield every membership once; what is wrong with a row comes after it."""
        ids, written = Seen(), Seen()
        for row in read_rows(package, ENROLLMENTS) if self._contents.reads(ENROLLMENTS) else ():
            if isinstance(row, RowError):
                yield row
                continue
            try:
                if row.text("sourcedId"):
                    take_id(row, ids)
                found = self._read_row(row)
            except BadRow as bad:
                yield bad.about("membership", row.text("classSourcedId"), row.text("userSourcedId"))
                continue
            if found is not None and written.add(found):
                yield found
            yield from row.problems

    def _read_row(self, row: Row) -> MembershipRecord | Removed | None:
        if row.is_removed():
            return self._removed(row) if self._contents.is_delta else None
        group = row.required("classSourcedId", read_guid)
        person = row.required("userSourcedId", read_guid)
        role = row.required("role", _read_role)
        if person in self._refused or group in self._classes.refused:
            return None
        if self._contents.is_complete(self._users) and person not in self._people:
            raise BadRow(row.error("userSourcedId", "reference.unknown", show=False))
        if self._contents.is_complete(CLASSES) and group not in self._classes.known:
            raise BadRow(row.error("classSourcedId", "reference.unknown", show=False))
        begins = row.optional("beginDate", read_date, None)
        ends = row.optional("endDate", read_date, None)
        if begins is not None and ends is not None and ends < begins:
            raise BadRow(row.error("endDate", "date.order"))
        return MembershipRecord(
            group_source_id=group,
            person_source_id=person,
            role=role,
            valid_from=start_of(begins) if begins else None,
            valid_to=start_of(ends) if ends else None,
        )

    def _removed(self, row: Row) -> Removed:
        for column in ("classSourcedId", "userSourcedId"):
            if not row.text(column):
                raise BadRow(row.error(column, "delta.key-missing", show=False))
        group = row.required("classSourcedId", read_guid)
        return Removed("membership", (group, row.required("userSourcedId", read_guid)))


def _read_role(text: str) -> MemberRole:
    folded = text.casefold()
    if folded in _GUARDIANS:
        raise BadValue("role.guardian-in-class")
    if folded not in _ROLES:
        raise BadValue("value.unknown")
    return _ROLES[folded]
