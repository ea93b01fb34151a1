"""Elements that are bad: each is named by line, element and field, and costs only itself."""

from typing import Any

import pytest

from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import (
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgRecord,
    PersonRecord,
    Unchanged,
)

HEAD = "<FirstName>Siv</FirstName><FamilyName>Holm</FamilyName>"


def people(found: list[Any]) -> list[str]:
    return [each.source_id for each in found if isinstance(each, PersonRecord)]


@pytest.mark.parametrize(
    ("inside", "field", "code"),
    [
        ("<FirstName> </FirstName>", "Person/FirstName", "name.missing"),
        (
            HEAD + "<EmailAddress>ole(at)hjem</EmailAddress>",
            "Person/EmailAddress",
            "email.malformed",
        ),
        (HEAD + "<BirthDate>9/3-2017</BirthDate>", "Person/BirthDate", "date.malformed"),
        (HEAD + "<BirthDate>0017-03-09</BirthDate>", "Person/BirthDate", "date.out-of-range"),
        (
            HEAD + "<MobilePhoneNumber>ring til mor</MobilePhoneNumber>",
            "MobilePhoneNumber/number",
            "phone.malformed",
        ),
        (HEAD + "<FirstName>Ida</FirstName>", "Person/FirstName", "field.repeated"),
        (f"{HEAD}<FamilyName>{'x' * 3000}</FamilyName>", "Person/FamilyName", "field.repeated"),
        (f"<FamilyName>{'x' * 130}</FamilyName>{HEAD}", "Person/FamilyName", "field.repeated"),
        (HEAD + "<Address/><Address/>", "Address", "field.repeated"),
        (
            HEAD + '<HomePhoneNumber protected="vistnok">00 00 00 01</HomePhoneNumber>',
            "HomePhoneNumber/protected",
            "boolean.unknown",
        ),
    ],
)
def test_bad_person(exports: Any, inside: str, field: str, code: str) -> None:
    """A bad field is named; one that is not needed does not cost the person."""
    bad = exports.pupil(person=exports.person("siv00001", inside))
    folder = exports.write(exports.pupil(), bad)
    assert (7, field, code) in exports.codes(folder)
    costs = code == "name.missing"
    assert people(exports.records(folder)) == ["ole00001", *([] if costs else ["siv00001"])]
    for error in exports.errors(folder):
        assert not error.fatal
        assert error.about == (("person", "siv00001") if costs else ())


@pytest.mark.parametrize(
    ("student", "field", "code"),
    [
        ("<Role>Elev</Role><Level>13</Level>", "Student/Level", "value.unknown"),
        ("<Role>Konge</Role>", "Student/Role", "value.unknown"),
        ("<MainGroupId>9Z</MainGroupId>", "Student/MainGroupId", "reference.unknown"),
        ("<GroupId>3A</GroupId><GroupId>9Z</GroupId>", "Student/GroupId", "reference.unknown"),
    ],
)
def test_bad_student(exports: Any, student: str, field: str, code: str) -> None:
    """A pupil with a bad level or group is taken without it."""
    folder = exports.write(exports.pupil(inside=student))
    assert exports.codes(folder) == [(6, field, code)]
    assert people(exports.records(folder)) == ["ole00001"]


