"""Deliveries for tests: the hand-written files, and small ones made on the spot."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from aula_plugins.stil.reading import Export
from aula_plugins.stil.settings import NAMESPACE, StilSettings
from aula_sdk.stamdata_source import Delivery, Record, RowError

GROUP = (
    "<Group><GroupId>3A</GroupId><GroupName>3.A</GroupName><GroupType>Hovedgruppe</GroupType>"
    "<GroupLevel>3</GroupLevel></Group>"
)


class Exports:
    """Writes small exports and reads any."""

    data = Path(__file__).parent / "data"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = StilSettings()

    def person(self, uniid: str = "ole00001", inside: str = "", *, protected: str = "") -> str:
        """Return a ``Person``; what is inside replaces the name."""
        mark = f" protected={quoteattr(protected)}" if protected else ""
        names = "<FirstName>Ole</FirstName><FamilyName>Prøve</FamilyName>"
        return f"<Person{mark}><UserId>{uniid}</UserId>{inside or names}</Person>"

    def contact(self, uniid: str, attributes: str = 'relation="Mor" childCustody="true"') -> str:
        """Return a ``ContactPerson``."""
        return f"<ContactPerson {attributes}>{self.person(uniid)}</ContactPerson>"

    def pupil(self, *contacts: str, person: str = "", inside: str = "") -> str:
        """Return a pupil of 3.A with these contact persons."""
        student = inside or "<Role>Elev</Role><Level>3</Level><MainGroupId>3A</MainGroupId>"
        return (
            f"<InstitutionPerson>{person or self.person()}"
            f"<Student>{student}{''.join(contacts)}</Student></InstitutionPerson>"
        )

    def employee(self, uniid: str = "per00001", inside: str = "<Role>Lærer</Role>") -> str:
        """Return an employee."""
        return (
            f"<InstitutionPerson>{self.person(uniid)}<Employee>{inside}</Employee>"
            "</InstitutionPerson>"
        )

    def institution(
        self, *content: str, number: str = "970001", kind: str = "Folkeskole", groups: str = GROUP
    ) -> str:
        """Return an institution; one per line, so that lines can be counted."""
        head = (
            f"<Institution>\n<InstitutionNumber>{number}</InstitutionNumber>"
            f"<InstitutionName>Testskolen {number}</InstitutionName>"
            f"<InstitutionType>{kind}</InstitutionType>\n{groups}\n"
        )
        return head + "\n".join(content) + "\n</Institution>"

    def export(
        self,
        *institutions: str,
        at: str = "2026-08-15T02:00:00+02:00",
        size: str = "full",
        envelope: str = '<ImportSource source="Et system" schoolYear="2026-2027"/>',
        attributes: str = "",
        namespace: str = NAMESPACE,
    ) -> str:
        """Return an export; its first institution begins on line 3."""
        return (
            f'<UNILoginExport xmlns="{namespace}" exportDateTime="{at}" '
            f'accessLevel="{size}"{attributes}>\n{envelope}\n'
            + "\n".join(institutions)
            + "\n</UNILoginExport>\n"
        )

    def write(self, *people: str, name: str = "970001.xml", **envelope: str) -> Path:
        """Write an export of one school with these people; return its folder."""
        return self.put(self.export(self.institution(*people), **envelope), name)

    def put(self, text: str | bytes, name: str = "970001.xml") -> Path:
        """Write a file as it is; return its folder."""
        self.folder.mkdir(exist_ok=True)
        data = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)
        return self.folder

    def zipped(self, folder: Path, inside: str = "") -> Path:
        """Pack a folder, with or without a folder inside the zip."""
        target = self.folder.with_suffix(".zip")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, f"{inside}{path.name}")
        return target

    def stream(self, path: Path) -> Iterator[Record | RowError]:
        """Yield what a delivery gives, while it is being read."""
        return Export(self.settings).read(path)

    def read(self, path: Path) -> list[Record | RowError]:
        """Return everything that a delivery gives."""
        return [*self.stream(path)]

    def inspect(self, path: Path) -> Delivery:
        """Return what a delivery is."""
        return Export(self.settings).inspect(path)

    def records(self, path: Path) -> list[Record]:
        """Return the records of a delivery."""
        return [found for found in self.read(path) if not isinstance(found, RowError)]

    def errors(self, path: Path) -> list[RowError]:
        """Return the bad elements of a delivery."""
        return [found for found in self.read(path) if isinstance(found, RowError)]

    def codes(self, path: Path) -> list[tuple[int, str, str]]:
        """Return where each bad element is and what is wrong with it."""
        return [(each.line, each.field, each.code) for each in self.errors(path)]


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    """Return a writer of small deliveries."""
    return Exports(tmp_path / "delivery")
