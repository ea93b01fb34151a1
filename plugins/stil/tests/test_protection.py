"""What must never come in: real names of the protected, CPR numbers, dangerous files."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from aula_plugins.stil import parsing, survey
from aula_plugins.stil.grammar import SURVEY
from aula_plugins.stil.settings import StilSettings
from aula_sdk import stamdata_files
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import GuardianshipRecord, PersonRecord, RowError

CPR = "0101991234"


def fatal(exports: Any, path: Path) -> tuple[str, int]:
    """Return why and where a delivery was refused, having seen that both ways of asking agree."""
    with pytest.raises(Invalid) as refused:
        exports.inspect(path)
    last = exports.read(path)[-1]
    assert isinstance(last, RowError)
    assert last.fatal
    assert refused.value.extra["reason"] == last.code
    return last.code, last.line


def test_protected_under_alias_leaves_no_trace(exports: Any) -> None:
    """STM-12, R8: neither the name, nor the address, nor an e-mail with the name goes on."""
    found = exports.read(exports.data / "full.xml")
    text = repr(found)
    for secret in ("Vilhelmine", "Hemmelig", "hemmelig@", "Skjulte Vej", "Rigtigt"):
        assert secret not in text
    people = {each.source_id: each for each in found if isinstance(each, PersonRecord)}
    assert (people["fe000003"].given_name, people["fe000003"].family_name) == ("Fe", "0003")
    assert people["fe000003"].protected
    assert people["fe000003"].contact.mobile_protected


def test_protected_without_alias_stays_out(exports: Any) -> None:
    """STM-12: reported by place only; what is kept of the person ends, so nothing is named."""
    [error] = exports.errors(exports.data / "full.xml")
    assert (error.line, error.code, error.about) == (102, "protected.no-alias", ())
    people = [each.source_id for each in exports.records(exports.data / "full.xml")
              if isinstance(each, PersonRecord)]  # fmt: skip
    assert {"barn0004", "rigm0001"}.isdisjoint(people)


def test_unreadable_mark_protects(exports: Any) -> None:
    """R8: whoever cannot be read as unprotected is treated as protected, and it is reported."""
    person = exports.person(protected="måske")
    folder = exports.write(exports.pupil(person=person))
    assert not any(isinstance(each, PersonRecord) for each in exports.read(folder))
    assert {code for _line, _field, code in exports.codes(folder)} == {
        "protected.no-alias",
        "boolean.unknown",
    }


def test_an_alias_protects_without_a_mark(exports: Any) -> None:
    """R8: nobody has an alias for nothing."""
    inside = "<FirstName>Vilma</FirstName><AliasFirstName>Fe</AliasFirstName>"
    found = exports.read(exports.write(exports.pupil(person=exports.person("fe01", inside))))
    [person] = [each for each in found if isinstance(each, PersonRecord)]
    assert (person.given_name, person.protected) == ("Fe", True)


def test_protected_in_one_place_is_protected_in_all(exports: Any) -> None:
    """R8: an institution that does not know of the protection must not give the name away."""
    mother = "<FirstName>Vilma</FirstName><FamilyName>Skjult</FamilyName>"
    plain = exports.contact("mor00001").replace(exports.person("mor00001"),
                                                exports.person("mor00001", mother))  # fmt: skip
    first = exports.export(exports.institution(exports.pupil(plain)), at="2026-08-15T03:00:00Z")
    exports.put(first, "970001.xml")
    alias = "<AliasFirstName>Fe</AliasFirstName><AliasFamilyName>Nr. 1</AliasFamilyName>"
    hidden = exports.person("mor00001", mother + alias, protected="true")
    second = exports.institution(
        f"<InstitutionPerson>{hidden}<Employee><Role>TAP</Role></Employee></InstitutionPerson>",
        number="970002",
    )
    found = exports.read(exports.put(exports.export(second), "970002.xml"))
    assert "Vilma" not in repr(found)
    [person] = [each for each in found if getattr(each, "source_id", "") == "mor00001"]
    assert (person.given_name, person.protected) == ("Fe", True)
    assert any(isinstance(each, GuardianshipRecord) for each in found)


@pytest.mark.parametrize("number", [CPR, "010199-1234", "610199-1234", "010199 1234"])
@pytest.mark.parametrize(
    "place",
    [
        "<CPR>N</CPR>",
        '<CivilRegistrationNumber type="cpr">N</CivilRegistrationNumber>',
        "<Gender>N</Gender>",
        "<FirstName>N</FirstName>",
        "<FirstName><CPR>N</CPR></FirstName>",
        "<FamilyName>Holm N</FamilyName>",
        "<EmailAddress>N@hjem.example</EmailAddress>",
        "<MobilePhoneNumber>N</MobilePhoneNumber>",
        "<Address><StreetAddress>N</StreetAddress></Address>",
        "<BirthDate>N</BirthDate>",
        "<AliasFirstName>N</AliasFirstName>",
        '<Nickname cpr="N"><FirstName>N</FirstName></Nickname>',
    ],
)
def test_cpr_numbers_go_nowhere(exports: Any, place: str, number: str) -> None:
    """R20: wherever it stands in a person's element, it is in no record, report or error."""
    person = exports.person(
        "siv00001", f"<FamilyName>Holm</FamilyName>{place.replace('N', number)}"
    )
    folder = exports.write(exports.pupil(person=person))
    found = exports.read(folder)
    assert number not in repr(found)
    assert number not in " ".join(str(each.reason) for each in exports.errors(folder))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (">ole00001<", f">{CPR}<"),
        (">Testskolen 970001<", f">Skolen {CPR}<"),
        (">970001<", f">{CPR}<"),
        (">3.A<", f">{CPR}<"),
        (">3A</GroupId>", f">{CPR}</GroupId>"),
        (">3A</MainGroupId>", f">{CPR}</MainGroupId>"),
        ('schoolYear="2026-2027"', f'schoolYear="{CPR}"'),
        ('"2026-08-15T02:00:00+02:00"', f'"{CPR}"'),
        ('accessLevel="full"', f'accessLevel="{CPR}"'),
        ("</InstitutionPerson>", f"</InstitutionPerson><X{CPR}/>"),
        ("</InstitutionPerson>", f"</Person{CPR}>"),
        ("<UNILoginExport", f'<!DOCTYPE x [<!ENTITY c "{CPR}">]><UNILoginExport'),
        ("urn:aula-platform:stil-export:1", f"urn:{CPR}"),
    ],
)
def test_cpr_numbers_around_people_go_nowhere(exports: Any, good: str, bad: str) -> None:
    """R20: in ids, names, envelopes and broken files alike; the file's own name included."""
    text = exports.export(exports.institution(exports.pupil()))
    assert good in text
    folder = exports.put(text.replace(good, bad, 1), f"eksport{CPR}.xml")
    found = exports.read(folder)
    said = repr(found) + " ".join(str(each.reason) for each in exports.errors(folder))
    assert CPR not in said
    try:
        asked = str(exports.inspect(folder))
    except Invalid as refused:
        asked = f"{refused.detail} {refused.extra} {refused!r} {refused.__cause__!r}"
    assert CPR not in asked


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">', "xml.doctype"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]>', "xml.doctype"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>', "xml.doctype"),
        ('<?xml version="1.0" encoding="utf-7"?>', "xml.encoding"),
        ('<?xml version="1.0" encoding="no-such"?>', "xml.encoding"),
        ('<?xml version="1.0" encoding="zlib"?>', "xml.encoding"),
        ("<!--", "xml.malformed"),
        ("x", "xml.malformed"),
        ("<y/>", "xml.not-an-export"),
    ],
)
def test_beginnings_that_are_refused(exports: Any, head: str, code: str) -> None:
    """No document type, no entity, nothing fetched, no encoding of one's own."""
    text = exports.export(exports.institution(exports.pupil()))
    assert fatal(exports, exports.put(head + text)) == (code, 1)