@pytest.mark.parametrize(
    ("attributes", "field", "code"),
    [
        ('relation="Kusine" childCustody="false"', "ContactPerson/relation", "value.unknown"),
        ('relation="Mor" childCustody="vist"', "ContactPerson/childCustody", "boolean.unknown"),
        ('childCustody="0" accessLevel="høj"', "ContactPerson/accessLevel", "number.malformed"),
    ],
)
def test_bad_contact_person_has_no_access(
    exports: Any, attributes: str, field: str, code: str
) -> None:
    """R7, STM-9: what cannot be read gives nothing."""
    folder = exports.write(exports.pupil(exports.contact("mor00001", attributes)))
    assert exports.codes(folder) == [(6, field, code)]
    [family] = [each for each in exports.records(folder) if isinstance(each, GuardianshipRecord)]
    assert (family.custody, family.extended_access) == (False, False)


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ("<ContactPerson/>", "value.missing"),
        ("<ContactPerson><Person/></ContactPerson>", "value.missing"),
        ("<ContactPerson><Person><UserId>o 1</UserId></Person></ContactPerson>", "uniid.malformed"),
        ("<ContactPerson><Person><UserId>ole00001</UserId></Person></ContactPerson>",
         "reference.itself"),
        ("<ContactPerson><Person><UserId>mor2</UserId></Person></ContactPerson>", "name.missing"),
    ],
)  # fmt: skip
def test_contact_persons_who_cannot_be_taken(exports: Any, contact: str, code: str) -> None:
    """The child comes in with those who can."""
    folder = exports.write(exports.pupil(contact, exports.contact("mor00001")))
    assert [each.code for each in exports.errors(folder)] == [code]
    assert people(exports.records(folder)) == ["ole00001", "mor00001"]


def test_a_child_who_cannot_be_taken_keeps_its_family(exports: Any) -> None:
    """A bad element is no word that anybody left: the guardians stay as they were too."""
    nameless = exports.person("siv00001", "<FirstName/>")
    folder = exports.write(exports.pupil(exports.contact("mor00001"), person=nameless))
    assert exports.records(folder)[-1] == Unchanged("person", ("mor00001",))
    assert people(exports.records(folder)) == []


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("<InstitutionPerson/>", "value.missing"),
        ("<InstitutionPerson>PERSON</InstitutionPerson>", "person.no-role"),
        ("<InstitutionPerson>PERSON<Student/><Student/></InstitutionPerson>", "field.repeated"),
    ],
)
def test_institution_persons_without_sense(exports: Any, element: str, code: str) -> None:
    """Nobody is taken in half: without a person or a role there is nobody."""
    folder = exports.write(element.replace("PERSON", exports.person()), exports.employee())
    assert exports.codes(folder)[0][2] == code
    assert people(exports.records(folder))[-1] == "per00001"


def test_nobody_is_twice_at_one_institution(exports: Any) -> None:
    """The second element about the same person is refused; the first one stands."""
    folder = exports.write(exports.pupil(), exports.pupil())
    assert exports.codes(folder) == [(7, "Person/UserId", "guid.duplicate")]


@pytest.mark.parametrize(
    ("group", "field", "code", "about"),
    [
        ("<GroupName>3.B</GroupName>", "Group/GroupId", "value.missing", ()),
        ("<GroupId>3B</GroupId>", "Group/GroupName", "value.missing", ("group", "970001:3B")),
        ("<GroupId>3A</GroupId><GroupName>3.A</GroupName>", "Group/GroupId", "guid.duplicate",
         ()),
        ("<GroupId>3B</GroupId><GroupName>3.B</GroupName><FromDate>1. august</FromDate>",
         "Group/FromDate", "date.malformed", ("group", "970001:3B:2026")),
        ("<GroupId>3B</GroupId><FromDate>2025-08-01</FromDate><ToDate>2025-07-31</ToDate>",
         "Group/ToDate", "date.order", ("group", "970001:3B:2025")),
        ("<GroupId>0101991234</GroupId><GroupName>3.B</GroupName>", "Group/GroupId", "cpr.refused",
         ()),
    ],
)  # fmt: skip
def test_bad_groups(
    exports: Any, group: str, field: str, code: str, about: tuple[str, ...]
) -> None:
    """A bad group stays as it was, and whoever is said to be in it is not complained about."""
    pupil = exports.pupil(inside="<MainGroupId>3A</MainGroupId><GroupId>3B</GroupId>")
    good = "<Group><GroupId>3A</GroupId><GroupName>3.A</GroupName></Group>\n"
    institution = exports.institution(pupil, groups=f"{good}<Group>{group}</Group>")
    folder = exports.put(exports.export(institution))
    error = exports.errors(folder)[0]
    assert (error.line, error.field, error.code, error.about) == (6, field, code, about)
    names = [each.name for each in exports.records(folder) if isinstance(each, GroupRecord)]
    assert names == ["3.A"]
    assert sum(isinstance(each, MembershipRecord) for each in exports.records(folder)) == 1


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        (">970001<", ">97-001<", "institution-number.malformed"),
        (">970001<", "><", "value.missing"),
        (">Folkeskole<", ">Rumstation<", "value.unknown"),
        (">Testskolen 970001<", "><", "value.missing"),
    ],
)
def test_bad_institutions(exports: Any, good: str, bad: str, code: str) -> None:
    """Of an institution that cannot be taken nothing is read, and nothing is concluded."""
    text = exports.export(
        exports.institution(exports.pupil()), exports.institution(number="970002")
    )
    folder = exports.put(text.replace(good, bad, 1))
    assert [each.code for each in exports.errors(folder)] == [code]
    found = exports.records(folder)
    assert [each.source_id for each in found if isinstance(each, OrgRecord)] == ["970002"]
    assert people(found) == []
    assert exports.inspect(folder).institutions == {"970002"}


