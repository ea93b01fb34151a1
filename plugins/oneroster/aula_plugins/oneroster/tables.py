"""The tables of OneRoster CSV 1.1 and 1.2 that carry stamdata, with the columns that we need.

Columns are found by name, whatever their order or case, and columns that are not known are left
alone: 1.2.0 and 1.2.1 differ in both. Grade books and resources are no stamdata; ``userProfiles``
holds other systems' passwords and is never opened.
"""

import msgspec


class Table(msgspec.Struct, frozen=True):
    """One CSV file of the standard."""

    name: str
    required: tuple[str, ...]

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}.csv"

    @property
    def entry(self) -> str:
        """The name by which a parcel knows the file."""
        return self.file.lower()


ORGS = Table("orgs", ("sourcedId", "name", "type"))
SESSIONS = Table("academicSessions", ("sourcedId", "startDate", "endDate"))
COURSES = Table("courses", ("sourcedId",))
CLASSES = Table("classes", ("sourcedId", "title", "schoolSourcedId"))
DEMOGRAPHICS = Table("demographics", ("sourcedId",))
ROLES = Table("roles", ("userSourcedId", "role", "orgSourcedId"))
USERS_1_1 = Table("users", ("sourcedId", "orgSourcedIds", "role", "givenName", "familyName"))
USERS_1_2 = Table("users", ("sourcedId", "givenName", "familyName"))
ENROLLMENTS = Table("enrollments", ("classSourcedId", "userSourcedId", "role"))


def tables_of(version: str) -> tuple[Table, ...]:
    """Return the tables that are read in a version, in the order of their references."""
    people = (ROLES, USERS_1_2) if version == "1.2" else (USERS_1_1,)
    return (ORGS, SESSIONS, COURSES, CLASSES, DEMOGRAPHICS, *people, ENROLLMENTS)
