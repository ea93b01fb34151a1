"""What must never come in: real names of the protected, CPR numbers, dangerous parcels."""

import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from aula_plugins.oneroster.reading import inspect, read
from aula_sdk import stamdata_files
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import MembershipRecord, PersonRecord, RowError
from aula_sdk.stamdata_values import looks_like_cpr

CPR = "0101991234"


def test_protected_without_alias_stays_out(roster: Any) -> None:
    """STM-12: reported by place only; what refers to the person comes silently to nothing."""
    found = [*read(roster.data / "v1p2")]
    assert [each for each in found if isinstance(each, RowError)] == [
        roster.errors(roster.data / "v1p2")[0]
    ]
    assert roster.codes(roster.data / "v1p2") == [
        ("users.csv", 5, "metadata.aliasGivenName", "protected.no-alias")
    ]
    assert "barn-4" not in {
        each.person_source_id for each in found if isinstance(each, MembershipRecord)
    }


def test_protected_under_alias_leaves_no_trace(roster: Any) -> None:
    """STM-12, R8: neither the name, nor the address, nor an e-mail with the name goes on."""
    found = [*read(roster.data / "v1p2")]
    text = repr(found)
    for secret in ("Vilhelmine", "Hemmelig", "hemmelig@", "Skjulte Vej", "Rigtigt"):
        assert secret not in text
    people = {each.source_id: each for each in found if isinstance(each, PersonRecord)}
    assert (people["barn-3"].given_name, people["barn-3"].family_name) == ("Fe", "0003")
    assert people["barn-3"].protected
    assert people["mor-3"].contact.email == "kontakt@post.example", "it tells nothing"
    assert people["mor-3"].contact.email_protected
    assert people["mor-3"].contact.address_protected


def test_unreadable_mark_protects(roster: Any) -> None:
    """R8: whoever cannot be read as unprotected is treated as protected, and it is reported."""
    folder = roster.write(users=roster.users({"sourcedId": "u1", "metadata.protected": "måske"}))
    assert [each for each in roster.records(folder) if isinstance(each, PersonRecord)] == []
    assert ("users.csv", 2, "metadata.aliasGivenName", "protected.no-alias") in roster.codes(folder)


@pytest.mark.parametrize(
    ("cells", "about"),
    [
        ({"role": "konge"}, ("person", "u1")),
        ({"identifier": CPR}, ("person", "u1")),
        ({"identifier": CPR, "metadata.protected": "true"}, ()),
        ({"identifier": CPR, "metadata.protected": "måske"}, ()),
        ({"metadata.protected": "true"}, ()),
        ({"orgSourcedIds": "ukendt"}, ("profile", "u1")),
    ],
)
def test_bad_row_says_whom_it_is_about(
    roster: Any, cells: dict[str, str], about: tuple[str, ...]
) -> None:
    """A bad row must not look like leaving; STM-12: unless it protects the person."""
    folder = roster.write(users=roster.users({"sourcedId": "u1", **cells}), enrollments="")
    assert {each.about for each in roster.errors(folder) if each.file == "users.csv"} == {about}


@pytest.mark.parametrize("column", ["sourcedId", "identifier", "userIds", "metadata.uniid"])
@pytest.mark.parametrize("number", [CPR, "010199-1234", "610199-1234"])
def test_cpr_is_refused_unread(roster: Any, column: str, number: str) -> None:
    """R20: the row is named, the number is not repeated anywhere, the person stays out."""
    value = f"{{uniid:{number}}}" if column == "userIds" else number
    folder = roster.write(users=roster.users({"sourcedId": "u1", column: value}), enrollments="")
    found = [*read(folder)]
    assert ("users.csv", 2, column, "cpr.refused") in roster.codes(folder)
    assert not any(isinstance(each, PersonRecord) for each in found)
    assert number not in repr(found)
    assert number not in " ".join(str(each.reason) for each in roster.errors(folder))


