"""Deliveries for tests: the hand-written folders, and small ones made on the spot."""

import zipfile
from pathlib import Path

import pytest

from aula_plugins.oneroster.reading import read
from aula_sdk.stamdata_source import Record, RowError

ORGS = """\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
kommune,,,Testrup Kommune,district,970,
skole,,,Testrup Skole,school,970001,kommune
"""
CLASSES = """\
sourcedId,title,classType,schoolSourcedId,termSourcedIds
k1,3.A,homeroom,skole,
"""
USER_COLUMNS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
ENROLLMENT_COLUMNS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate"
)


class Roster:
    """Writes small deliveries of version 1.1 and reads any."""

    data = Path(__file__).parent / "data"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self, *, version: str = "1.1", mode: str = "bulk", **modes: str) -> str:
        """Return a manifest that names the files of a small delivery."""
        named = dict.fromkeys(("orgs", "users", "classes", "enrollments"), mode) | modes
        lines = [f"file.{name},{how}" for name, how in named.items()]
        return "\n".join(["propertyName,value", f"oneroster.version,{version}", *lines, ""])

    def users(self, *rows: dict[str, str]) -> str:
        """Return ``users.csv``; extra keys of the rows become metadata columns."""
        extra = dict.fromkeys(key for row in rows for key in row if key not in USER_COLUMNS)
        columns = [*USER_COLUMNS.split(","), *extra]
        known = {
            "enabledUser": "true",
            "orgSourcedIds": "skole",
            "role": "student",
            "givenName": "Ole",
            "familyName": "Prøve",
        }
        lines = [",".join(columns)]
        lines += [",".join(f'"{(known | row).get(name, "")}"' for name in columns) for row in rows]
        return "\n".join(lines) + "\n"

    def enrollments(self, *rows: str) -> str:
        """Return ``enrollments.csv``."""
        return "\n".join([ENROLLMENT_COLUMNS, *rows, ""])

    def write(self, **files: str) -> Path:
        """Write a delivery; files that are not given are small and right."""
        self.folder.mkdir(exist_ok=True)
        texts = {
            "manifest": self.manifest(),
            "orgs": ORGS,
            "classes": CLASSES,
            "users": self.users({"sourcedId": "u1"}),
            "enrollments": self.enrollments(",,,k1,skole,u1,student,,,"),
        } | files
        for name, text in texts.items():
            data = text.encode("utf-8", "surrogateescape")
            (self.folder / f"{name}.csv").write_bytes(data)
        return self.folder

    def zipped(self, folder: Path, inside: str = "") -> Path:
        """Pack a folder, with or without a folder inside the zip."""
        target = self.folder.with_suffix(".zip")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, f"{inside}{path.name}")
        return target

    def records(self, path: Path) -> list[Record]:
        """Return the records of a delivery."""
        return [found for found in read(path) if not isinstance(found, RowError)]

    def errors(self, path: Path) -> list[RowError]:
        """Return the bad rows of a delivery."""
        return [found for found in read(path) if isinstance(found, RowError)]

    def codes(self, path: Path) -> list[tuple[str, int, str, str]]:
        """Return where each bad row is and what is wrong with it."""
        return [(each.file, each.line, each.field, each.code) for each in self.errors(path)]


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    """Return a writer of small deliveries."""
    return Roster(tmp_path / "delivery")