def test_entities_are_not_expanded(exports: Any) -> None:
    """A reference to an entity that nobody may declare makes the file unreadable."""
    folder = exports.write(
        exports.pupil(person=exports.person("siv00001", "<FirstName>&a;</FirstName>"))
    )
    assert fatal(exports, folder) == ("xml.malformed", 6)


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        (f'<x a="{"a" * (1 << 20)}"/>', "xml.token-too-long"),
        (f"<!--{'a' * (1 << 20)}-->", "xml.token-too-long"),
        (f"<?pi {'a' * (1 << 20)}?>", "xml.token-too-long"),
        ("<a>" * 100 + "</a>" * 100, "xml.too-deep"),
        ("".join(f"<a{place}/>" for place in range(30_000)), "xml.too-many-names"),
    ],
)
def test_bombs_in_xml_are_refused(exports: Any, bomb: str, code: str) -> None:
    """Nothing that a file can hold makes the reader remember without bound."""
    assert fatal(exports, exports.write(bomb))[0] == code


def test_a_huge_text_costs_only_itself(exports: Any) -> None:
    """Text comes in pieces; what is beyond the bound is dropped while it is read."""
    inside = f"<FirstName>{'å' * (4 << 20)}</FirstName><FamilyName>Holm</FamilyName>"
    folder = exports.write(exports.pupil(person=exports.person("siv00001", inside)))
    assert exports.codes(folder) == [(6, "Person/FirstName", "text.too-long")]
    assert exports.records(folder)[2].family_name == "Holm"


