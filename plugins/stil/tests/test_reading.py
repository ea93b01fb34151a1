"""The hand-written exports and small ones, read as README.md says they are."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from aula_plugins.stil.settings import StilSettings
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
)

ALL_KINDS = {"org", "person", "profile", "group", "membership", "guardianship"}


def of(kind: type[Any], found: list[Any]) -> list[Any]:
    """Return the records of one kind."""
    return [record for record in found if isinstance(record, kind)]


def test_what_lies_there(exports: Any) -> None:
    """A delivery says its package and year, of which institutions it speaks, and how new it is."""
    found = exports.inspect(exports.data / "full.xml")
    assert found.format == "UNI-Login XML (fullmyndighed, 2026/2027)"
    assert (found.mode, found.kinds) == ("bulk", ALL_KINDS)
    assert found.institutions == {"980001"}
    assert found.as_of == {"980001": datetime(2026, 8, 15, tzinfo=UTC)}


def test_people_of_the_sample(exports: Any) -> None:
    """Persons are known by the UNI-ID; a home number comes before one at work (STM-14)."""
    people = {each.source_id: each for each in of(PersonRecord, _sample(exports))}
    assert people["akse0001"].uniid == "akse0001"
    assert people["akse0001"].birth_date == date(2017, 1, 1)
    assert people["akse0001"].contact.address == "Åvej 3, 9999 Solvang"
    mother = people["nora0001"].contact
    assert (mother.email, mother.phone, mother.mobile) == (
        "nora@hjem.example",
        "00 00 02 00",
        "+45 00 00 02 01",
    )
    assert (mother.phone_protected, mother.mobile_protected) == (True, False)
    assert people["per00001"].contact.phone == "00 00 02 10"


def test_posts_of_the_sample(exports: Any) -> None:
    """ID-1: pupil, employee and external; of several posts the one with duties leads."""
    profiles = {each.person_source_id: each for each in of(ProfileRecord, _sample(exports))}
    assert (profiles["akse0001"].kind, profiles["akse0001"].level) == (Kind.PUPIL, "3")
    assert (profiles["ane00001"].title, profiles["ane00001"].roles) == ("Leder", ("leader",))
    assert (profiles["tove0001"].kind, profiles["tove0001"].title) == (Kind.EXTERNAL, "Praktikant")
    assert "nora0001" not in profiles, "the platform knows where the child goes"


def test_groups_of_the_sample(exports: Any) -> None:
    """GRP-5: a class is known by its id and year; its last day belongs to it."""
    found = _sample(exports)
    groups = {each.name: each for each in of(GroupRecord, found)}
    assert groups["3.B"].source_id == "980001:3B:2026"
    assert groups["3.B"].valid_to == datetime(2027, 7, 31, 22, tzinfo=UTC)
    assert groups["3. årgang"].kind is GroupKind.YEAR
    assert groups["SFO Solen"].source_id == "980001:SFO1"
    members = {
        (each.person_source_id, each.group_source_id.split(":")[1], each.role)
        for each in of(MembershipRecord, found)
    }
    assert members == {
        ("akse0001", "3B", "member"),
        ("akse0001", "A3", "member"),
        ("akse0001", "SFO1", "member"),
        ("fe000003", "3B", "member"),
        ("per00001", "3B", "teacher"),
        ("tove0001", "3B", "aide"),
    }


@pytest.mark.parametrize(("lowest", "extended"), [(2, [True, False]), (1, [True, True]), (0, [])])
def test_extended_access_is_read_as_it_is_set(
    exports: Any, lowest: int, extended: list[bool]
) -> None:
    """STM-8: from which level on a contact person without custody has access is a setting."""
    exports.settings = StilSettings(extended_access_from=lowest)
    families = of(GuardianshipRecord, _sample(exports))
    assert [each.custody for each in families] == [True, False, False]
    assert [each.extended_access for each in families[1:]] == (extended or [False, False])


def test_odd_but_legal(exports: Any) -> None:
    """Prefixes, CDATA, comments, attributes for elements, any order, foreign and empty elements."""
    found = exports.read(exports.data / "odd.xml")
    assert exports.errors(exports.data / "odd.xml") == []
    [org] = of(OrgRecord, found)
    assert (org.source_id, org.kind) == ("980001", OrgKind.SCHOOL)
    names = {each.source_id: each for each in of(PersonRecord, found)}
    assert names["akse0001"].given_name == "Aksel Emil", "foreign text in it is passed over"
    assert names["akse0001"].family_name == "Dæmring & Co"
    assert (names["nora0001"].given_name, names["nora0001"].family_name) == ("Nora", "Bach & Søn")
    assert names["nora0001"].contact.mobile_protected
    [family] = of(GuardianshipRecord, found)
    assert (family.relation, family.custody) == ("Mor", True)
    assert [each.level for each in of(ProfileRecord, found)] == ["3"]
    assert len(of(MembershipRecord, found)) == 1, "a person may come before the group"
    assert exports.inspect(exports.data / "odd.xml").as_of["980001"].hour == 0, "Danish time"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "latin-1"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("utf-8", "utf-8"),
    ],
)
def test_encodings(exports: Any, declared: str, codec: str) -> None:
    """What the declaration says is how the file is read, with a byte order mark or without."""
    person = exports.person("soer0001", "<FirstName>Søren</FirstName><FamilyName>Ærø</FamilyName>")
    text = exports.export(exports.institution(exports.pupil(person=person)))
    data = f'<?xml version="1.0" encoding="{declared}"?>\n{text}'.encode(codec)
    [read] = of(PersonRecord, exports.read(exports.put(data)))
    assert (read.given_name, read.family_name) == ("Søren", "Ærø")


def test_one_file_a_folder_and_a_zip_are_one(exports: Any) -> None:
    """However it is packed, the same is read."""
    folder = exports.write(exports.pupil(exports.contact("mor00001")))
    found = exports.read(folder)
    assert exports.read(folder / "970001.xml") == found
    assert exports.read(exports.zipped(folder, "eksport 2026/")) == found
    assert len(of(GuardianshipRecord, found)) == 1


@pytest.mark.parametrize(
    ("size", "left_out", "families", "birthday"),
    [
        ("small", {"birth_date", "contact"}, 0, None),
        ("medium", set(), 0, date(2017, 3, 9)),
        ("full", set(), 1, date(2017, 3, 9)),
    ],
)
def test_packages(
    exports: Any, size: str, left_out: set[str], families: int, birthday: date | None
) -> None:
    """A smaller package says nothing of what it does not carry; what it should not is not read."""
    inside = (
        "<FirstName>Siv</FirstName><BirthDate>2017-03-09</BirthDate>"
        "<EmailAddress>siv@skole.example</EmailAddress>"
    )
    person = exports.person("siv00001", inside)
    folder = exports.write(exports.pupil(exports.contact("mor00001"), person=person), size=size)
    delivery = exports.inspect(folder)
    assert delivery.left_out == left_out
    assert ("guardianship" in delivery.kinds) == bool(families)
    found = exports.read(folder)
    assert len(of(GuardianshipRecord, found)) == families
    child = of(PersonRecord, found)[0]
    assert (child.birth_date, bool(child.contact.email)) == (birthday, birthday is not None)
    expected = [] if families else [(6, "ContactPerson", "export.more")]
    assert exports.codes(folder) == expected


@pytest.mark.parametrize(
    ("narrowed", "said_whole"),
    [
        ("<Level>3</Level>", {"guardianship", "profile", "membership"}),
        ("<Actor>Student</Actor>", {"guardianship"}),
        ("<CPR>0101991234</CPR>", {"guardianship"}),
        ("<Actor>Student</Actor></Filter><Filter>", {"guardianship"}),
        ("", set()),
    ],
)
def test_filters(exports: Any, narrowed: str, said_whole: set[str]) -> None:
    """Who was filtered away has not left; of who is there, custody is told whole (R7)."""
    folder = exports.write(exports.pupil(), envelope=f"<Filter>{narrowed}</Filter>")
    assert exports.inspect(folder).mode == ("delta" if narrowed else "bulk")
    assert {each.what for each in of(Complete, exports.read(folder))} == said_whole


def test_the_newest_export_of_an_institution_is_read(exports: Any) -> None:
    """A folder in which exports pile up is no trouble; the older one is said to be passed over."""
    old = exports.export(exports.institution(exports.pupil()), at="2026-08-14T02:00:00Z")
    exports.put(old, "970001-14.xml")
    new = exports.export(exports.institution(exports.employee()), at="2026-08-15T02:00:00Z")
    folder = exports.put(new, "970001-15.xml")
    assert [each.source_id for each in of(PersonRecord, exports.read(folder))] == ["per00001"]
    [error] = exports.errors(folder)
    assert (error.file, error.code) == ("970001-14.xml", "export.superseded")
    assert exports.inspect(folder).as_of["970001"].day == 15


def test_a_child_of_two_institutions(exports: Any) -> None:
    """R7: what two institutions say differently of a contact person gives the lesser right."""
    for number, custody in (("970001", "true"), ("970002", "false")):
        mother = exports.contact("mor00001", f'relation="Mor" childCustody="{custody}"')
        other = exports.contact(f"far{number}", 'relation="Far" childCustody="true"')
        institution = exports.institution(exports.pupil(mother, other), number=number)
        exports.put(exports.export(institution), f"{number}.xml")
    folder = exports.folder
    found = exports.read(folder)
    families = {each.guardian_source_id: each.custody for each in of(GuardianshipRecord, found)}
    assert families == {"mor00001": False, "far970001": True, "far970002": True}
    assert [code for _line, _field, code in exports.codes(folder)] == ["guardian.contradiction"]
    assert len(of(PersonRecord, found)) == 4, "everybody once"
    assert len(of(ProfileRecord, found)) == 2


def test_settings_of_institutions_and_namespaces(exports: Any) -> None:
    """ID-7: the municipality's word on what an institution is counts for more than the export's."""
    text = exports.export(exports.institution(), namespace="urn:another")
    folder = exports.put(text)
    assert [each.code for each in exports.errors(folder)] == ["xml.not-an-export"]
    exports.settings = StilSettings(
        other_namespaces=("urn:another",), institution_kinds={"970001": OrgKind.ADMINISTRATION}
    )
    [org] = of(OrgRecord, exports.read(folder))
    assert org.kind is OrgKind.ADMINISTRATION


def test_names_that_are_aliases_already(exports: Any) -> None:
    """STM-12: only where it is set, and never in a package that carries real names."""
    inside = "<FirstName>Ole</FirstName><EmailAddress>vilma@hjem.example</EmailAddress>"
    person = exports.person("fe000001", inside, protected="true")
    exports.settings = replace(exports.settings, delivered_names_are_aliases=True)
    [read] = of(PersonRecord, exports.read(exports.write(exports.pupil(person=person))))
    assert (read.given_name, read.protected) == ("Ole", True)
    assert read.contact.email == "", "the real name is not known, so it may be in there"
    folder = exports.write(exports.pupil(person=person), size="fullmyndighed")
    assert [each.code for each in exports.errors(folder)] == ["protected.no-alias"]


def test_a_pedagogue_leads_in_a_day_care(exports: Any) -> None:
    """What somebody does in a group follows from the post and the place."""
    inside = "<Role>Pædagog</Role><Occupation>Afdelingspædagog</Occupation><GroupId>3A</GroupId>"
    found = {}
    for number, kind in (("970001", "Folkeskole"), ("970002", "Dagtilbud")):
        institution = exports.institution(exports.employee(inside=inside), number=number, kind=kind)
        exports.put(exports.export(institution), f"{number}.xml")
    folder = exports.folder
    for each in of(MembershipRecord, exports.read(folder)):
        found[each.group_source_id] = each.role
    assert found == {"970001:3A": "aide", "970002:3A": "teacher"}
    assert {each.title for each in of(ProfileRecord, exports.read(folder))} == {"Afdelingspædagog"}


def test_the_same_class_id_in_another_year(exports: Any) -> None:
    """GRP-5: next year's 3.A is another group, though the school gives it the same id."""
    ids = []
    for year in (2026, 2027):
        begins = f"<FromDate>{year}-08-01</FromDate>"
        groups = f"<Group><GroupId>3A</GroupId><GroupName>3.A</GroupName>{begins}</Group>"
        text = exports.export(exports.institution(exports.pupil(), groups=groups))
        ids += [
            each.group_source_id for each in of(MembershipRecord, exports.read(exports.put(text)))
        ]
    assert ids == ["970001:3A:2026", "970001:3A:2027"]


def _sample(exports: Any) -> list[Any]:
    return list(exports.read(exports.data / "full.xml"))
