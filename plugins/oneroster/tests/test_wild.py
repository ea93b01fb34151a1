"""Files as they are met: legal but odd, or bad in one row, or not what the manifest says."""

from typing import Any

import pytest

from aula_plugins.oneroster.reading import inspect
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import (
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    PersonRecord,
)


def people(found: list[Any]) -> list[str]:
    return [each.source_id for each in found if isinstance(each, PersonRecord)]


def test_header_in_any_order_and_case(roster: Any) -> None:
    """Columns are found by name; unknown ones and a trailing comma are left alone."""
    folder = roster.write(
        users="FAMILYNAME,givenname,Role,orgSourcedIds,sourcedid,favouriteColour,\r\n"
        "Æbelø,Siv,STUDENT,skole,u1,blå,\r\n"
    )
    [person] = [each for each in roster.records(folder) if isinstance(each, PersonRecord)]
    assert (person.given_name, person.family_name) == ("Siv", "Æbelø")
    assert roster.errors(folder) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(roster: Any, ends: str) -> None:
    """All three line ends are read, and lines of nothing but commas are no rows."""
    text = roster.users({"sourcedId": "u1"}, {"sourcedId": "u2"}) + "\n,,,,,,\n\n"
    folder = roster.write(users=text.replace("\n", ends))
    assert people(roster.records(folder)) == ["u1", "u2"]
    assert roster.errors(folder) == []


def test_empty_files_are_no_rows(roster: Any) -> None:
    """A file without a line, or with a header only, is legal in practice."""
    folder = roster.write(enrollments="", classes="sourcedId,title,schoolSourcedId\n")
    assert people(roster.records(folder)) == ["u1"]
    assert roster.errors(folder) == []


def test_line_ends_inside_a_cell(roster: Any) -> None:
    """The standard forbids them; where the row still fits it is one row."""
    folder = roster.write(
        users="sourcedId,orgSourcedIds,role,givenName,familyName,metadata.address\n"
        'u1,skole,student,Siv,Holm,"Åvej 1\n9999 Testrup"\nu2,skole,student,Ib,Holm,\n'
    )
    first = next(each for each in roster.records(folder) if isinstance(each, PersonRecord))
    assert first.contact.address == "Åvej 1 9999 Testrup"
    assert people(roster.records(folder)) == ["u1", "u2"]


def test_lost_quotation_mark_costs_one_row(roster: Any) -> None:
    """A quotation mark that is never closed does not swallow the rows below it."""
    folder = roster.write(
        users="sourcedId,orgSourcedIds,role,givenName,familyName\n"
        'u1,skole,student,"Siv,Holm\nu2,skole,student,Ib,Holm\nu3,skole,student,Bo,Holm,x\n',
        enrollments="",
    )
    assert people(roster.records(folder)) == ["u2"]
    assert roster.codes(folder) == [
        ("users.csv", 2, "", "row.malformed"),
        ("users.csv", 4, "", "row.too-many-cells"),
    ]


def test_rows_that_are_not_utf_8(roster: Any) -> None:
    """Only the row with the foreign bytes is refused, by line and field."""
    text = roster.users({"sourcedId": "u1", "givenName": "S\udcf8ren"}, {"sourcedId": "u2"})
    folder = roster.write(users=text, enrollments="")
    assert ("users.csv", 2, "givenName", "encoding.not-utf-8") in roster.codes(folder)
    assert people(roster.records(folder)) == ["u1", "u2"], "the family name is still a name"


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ({"role": "janitor"}, None, "value.unknown"),
        ({"role": ""}, None, "value.missing"),
        ({"status": "deleted"}, None, "value.unknown"),
        ({"givenName": "", "familyName": ""}, None, "name.missing"),
        ({"email": "ole(at)hjem"}, "u1", "email.malformed"),
        ({"sms": "ring til mor"}, "u1", "phone.malformed"),
        ({"enabledUser": "perhaps"}, "u1", "boolean.unknown"),
        ({"orgSourcedIds": "skole,ukendt"}, "u1", "reference.unknown"),
        ({"orgSourcedIds": "kommune"}, "u1", "org.not-an-institution"),
        ({"agentSourcedIds": "u1"}, "u1", "reference.itself"),
        ({"agentSourcedIds": "nobody"}, "u1", "reference.unknown"),
        ({"userIds": "{uniid:ole prøve}"}, "u1", "uniid.malformed"),
        ({"sourcedId": "x" * 256}, None, "guid.too-long"),
    ],
)
def test_one_bad_cell(roster: Any, cell: dict[str, str], value: str | None, code: str) -> None:
    """A bad row is named with file, line and field; an optional cell does not cost the person."""
    text = roster.users({"sourcedId": "u0"}, {"sourcedId": "u1"} | cell)
    folder = roster.write(users=text, enrollments="")
    assert people(roster.records(folder)) == ["u0", *([value] if value else [])]
    [error] = roster.errors(folder)
    column = next(iter(cell))
    assert (error.file, error.line, error.field, error.code) == ("users.csv", 3, column, code)
    assert not error.fatal
    assert all(text not in str(error.reason) for text in cell.values() if len(text) > 3)


def test_ids_are_used_once(roster: Any) -> None:
    """The second row with an id is refused; the first one stands."""
    text = roster.users({"sourcedId": "u1", "givenName": "Bo"}, {"sourcedId": "u1"})
    assert roster.codes(roster.write(users=text)) == [
        ("users.csv", 3, "sourcedId", "guid.duplicate")
    ]


