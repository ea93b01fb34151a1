"""Users and their roles: one pass over ``roles.csv`` (1.2), then one over ``users.csv``."""

from collections.abc import Iterator
from datetime import date

import msgspec

from aula_plugins.oneroster.contents import Contents
from aula_plugins.oneroster.guardians import Guardians, links_of
from aula_plugins.oneroster.orgs import Orgs
from aula_plugins.oneroster.people import may_stay, read_level, read_person
from aula_plugins.oneroster.problems import problem
from aula_plugins.oneroster.roles import (
    HeldRoles,
    Role,
    hold,
    is_current,
    profiles_of,
    read_org_id,
    read_role_name,
    roles_of,
)
from aula_plugins.oneroster.rows import BadRow, Row, Seen, read_rows, take_id
from aula_plugins.oneroster.tables import DEMOGRAPHICS, ROLES, USERS_1_1, Table
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import Complete, Record, Removed, RowError
from aula_sdk.stamdata_values import read_date, read_guid


class Users:
    """Reads everything about people and remembers what classes and families need to know."""

    def __init__(self, contents: Contents, users: Table, orgs: Orgs, today: date) -> None:
        self.people: dict[str, HeldRoles] = {}
        self.refused: set[str] = set()
        self._contents = contents
        self._table = users
        self._orgs = orgs
        self._today = today
        self._births: dict[str, date] = {}
        self._roles: dict[str, list[Role]] = {}
        self._ended: list[tuple[str, Role]] = []
        self._active: set[tuple[str, str, str]] = set()
        self._held: dict[HeldRoles, HeldRoles] = {}
        self._guardians = Guardians(self.people, self.refused)

    def read(self, package: Package) -> Iterator[Record | RowError]:
        """Yield people, each followed by their profiles, then families."""
        yield from self._read_births(package)
        yield from self._read_roles(package)
        yield from self._read_users(package)
        yield from self._rest_of_roles()
        yield from self._guardians.resolve(complete=self._contents.is_complete(self._table))

    def _read_births(self, package: Package) -> Iterator[RowError]:
        seen = Seen()
        for row in read_rows(package, DEMOGRAPHICS) if self._contents.reads(DEMOGRAPHICS) else ():
            if isinstance(row, RowError):
                yield row
                continue
            try:
                person_id = take_id(row, seen)
                born = row.optional("birthDate", read_date, None)
                if born is not None and not row.is_removed():
                    self._births[person_id] = born
            except BadRow as bad:
                yield bad.error
            yield from row.problems

    def _read_roles(self, package: Package) -> Iterator[RowError]:
        seen = Seen()
        for row in read_rows(package, ROLES) if self._contents.reads(ROLES) else ():
            if isinstance(row, RowError):
                yield row
                continue
            try:
                if row.text("sourcedId"):
                    take_id(row, seen)
                self._take_role(row)
            except BadRow as bad:
                yield bad.about("profile", row.text("userSourcedId"))
            yield from _about_profiles(row, row.text("userSourcedId"))

    def _take_role(self, row: Row) -> None:
        removed = row.is_removed()
        person_id = row.required("userSourcedId", read_guid)
        roles = roles_of(row, read_role_name(row), (read_org_id(row),), self._orgs)
        for role in roles:
            if removed or not is_current(row, self._today):
                if role.home:
                    self._ended.append((person_id, role))
                continue
            self._roles.setdefault(person_id, []).append(role)
            if self._contents.is_delta:
                self._active.add((person_id, role.home, role.kind))

    def _read_users(self, package: Package) -> Iterator[Record | RowError]:
        seen = Seen()
        for row in read_rows(package, self._table) if self._contents.reads(self._table) else ():
            if isinstance(row, RowError):
                yield row
                continue
            person_id = ""
            try:
                person_id = take_id(row, seen)
                if row.is_removed():
                    self.refused.add(person_id)
                    if self._contents.is_delta:
                        yield Removed("person", (person_id,))
                else:
                    yield from self._read_user(row, person_id)
            except BadRow as bad:
                self.refused.add(person_id)
                yield bad.about("person", person_id if may_stay(row) else "")
            yield from _about_profiles(row, person_id)

    def _read_user(self, row: Row, person_id: str) -> Iterator[Record]:
        person = read_person(row, person_id, self._births.get(person_id))
        roles = self._roles_of_user(row, person_id)
        held = hold(roles)
        self.people[person_id] = self._held.setdefault(held, held)
        self._guardians.speaks_of_custody = row.has("metadata.childCustody")
        self._guardians.links.extend(links_of(row, person_id))
        yield person
        yield from profiles_of(person_id, roles, read_level(row))
        if self._contents.is_delta:
            yield from self._said_whole(row, person_id, held)

    def _said_whole(self, row: Row, person_id: str, held: HeldRoles) -> Iterator[Complete]:
        """Yield what a changed row says everything of: all agents, and in 1.1 all orgs (R7).

        In 1.2 the roles are rows of their own. Whoever has none here may be a pupil all the same,
        and closing the contact persons of somebody who is no child closes nothing.
        """
        if self._table is USERS_1_1 or self._contents.is_complete(ROLES):
            yield Complete("profile", (person_id,))
        if row.has("agentSourcedIds") and (held.is_pupil or not held.has_roles):
            yield Complete("guardianship", (person_id,))

    def _roles_of_user(self, row: Row, person_id: str) -> list[Role]:
        if self._table is USERS_1_1:
            org_ids = row.items("orgSourcedIds")
            return list(roles_of(row, read_role_name(row), org_ids, self._orgs))
        return self._roles.pop(person_id, [])

    def _rest_of_roles(self) -> Iterator[Record | RowError]:
        """Yield roles of users who are not in this delivery, and in a delta those that ended."""
        for person_id, roles in self._roles.items():
            if person_id in self.refused:
                continue
            if self._contents.is_complete(self._table):
                yield problem(ROLES.file, roles[0].line, "userSourcedId", "reference.unknown")
                continue
            self.people[person_id] = hold(roles)
            yield from profiles_of(person_id, roles, "")
        for person_id, role in self._ended if self._contents.is_delta else ():
            if (person_id, role.home, role.kind) not in self._active:
                yield Removed("profile", (person_id, role.home, role.kind))


def _about_profiles(row: Row, person_id: str) -> Iterator[RowError]:
    """Yield what is wrong with single cells; an organisation that is not known may be any."""
    for found in row.problems:
        is_place = found.field in {"orgSourcedIds", "orgSourcedId"}
        about = ("profile", person_id) if is_place and person_id else ()
        yield msgspec.structs.replace(found, about=about)