@pytest.mark.parametrize(
    ("envelope", "line", "field", "code"),
    [
        ({"at": "i går"}, 1, "UNILoginExport/exportDateTime", "moment.malformed"),
        ({"at": ""}, 1, "UNILoginExport/exportDateTime", "value.missing"),
        ({"at": "2199-01-01T00:00:00Z"}, 1, "UNILoginExport/exportDateTime", "export.future"),
        ({"at": "0001-01-01T00:00:00"}, 1, "UNILoginExport/exportDateTime", "moment.malformed"),
        ({"size": "large"}, 1, "UNILoginExport/accessLevel", "export.package"),
        ({"size": ""}, 1, "UNILoginExport/accessLevel", "value.missing"),
        ({"namespace": "urn:x"}, 1, "", "xml.not-an-export"),
    ],
)
def test_envelopes_that_stop_everything(
    exports: Any, envelope: dict[str, str], line: int, field: str, code: str
) -> None:
    """When it is not clear what the delivery is, nothing of it is applied."""
    folder = exports.write(exports.pupil(), **envelope)
    [error] = exports.read(folder)
    assert (error.line, error.field, error.code, error.fatal) == (line, field, code, True)
    with pytest.raises(Invalid) as refused:
        exports.inspect(folder)
    assert refused.value.extra["reason"] == code


def test_a_strange_school_year_is_only_said(exports: Any) -> None:
    """Nothing hangs on it."""
    folder = exports.write(envelope='<ImportSource schoolYear="2026-2028"/>')
    assert exports.codes(folder) == [(2, "ImportSource/schoolYear", "school-year.malformed")]
    assert exports.inspect(folder).format == "UNI-Login XML (full)"


def test_files_of_different_packages(exports: Any) -> None:
    """What one package leaves out would look like leaving in the other."""
    exports.write(exports.pupil())
    text = exports.export(exports.institution(number="970002"), size="small")
    [error] = exports.read(exports.put(text, "970002.xml"))
    assert (error.code, error.fatal) == ("export.mixed", True)


def test_filtered_and_whole_files_together_close_nothing(exports: Any) -> None:
    """The whole delivery counts as filtered, and that is said."""
    exports.write(exports.pupil())
    text = exports.export(
        exports.institution(number="970002"), envelope="<Filter><Level>3</Level></Filter>"
    )
    folder = exports.put(text, "970002.xml")
    assert exports.inspect(folder).mode == "delta"
    assert [each.code for each in exports.errors(folder)] == ["export.filtered"]


def test_too_much_in_one_element(exports: Any) -> None:
    """An element that never ends costs itself, not the memory."""
    folder = exports.write(
        exports.pupil(inside="<GroupId>3A</GroupId>" * 4_000), exports.employee()
    )
    assert exports.codes(folder)[0] == (6, "InstitutionPerson/Person", "element.too-large")
    assert people(exports.records(folder)) == ["per00001"]
