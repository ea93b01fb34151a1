"""A whole delivery: what lies there, and its rows as neutral records."""

from collections.abc import Iterator
from pathlib import Path

from aula_plugins.oneroster import _
from aula_plugins.oneroster.contents import Contents, read_contents
from aula_plugins.oneroster.enrollments import Enrollments
from aula_plugins.oneroster.groups import Classes, Term, read_courses, read_sessions
from aula_plugins.oneroster.orgs import Orgs, read_orgs
from aula_plugins.oneroster.package import SUFFIX
from aula_plugins.oneroster.problems import problem
from aula_plugins.oneroster.tables import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS_1_1,
    USERS_1_2,
    Table,
)
from aula_plugins.oneroster.users import Users
from aula_sdk.db import utc_now
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_files import Package, PackageRefused, open_package
from aula_sdk.stamdata_source import Delivery, Record, RowError
from aula_sdk.stamdata_values import ZONE


def inspect(path: Path) -> Delivery:
    """Say what lies at ``path``; raise `Invalid` when it is no OneRoster delivery to be read.

    A kind of record is only spoken about when the file that carries it is there, so that a
    delivery without enrolments closes no membership.
    """
    try:
        contents = read_contents(open_package(path, SUFFIX))
    except PackageRefused as refused:
        raise _refusal(problem(refused.entry, 0, "", refused.reason)) from refused
    for found in contents.problems:
        if found.fatal:
            raise _refusal(found)
    return Delivery(
        format=f"OneRoster {contents.version}",
        mode="delta" if contents.is_delta else "bulk",
        kinds=frozenset(_kinds(contents)),
    )


def read(path: Path) -> Iterator[Record | RowError]:
    """Yield every record and every bad row of the delivery at ``path``.

    Nothing is raised for what the files hold: a delivery that cannot be read as a whole ends in
    one fatal `RowError`.
    """
    try:
        package = open_package(path, SUFFIX)
        contents = read_contents(package)
        yield from contents.problems
        if not any(found.fatal for found in contents.problems):
            yield from _read_tables(package, contents)
    except PackageRefused as refused:
        yield problem(refused.entry, 0, "", refused.reason, fatal=True)
    except OSError:
        yield problem("", 0, "", "package.damaged", fatal=True)


def _read_tables(package: Package, contents: Contents) -> Iterator[Record | RowError]:
    orgs = Orgs(complete=contents.is_complete(ORGS))
    yield from read_orgs(package, contents, orgs)
    yield from orgs.institutions()
    users = Users(contents, _users_table(contents), orgs, utc_now().astimezone(ZONE).date())
    yield from users.read(package)
    terms: dict[str, Term] = {}
    levels: dict[str, str] = {}
    yield from read_sessions(package, contents, terms)
    yield from read_courses(package, contents, levels)
    classes = Classes(contents, orgs, terms, levels)
    yield from classes.read(package)
    enrollments = Enrollments(
        contents, _users_table(contents), classes, users.people, users.refused
    )
    yield from enrollments.read(package)


def _users_table(contents: Contents) -> Table:
    return USERS_1_2 if contents.version == "1.2" else USERS_1_1


def _kinds(contents: Contents) -> Iterator[str]:
    users = _users_table(contents)
    if contents.reads(ORGS):
        yield "org"
    if contents.reads(users):
        yield "person"
        if "agentsourcedids" in contents.headers[users.name]:
            yield "guardianship"
    if contents.reads(ROLES if contents.version == "1.2" else users):
        yield "profile"
    if contents.reads(CLASSES):
        yield "group"
    if contents.reads(ENROLLMENTS):
        yield "membership"


def _refusal(found: RowError) -> Invalid:
    if not found.file:
        return Invalid(found.reason, reason=found.code)
    detail = _("%(file)s: %(reason)s") % {"file": found.file, "reason": found.reason}
    return Invalid(detail, reason=found.code, file=found.file, field=found.field)