def test_files_that_were_cut_off(exports: Any) -> None:
    """Half a school must not look like a school that half has left."""
    text = exports.export(exports.institution(exports.pupil(), exports.employee()))
    folder = exports.put(text[: text.index("<Employee>")])
    assert fatal(exports, folder)[0] == "xml.malformed"
    assert exports.records(folder) == []


def test_bounds_on_people_and_groups(exports: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of a delivery has an end."""
    strange = '<ImportSource schoolYear="1"/>'
    folder = exports.write(exports.pupil(), exports.employee(), envelope=strange)
    for bound in ("MAX_INSTITUTIONS", "MAX_GROUPS", "MAX_PEOPLE", "MAX_PROBLEMS"):
        with monkeypatch.context() as patch:
            patch.setattr(survey, bound, 0)
            assert fatal(exports, folder)[0] == "package.too-large"


def test_parcels_that_are_refused(
    exports: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same parcels are refused as for every other format."""
    assert fatal(exports, tmp_path / "nothing")[0] == "package.not-found"
    (tmp_path / "text.zip").write_text("this is no zip")
    assert fatal(exports, tmp_path / "text.zip")[0] == "package.not-a-zip"
    (tmp_path / "empty").mkdir()
    assert fatal(exports, tmp_path / "empty")[0] == "package.no-files"
    with zipfile.ZipFile(tmp_path / "climbs.zip", "w") as archive:
        archive.writestr("../a.xml", b"<a/>")
    assert fatal(exports, tmp_path / "climbs.zip")[0] == "package.unsafe-path"
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * (17 << 20))
    assert fatal(exports, tmp_path / "bomb.zip")[0] == "package.too-large"
    (tmp_path / "link.xml").symlink_to("/etc/hostname")
    assert fatal(exports, tmp_path / "link.xml")[0] == "package.link"
    monkeypatch.setattr(stamdata_files, "MAX_FILE_BYTES", 10)
    assert fatal(exports, exports.write())[0] == "package.too-large"


def test_damaged_zip(exports: Any) -> None:
    """A zip whose content does not match its checksum is refused while it is read."""
    packed = exports.zipped(exports.write(exports.pupil()))
    data = bytearray(packed.read_bytes())
    data[80] ^= 0xFF
    packed.write_bytes(data)
    assert fatal(exports, packed)[0] in {"package.damaged", "xml.malformed"}


def test_a_file_that_changes_while_it_is_read(
    exports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look finds more institutions than the first: nothing of it can be relied on."""
    folder = exports.write(exports.pupil())
    more = exports.export(
        exports.institution(exports.pupil()), exports.institution(exports.pupil(), number="970002")
    )
    reading = iter(exports.stream(folder))
    first = next(reading)
    exports.put(more)
    last = [*reading][-1]
    assert first.source_id == "970001"
    assert (last.code, last.fatal) == ("package.damaged", True)


def test_nothing_unread_becomes_text() -> None:
    """R20: text outside the fields that are read is never handed over by the parser at all."""
    reader = parsing._Reader("a.xml", SURVEY, survey.namespaces_of(StilSettings()))
    handed: list[str] = []
    hear = reader._hear

    def note(text: str) -> None:
        handed.append(text)
        hear(text)

    reader._hear = note  # type: ignore[method-assign]  # To see what the parser hands over.
    reader.feed(
        b'<UNILoginExport xmlns="urn:aula-platform:stil-export:1"><Institution>'
        b"<InstitutionNumber>980001</InstitutionNumber><InstitutionPerson><Person>"
        b"<UserId>a1</UserId><CPR>0101991234</CPR><FirstName>Siv</FirstName></Person>"
        b"</InstitutionPerson></Institution></UNILoginExport>"
    )
    reader.feed(b"")
    assert handed == ["980001", "a1"]
