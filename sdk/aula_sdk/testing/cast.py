"""A small fictional world in two municipalities, as a source would deliver it.

It has one of everything that rights depend on: siblings at two institutions, parents who live
apart, a contact person without access, staff of two kinds, an external, and strangers.
"""

from collections.abc import Iterator
from typing import NamedTuple

from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
)

NORTH, SOUTH = "north", "south"


class Role(NamedTuple):
    """One member of the cast: who they are, where, and as what."""

    key: str
    given_name: str
    family_name: str
    municipality: str
    org: str
    kind: Kind
    title: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    protected: bool = False


_E, _P, _G, _X = Kind.EMPLOYEE, Kind.PUPIL, Kind.GUARDIAN, Kind.EXTERNAL

CAST: tuple[Role, ...] = (
    Role("teacher", "Mette", "Holm", NORTH, "school", _E, "Lærer", (), ("3a",)),
    Role("colleague", "Jonas", "Friis", NORTH, "school", _E, "Lærer", (), ("3b",)),
    Role("leader", "Kirsten", "Bang", NORTH, "school", _E, "Leder", ("leader",)),
    Role("admin", "Søren", "Lund", NORTH, "school", _E, "Sekretær", ("institution_admin",)),
    Role("pedagogue", "Åse", "Dam", NORTH, "daycare", _E, "Pædagog", (), ("stars",)),
    Role("external", "Viggo", "Krog", NORTH, "school", _X, "Praktikant", (), ("3a",)),
    Role("pupil", "Alma", "Skov", NORTH, "school", _P, groups=("3a",)),
    Role("classmate", "Bo", "Berg", NORTH, "school", _P, groups=("3a",)),
    Role("other_pupil", "Carla", "Krogh", NORTH, "school", _P, groups=("3b",)),
    Role("protected_pupil", "Ukendt", "Elev", NORTH, "school", _P, groups=("3a",), protected=True),
    Role("sibling", "Dagny", "Skov", NORTH, "daycare", _P, groups=("stars",)),
    Role("guardian", "Anne", "Skov", NORTH, "school", _G),
    Role("other_parent", "Peter", "Vang", NORTH, "school", _G),
    Role("other_guardian", "Line", "Berg", NORTH, "school", _G),
    Role("without_access", "Henrik", "Berg", NORTH, "school", _G),
    Role("neighbour", "Ole", "Krogh", NORTH, "school", _G),
    Role("protected_guardian", "Ukendt", "Voksen", NORTH, "school", _G, protected=True),
    Role("stranger", "Ida", "Fjern", SOUTH, "southschool", _G),
    Role("stranger_pupil", "Emil", "Fjern", SOUTH, "southschool", _P, groups=("1x",)),
    Role("stranger_teacher", "Bente", "Syd", SOUTH, "southschool", _E, "Lærer", (), ("1x",)),
)

_ORGS = (
    (NORTH, OrgRecord("school", OrgKind.SCHOOL, "Nordskolen", "999001")),
    (NORTH, OrgRecord("daycare", OrgKind.DAYCARE, "Solstrålen", "999002")),
    (SOUTH, OrgRecord("southschool", OrgKind.SCHOOL, "Sydskolen", "999003")),
)
_GROUPS = (
    (NORTH, GroupRecord("3a", "school", "3.A", GroupKind.MAIN, "3")),
    (NORTH, GroupRecord("3b", "school", "3.B", GroupKind.MAIN, "3")),
    (NORTH, GroupRecord("stars", "daycare", "Stjernerne", GroupKind.MAIN)),
    (SOUTH, GroupRecord("1x", "southschool", "1.X", GroupKind.MAIN, "1")),
)
_FAMILIES = (
    (NORTH, GuardianshipRecord("guardian", "pupil", "Mor", custody=True)),
    (NORTH, GuardianshipRecord("guardian", "sibling", "Mor", custody=True)),
    (NORTH, GuardianshipRecord("other_parent", "pupil", "Far", custody=True)),
    (NORTH, GuardianshipRecord("other_guardian", "classmate", "Mor", custody=True)),
    (NORTH, GuardianshipRecord("without_access", "classmate", "Far")),
    (NORTH, GuardianshipRecord("neighbour", "other_pupil", "Andet", extended_access=True)),
    (NORTH, GuardianshipRecord("protected_guardian", "protected_pupil", "Mor", custody=True)),
    (SOUTH, GuardianshipRecord("stranger", "stranger_pupil", "Mor", custody=True)),
)


def records_of(municipality: str) -> Iterator[Record]:
    """Yield one municipality's delivery, in the order that a source keeps."""
    here = [role for role in CAST if role.municipality == municipality]
    yield from (record for place, record in _ORGS if place == municipality)
    for role in here:
        yield PersonRecord(
            role.key, role.given_name, role.family_name, role.key, protected=role.protected
        )
    for role in here:
        yield ProfileRecord(role.key, role.org, role.kind, role.title, role.roles)
        if role.key == "guardian":
            yield ProfileRecord(role.key, "daycare", role.kind)
    yield from (record for place, record in _GROUPS if place == municipality)
    for role in here:
        is_teacher = role.kind is Kind.EMPLOYEE
        for group in role.groups:
            yield MembershipRecord(group, role.key, "teacher" if is_teacher else "member")
    yield from (record for place, record in _FAMILIES if place == municipality)