@pytest.mark.parametrize("day", ["2026-08-01", "2026-08-01T00:00:00", "2026-07-31T22:00:00.000Z"])
def test_dates_with_and_without_time(roster: Any, day: str) -> None:
    """A time with a zone is the day it is in Denmark."""
    rows = roster.enrollments(f"n1,,,k1,skole,u1,student,true,{day},")
    folder = roster.write(enrollments=rows)
    [membership] = [each for each in roster.records(folder) if isinstance(each, MembershipRecord)]
    assert membership.valid_from is not None
    assert membership.valid_from.isoformat() == "2026-07-31T22:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (",,,k1,skole,u1,student,,01/08/2026,", "beginDate", "date.malformed"),
        (",,,k1,skole,u1,student,,0001-01-01T00:00:00Z,", "beginDate", "date.out-of-range"),
        (",,,k1,skole,u1,student,,2026-08-02,2026-08-01", "endDate", "date.order"),
        (",,,k9,skole,u1,student,,,", "classSourcedId", "reference.unknown"),
        (",,,k1,skole,u9,student,,,", "userSourcedId", "reference.unknown"),
        (",,,k1,skole,u1,guardian,,,", "role", "role.guardian-in-class"),
    ],
)
def test_bad_enrollments(roster: Any, row: str, field: str, code: str) -> None:
    """Enrolments are held against people and classes where those are given in full."""
    folder = roster.write(enrollments=roster.enrollments(row))
    assert roster.codes(folder) == [("enrollments.csv", 2, field, code)]


def test_removed_rows_of_a_full_delivery(roster: Any) -> None:
    """In a full delivery a removed row counts as not there, and so do rows about it."""
    folder = roster.write(users=roster.users({"sourcedId": "u1", "status": "tobedeleted"}))
    assert people(roster.records(folder)) == []
    assert roster.errors(folder) == []
    assert not any(isinstance(each, MembershipRecord) for each in roster.records(folder))


def test_rows_that_disagree_about_custody(roster: Any) -> None:
    """R7: two rows that contradict each other give the lesser right, and it is reported."""
    text = roster.users(
        {"sourcedId": "u1", "agentSourcedIds": "v1", "metadata.childCustody": "true"},
        {
            "sourcedId": "v1",
            "role": "parent",
            "agentSourcedIds": "u1",
            "metadata.childCustody": "false",
        },
    )
    folder = roster.write(users=text)
    [family] = [each for each in roster.records(folder) if isinstance(each, GuardianshipRecord)]
    assert not family.custody
    assert roster.codes(folder) == [("users.csv", 3, "agentSourcedIds", "guardian.contradiction")]


def test_empty_custody_is_none_where_custody_is_spoken_of(roster: Any) -> None:
    """STM-9: with a custody column, a parent without a mark has no custody."""
    text = roster.users(
        {"sourcedId": "u1"},
        {"sourcedId": "v1", "role": "parent", "agentSourcedIds": "u1", "metadata.childCustody": ""},
    )
    [family] = [
        each
        for each in roster.records(roster.write(users=text))
        if isinstance(each, GuardianshipRecord)
    ]
    assert not family.custody


def test_a_teacher_is_not_a_guardian_by_being_an_agent(roster: Any) -> None:
    """Agents of the standard may be anybody; without a relation an employee gets no access."""
    text = roster.users(
        {"sourcedId": "u1", "agentSourcedIds": "l1"}, {"sourcedId": "l1", "role": "teacher"}
    )
    found = roster.records(roster.write(users=text))
    assert not any(isinstance(each, GuardianshipRecord) for each in found)


def test_files_the_manifest_forgot(roster: Any) -> None:
    """What the manifest does not name is not read, and said; what it promises must be there."""
    named = roster.manifest().replace("file.classes,bulk\n", "")
    folder = roster.write(manifest=named, enrollments="")
    assert roster.codes(folder) == [("classes.csv", 0, "", "manifest.file-not-named")]
    assert "group" not in inspect(folder).kinds
    assert not any(isinstance(each, GroupRecord) for each in roster.records(folder))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("propertyName,value\noneroster.version,2.0\n", "manifest.version"),
        ("propertyName,value\noneroster.version,1.1\nfile.users,some\n", "manifest.mode"),
        ("propertyName,value\noneroster.version,1.1\nfile.courses,bulk\n", "manifest.file-missing"),
        ("name;value\n", "header.semicolons"),
        ("propertyName\n", "header.missing"),
    ],
)
def test_manifests_that_stop_everything(roster: Any, text: str, code: str) -> None:
    """When it is not clear what the delivery is, nothing of it is applied."""
    folder = roster.write(manifest=text)
    with pytest.raises(Invalid) as refused:
        inspect(folder)
    assert refused.value.extra["reason"] == code
    assert roster.records(folder) == []


def test_no_manifest(roster: Any) -> None:
    """A delivery without a manifest is read as a full one, and that is said."""
    folder = roster.write()
    (folder / "manifest.csv").unlink()
    assert inspect(folder).mode == "bulk"
    assert roster.codes(folder) == [("manifest.csv", 0, "", "manifest.missing")]
    assert people(roster.records(folder)) == ["u1"]


def test_a_column_that_is_needed(roster: Any) -> None:
    """A file whose header does not fit stops the delivery: nobody has left because of it."""
    folder = roster.write(users="sourcedId,givenName\nu1,Siv\n")
    error = next(each for each in roster.errors(folder) if each.fatal)
    assert (error.file, error.line, error.field) == ("users.csv", 1, "orgSourcedIds")


def test_mixed_deliveries_close_nothing(roster: Any) -> None:
    """Where one file holds changes only, the whole delivery is taken as changes."""
    folder = roster.write(manifest=roster.manifest(enrollments="delta"))
    assert inspect(folder).mode == "delta"
    assert ("manifest.csv", 0, "", "manifest.mixed") in roster.codes(folder)
