"""The hand-written deliveries, one for each version and kind, read as the standard means them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from aula_plugins.oneroster.reading import inspect
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    Complete,
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Removed,
    Unchanged,
)

ALL_KINDS = {"org", "person", "profile", "group", "membership", "guardianship"}


def of(kind: type[Any], found: list[Any]) -> list[Any]:
    """Return the records of one kind."""
    return [record for record in found if isinstance(record, kind)]


def test_what_lies_there(roster: Any) -> None:
    """A delivery says its version, whether it is whole, and what it speaks about."""
    first, second, changes = (
        inspect(roster.data / name) for name in ("v1p1", "v1p2", "v1p2-delta")
    )
    assert (first.format, first.mode, first.kinds) == ("OneRoster 1.1", "bulk", ALL_KINDS)
    assert (second.format, second.mode, second.kinds) == ("OneRoster 1.2", "bulk", ALL_KINDS)
    assert (changes.format, changes.mode) == ("OneRoster 1.2", "delta")
    assert changes.kinds == ALL_KINDS - {"org"}


def test_orgs_become_institutions(roster: Any) -> None:
    """ID-7: a lone department is an administration; one inside a school belongs to the school."""
    orgs = of(OrgRecord, roster.records(roster.data / "v1p1"))
    assert [(org.source_id, org.kind, org.parent_source_id) for org in orgs] == [
        ("o-kommune", OrgKind.MUNICIPALITY, ""),
        ("o-skole", OrgKind.SCHOOL, "o-kommune"),
        ("o-ppr", OrgKind.ADMINISTRATION, "o-kommune"),
    ]
    kinds = {org.name: org.kind for org in of(OrgRecord, roster.records(roster.data / "v1p2"))}
    assert kinds["Børnehuset Mælkebøtten"] is OrgKind.DAYCARE


def test_people_of_1_1(roster: Any) -> None:
    """A user of 1.1 has one role at each org; quotes, CRLF, BOM and blank lines do no harm."""
    found = roster.records(roster.data / "v1p1")
    people = {person.source_id: person for person in of(PersonRecord, found)}
    assert roster.errors(roster.data / "v1p1") == []
    assert len(people) == 9
    assert people["e-1"].birth_date == date(2017, 3, 9)
    assert people["e-1"].uniid == "alma1234"
    assert people["e-2"].given_name == 'Bo "Bosse" Elias'
    assert people["v-mor"].contact.mobile == "+45 00 00 01 01"
    assert people["l-2"].uniid == "", "a user who is switched off cannot sign in"
    profiles = {(each.person_source_id, each.org_source_id) for each in of(ProfileRecord, found)}
    assert ("l-1", "o-skole") in profiles, "a department's teacher works at the school"
    assert {("x-1", "o-skole"), ("x-1", "o-ppr")} <= profiles
    assert ("e-1", "o-kommune") not in profiles, "a pupil goes to the school"


def test_families_of_1_1(roster: Any) -> None:
    """Agents are named in either row; relatives have no custody where nothing is said of it."""
    found = roster.records(roster.data / "v1p1")
    families = {
        (each.guardian_source_id, each.child_source_id): each.custody
        for each in of(GuardianshipRecord, found)
    }
    assert families == {
        ("v-mor", "e-1"): True,
        ("v-far", "e-1"): True,
        ("v-moster", "e-1"): False,
        ("v-moster", "e-2"): False,
    }
    assert not any(each.person_source_id == "v-mor" for each in of(ProfileRecord, found)), (
        "the municipality is no place for a guardian; the platform knows where the child goes"
    )


def test_classes_have_time(roster: Any) -> None:
    """GRP-5: a class holds from the first to the last of its terms; end days are exclusive."""
    found = roster.records(roster.data / "v1p1")
    groups = {group.source_id: group for group in of(GroupRecord, found)}
    assert groups["k-3a"].kind is GroupKind.MAIN
    assert groups["k-3a"].level == "3"
    assert groups["k-mat"].kind is GroupKind.TEAM
    assert groups["k-mat"].org_source_id == "o-skole"
    assert groups["k-mat"].valid_from == datetime(2026, 7, 31, 22, tzinfo=UTC)
    assert groups["k-mat"].valid_to == datetime(2027, 6, 30, 22, tzinfo=UTC)
    away_and_back = [
        (each.valid_from, each.valid_to)
        for each in of(MembershipRecord, found)
        if each.person_source_id == "e-2"
    ]
    assert away_and_back == [
        (datetime(2026, 8, 9, 22, tzinfo=UTC), datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (datetime(2026, 11, 1, 23, tzinfo=UTC), None),
    ]


def test_roles_of_1_2(roster: Any) -> None:
    """ID-6, ID-1: roles are a table; several of a kind at one place are one profile."""
    found = of(ProfileRecord, roster.records(roster.data / "v1p2"))
    profiles = {(each.person_source_id, each.kind): each for each in found}
    assert profiles["leder-1", Kind.EMPLOYEE].title == "Leder"
    assert profiles["leder-1", Kind.EMPLOYEE].roles == ("leader",)
    assert [each.org_source_id[-1] for each in found if each.person_source_id == "leder-1"] == [
        "2"
    ], "the role at the day-care ended"
    assert profiles["admin-1", Kind.EMPLOYEE].roles == ("municipality_admin",)
    assert {kind for person, kind in profiles if person == "laerer-1"} == {
        Kind.EMPLOYEE,
        Kind.GUARDIAN,
    }
    assert profiles["hjem-1", Kind.EXTERNAL].title == "Ekstern"


def test_families_of_1_2(roster: Any) -> None:
    """STM-8, ID-4: custody and access come per child, in the order of the agents."""
    found = of(GuardianshipRecord, roster.records(roster.data / "v1p2"))
    rights = {
        (each.guardian_source_id, each.child_source_id): (
            each.relation,
            each.custody,
            each.extended_access,
        )
        for each in found
    }
    assert rights == {
        ("mor-1", "barn-1"): ("Mor", True, False),
        ("mor-1", "barn-2"): ("Mor", True, False),
        ("far-1", "barn-1"): ("Far", False, True),
        ("far-1", "barn-2"): ("Far", True, False),
        ("bedste-1", "barn-1"): ("Andet", False, False),
        ("hjem-1", "barn-2"): ("Officielt tilknyttet person", False, True),
        ("mor-3", "barn-3"): ("Mor", True, False),
    }


def test_kinds_of_groups(roster: Any) -> None:
    """Domain 6.5: what the standard has no word for stands in metadata.groupType."""
    groups = of(GroupRecord, roster.records(roster.data / "v1p2"))
    assert [group.kind for group in groups] == [
        GroupKind.MAIN,
        GroupKind.SFO,
        GroupKind.YEAR,
        GroupKind.MAIN,
    ]


def test_changes_only(roster: Any) -> None:
    """A delta names what is gone by the ids of the record, and what it cannot name it reports."""
    found = roster.records(roster.data / "v1p2-delta")
    assert [(each.what, each.key) for each in of(Removed, found)] == [
        ("person", ("bedste-1",)),
        ("profile", ("laerer-1", "0f5e3c1e-0000-4000-8000-000000000003", "guardian")),
        ("group", ("g-aar",)),
        ("membership", ("g-3b", "barn-1")),
    ]
    assert of(GuardianshipRecord, found) == [], "an agent of whom nothing is said stays as it was"
    assert [each.key for each in of(Unchanged, found)] == [("mor-1", "barn-1")]
    assert [(each.what, each.key) for each in of(Complete, found)] == [
        ("guardianship", ("barn-1",))
    ], "R7: whom the child's row no longer names has left; roles of 1.2 are rows of their own"
    assert roster.codes(roster.data / "v1p2-delta") == [
        ("enrollments.csv", 4, "classSourcedId", "delta.key-missing")
    ]


@pytest.mark.parametrize("inside", ["", "eksport 2026/", "ud\\"])
@pytest.mark.parametrize("name", ["v1p1", "v1p2"])
def test_zip_and_folder_are_one(roster: Any, name: str, inside: str) -> None:
    """The same files give the same records as a folder, a zip and a zip with a top folder."""
    packed = roster.zipped(roster.data / name, inside)
    assert inspect(packed) == inspect(roster.data / name)
    assert roster.records(packed) == roster.records(roster.data / name)


def test_other_systems_passwords_stay_closed(roster: Any, tmp_path: Path) -> None:
    """Nothing of ``userProfiles.csv`` or of a password column is ever in a record."""
    assert "never-read-this" in (roster.data / "v1p2" / "userProfiles.csv").read_text()
    assert "never-read-this" not in repr(roster.records(roster.data / "v1p2"))
    folder = roster.write(users=roster.users({"sourcedId": "u1", "password": "hemmeligt"}))
    assert "hemmeligt" not in repr(roster.records(folder))


def test_changed_row_of_1_1_says_everything(roster: Any) -> None:
    """R7: it states all places and, of a child, all contact persons; others stay unmentioned."""
    folder = roster.write(
        manifest=roster.manifest(mode="delta"),
        users=roster.users(
            {"sourcedId": "u1", "agentSourcedIds": "mor"},
            {"sourcedId": "u2", "role": "teacher"},
            {"sourcedId": "u3", "role": "konge"},
        ),
    )
    found = roster.records(folder)
    assert [(each.what, *each.key) for each in of(Complete, found)] == [
        ("profile", "u1"),
        ("guardianship", "u1"),
        ("profile", "u2"),
    ]
    assert [each.key for each in of(Unchanged, found)] == [("mor", "u1")]