@pytest.mark.parametrize(
    "cells",
    [
        {"givenName": CPR},
        {"familyName": f"Holm {CPR}"},
        {"givenName": CPR[:6], "familyName": CPR[6:]},
        {"metadata.address": f"Ved {CPR}"},
        {"email": f"{CPR}@post.example"},
        {"sms": "010199-1234"},
    ],
)
def test_cpr_comes_in_as_no_other_text(roster: Any, cells: dict[str, str]) -> None:
    """R20: people write the number where a name or an address belongs, whole or in two parts."""
    folder = roster.write(users=roster.users({"sourcedId": "u1", **cells}), enrollments="")
    found = [*read(folder)]
    assert "cpr.refused" in {code for *_place, code in roster.codes(folder)}
    assert CPR not in repr(found)
    assert "010199-1234" not in repr(found)
    assert f"{CPR[:6]!r}" not in repr(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E-311299 1234-X", True),
        ("3112991234", True),
        ("9112991234", True),
        ("3213991234", False),
        ("0000000001", False),
        ("0f5e3c1e-0000-4000-8000-010199123400", False),
        ("123456789012", False),
        ("ab0101991234cd", False),
    ],
)
def test_what_may_be_a_cpr_number(text: str, expected: bool) -> None:
    """A day and a month that exist, ten digits, and nothing that runs on on either side."""
    assert looks_like_cpr(text) is expected


def pack(target: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target


def fatal(path: Path) -> str:
    """Return why a delivery was refused, having seen that both ways of asking agree."""
    with pytest.raises(Invalid) as refused:
        inspect(path)
    last = [*read(path)][-1]
    assert isinstance(last, RowError)
    assert last.fatal
    assert refused.value.extra["reason"] == last.code
    return last.code


@pytest.mark.parametrize(
    "name", ["../users.csv", "/etc/users.csv", "a/../../users.csv", "c:\\u.csv", "..\\users.csv"]
)
def test_paths_that_climb_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is unpacked, and a zip that tries to climb out is not read at all."""
    assert fatal(pack(tmp_path / "a.zip", **{name: b"sourcedId\n"})) == "package.unsafe-path"


def test_zip_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small zip that unpacks to hundreds of times its size is not opened."""
    bomb = pack(tmp_path / "bomb.zip", **{"users.csv": b"a" * (17 << 20)})
    assert bomb.stat().st_size < 1 << 20
    assert fatal(bomb) == "package.too-large"
    many = pack(tmp_path / "many.zip", **{f"{place}.csv": b"" for place in range(2001)})
    assert fatal(many) == "package.too-many-files"
    monkeypatch.setattr(stamdata_files, "MAX_TOTAL_BYTES", 10)
    assert fatal(pack(tmp_path / "big.zip", **{"users.csv": b"a,b,c,d,e,f"})) == "package.too-large"


def test_links_are_refused(tmp_path: Path, roster: Any) -> None:
    """A link in a delivery could show any file of the server, so it is not followed."""
    link = zipfile.ZipInfo("users.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert fatal(tmp_path / "link.zip") == "package.link"
    folder = roster.write()
    (folder / "users.csv").unlink()
    (folder / "users.csv").symlink_to("/etc/passwd")
    assert fatal(folder) == "package.link"


def test_what_is_no_delivery(tmp_path: Path) -> None:
    """What cannot be read says so once, for the whole of it."""
    assert fatal(tmp_path / "nothing") == "package.not-found"
    (tmp_path / "text.zip").write_text("this is no zip")
    assert fatal(tmp_path / "text.zip") == "package.not-a-zip"
    (tmp_path / "empty").mkdir()
    assert fatal(tmp_path / "empty") == "package.no-tables"


def test_damaged_zip(tmp_path: Path, roster: Any) -> None:
    """A zip whose content does not match its checksum is refused while it is read."""
    packed = roster.zipped(roster.data / "v1p1")
    with zipfile.ZipFile(packed) as archive:
        offset = archive.getinfo("users.csv").header_offset
    data = bytearray(packed.read_bytes())
    data[offset + 60] ^= 0xFF
    packed.write_bytes(data)
    last = [*read(packed)][-1]
    assert isinstance(last, RowError)
    assert (last.code, last.fatal, last.file) == ("package.damaged", True, "users.csv")
