"""Roles at institutions: what a person is there, under which title, with which duties.

Version 1.1 gives each user one role at one or several organisations, version 1.2 has a table of
roles. Both become profiles; several roles of one kind at one institution become one profile.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from aula_plugins.oneroster.orgs import Orgs
from aula_plugins.oneroster.rows import Row
from aula_sdk.people import Kind
from aula_sdk.permissions import INSTITUTION_ADMIN, MUNICIPALITY_ADMIN
from aula_sdk.stamdata_source import OrgKind, ProfileRecord
from aula_sdk.stamdata_values import BadValue, read_boolean, read_date, read_guid, read_text

_KINDS = {
    "student": Kind.PUPIL,
    "guardian": Kind.GUARDIAN,
    "parent": Kind.GUARDIAN,
    "relative": Kind.GUARDIAN,
    "teacher": Kind.EMPLOYEE,
    "aide": Kind.EMPLOYEE,
    "administrator": Kind.EMPLOYEE,
    "counselor": Kind.EMPLOYEE,
    "principal": Kind.EMPLOYEE,
    "siteadministrator": Kind.EMPLOYEE,
    "districtadministrator": Kind.EMPLOYEE,
    "systemadministrator": Kind.EMPLOYEE,
    "proctor": Kind.EXTERNAL,
}
_EXTERNAL_TITLES = frozenset({"praktikant", "ekstern"})
_LEADER_TITLES = frozenset({"leder", "ledelse"})
_FULL_ACCESS_BY_DEFAULT = frozenset({"parent", "guardian"})


class Role(msgspec.Struct, frozen=True, gc=False):
    """One role at one institution."""

    kind: Kind
    home: str
    """Empty for a guardian whom the source only ties to the municipality."""
    title: str
    duties: tuple[str, ...]
    is_parent: bool
    line: int


class HeldRoles(msgspec.Struct, frozen=True, gc=False):
    """What later tables need to know of a person."""

    pupil_at: tuple[str, ...] = ()
    is_guardian: bool = False
    is_parent: bool = False
    """Whether the standard's word for the role is parent or guardian, not relative."""
    has_roles: bool = False
    """Whether the delivery gives the person any role; a delta need not."""

    @property
    def is_pupil(self) -> bool:
        """Whether the person is a child somewhere."""
        return bool(self.pupil_at)


def read_role_name(row: Row, column: str = "role") -> str:
    """Return the role in lower case; raise `BadRow` when the standard does not know it.

    ``ext:`` roles of 1.2 are somebody's own words; which kind of person they mean is unknown.
    """

    def known(text: str) -> str:
        folded = text.casefold().replace(" ", "")
        if folded not in _KINDS:
            raise BadValue("value.unknown")
        return folded

    return row.required(column, known)


def roles_of(row: Row, name: str, org_ids: Iterable[str], orgs: Orgs) -> Iterator[Role]:
    """Yield the roles of a row that names its organisations; unknown ones are noted on the row."""
    title = row.optional("metadata.danishRole", lambda text: read_text(text, 80), "")
    external = row.optional("metadata.external", read_boolean, False)
    kind = _KINDS[name]
    if kind is Kind.EMPLOYEE and (external or title.casefold() in _EXTERNAL_TITLES):
        kind = Kind.EXTERNAL
    for home in _homes(row, kind, org_ids, orgs):
        yield Role(
            kind=kind,
            home=home,
            title=title or _default_title(name, orgs.kind_of(home)),
            duties=_duties(name, title, orgs.kind_of(home)) if kind is Kind.EMPLOYEE else (),
            is_parent=name in _FULL_ACCESS_BY_DEFAULT,
            line=row.line,
        )


def _homes(row: Row, kind: Kind, org_ids: Iterable[str], orgs: Orgs) -> list[str]:
    """Return where a person of this kind belongs: families not to the municipality itself."""
    column = "orgSourcedIds" if row.has("orgSourcedIds") else "orgSourcedId"
    homes: dict[str, None] = {}
    for org_id in org_ids:
        home = orgs.home_of(org_id)
        if home is None:
            row.problems.append(row.error(column, "reference.unknown", show=False))
        else:
            homes[home] = None
    if kind not in {Kind.PUPIL, Kind.GUARDIAN}:
        return list(homes)
    institutions = [home for home in homes if orgs.kind_of(home) is not OrgKind.MUNICIPALITY]
    if kind is Kind.GUARDIAN:
        return institutions or [""]
    if homes and not institutions:
        row.problems.append(row.error(column, "org.not-an-institution", show=False))
    return institutions


def is_current(row: Row, today: date) -> bool:
    """Whether a role that names its dates is held today; the end day is not included."""
    begins = row.optional("beginDate", read_date, None)
    ends = row.optional("endDate", read_date, None)
    return (begins is None or begins <= today) and (ends is None or today < ends)


def profiles_of(person_id: str, roles: Iterable[Role], level: str) -> Iterator[ProfileRecord]:
    """Yield one profile for each institution and kind."""
    joined: dict[tuple[str, Kind], list[Role]] = {}
    for role in roles:
        if role.home:
            joined.setdefault((role.home, role.kind), []).append(role)
    for (home, kind), same in joined.items():
        ranked = sorted(same, key=lambda role: not role.duties)
        yield ProfileRecord(
            person_source_id=person_id,
            org_source_id=home,
            kind=kind,
            title=next((role.title for role in ranked if role.title), ""),
            roles=tuple(dict.fromkeys(duty for role in ranked for duty in role.duties)),
            level=level if kind is Kind.PUPIL else "",
        )


def hold(roles: Iterable[Role]) -> HeldRoles:
    """Return what later tables need to know of somebody with these roles."""
    roles = tuple(roles)
    guardian = [role for role in roles if role.kind is Kind.GUARDIAN]
    return HeldRoles(
        tuple(dict.fromkeys(role.home for role in roles if role.kind is Kind.PUPIL)),
        bool(guardian),
        any(role.is_parent for role in roles),
        bool(roles),
    )


def read_org_id(row: Row) -> str:
    """Return the organisation of a row that names one."""
    return row.required("orgSourcedId", read_guid)


def _default_title(name: str, kind: OrgKind | None) -> str:
    if name == "teacher":
        return "Pædagog" if kind is OrgKind.DAYCARE else "Lærer"
    return "Leder" if name == "principal" else ""


def _duties(name: str, title: str, kind: OrgKind | None) -> tuple[str, ...]:
    """Return administrators' roles. The vague ``administrator`` of 1.1 gives none of them."""
    if name == "principal" or title.casefold() in _LEADER_TITLES:
        return ("leader",)
    if name == "siteadministrator" and kind is not OrgKind.MUNICIPALITY:
        return (INSTITUTION_ADMIN,)
    if name == "districtadministrator" and kind is OrgKind.MUNICIPALITY:
        return (MUNICIPALITY_ADMIN,)
    return ()
