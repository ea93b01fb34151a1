"""What an entry in the list of pages says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

NOBODY = ""
ROLES = {
    "guardian": "Forælder",
    "pupil": "Elev",
    "teacher": "Medarbejder",
    "external": "Ekstern",
}
"""One of the cast in each role, and how the role is called."""
POSTS = {**ROLES, "leader": "Medarbejder", "admin": "Medarbejder"}
"""The same with those whose post brings further rights: some pages are for them alone."""


class Visit(NamedTuple):
    """Somebody reads the page: at which address, and what it shows to them and nowhere else."""

    reader: str
    address: str
    heading: str
    content: str


class Page(NamedTuple):
    """A page by its route; roles without a visit are refused."""

    route: str
    visits: tuple[Visit, ...]
    status: int = 200

    @property
    def refused(self) -> Iterator[str]:
        """The roles that may not read it, where it is a page for some roles only."""
        readers = {visit.reader for visit in self.visits}
        yield from (role for role in ROLES if readers - {NOBODY} and role not in readers)
