"""One ZIP for one person: a page to read, JSON for programs, and the files (GDPR art. 15 and 20).

index.html              everything, to be read in a browser
data/<owner>.json       the rows of the kernel, and of each plugin
files/<id>.<ending>     what was uploaded by the person, or hangs on what is given out
manifest.json           how many rows of each table there are, and were given out
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from aula_platform.files.blobs import BlobMissing
from aula_platform.privacy.exporting import file_path
from aula_platform.privacy.parcel import Parcel, wrap
from aula_platform.privacy.person.gathering import (
    FileShare,
    OwnerShare,
    Plugins,
    gather,
)
from aula_platform.privacy.person.page import render
from aula_platform.privacy.person.subject import Subject
from aula_platform.privacy.place import Installation
from aula_platform.storage import Write
from aula_sdk.audit import AuditKind
from aula_sdk.contributions import PersonalData

FORMAT = "aula-person/1"
EXPORTED = "privacy.person_exported"
"""What is audited when everything about a person was put together."""


class Counted(msgspec.Struct, frozen=True):
    """How much of one table."""

    kept: int
    """How many rows name the person."""
    given: int
    """How many are given out: those, and what the person could see of others'."""


class PersonManifest(msgspec.Struct, frozen=True):
    """What is in the ZIP: ``manifest.json``."""

    format: str
    municipality: str
    person: UUID
    at: datetime
    """The moment that all of it shows."""
    tables: dict[str, dict[str, Counted]]
    """By owner, then by table."""
    files: int
    missing: tuple[UUID, ...] = ()
    """Files whose bytes are gone."""

    @property
    def rows(self) -> int:
        """How many rows are given out."""
        return sum(one.given for tables in self.tables.values() for one in tables.values())


async def export_person(
    installation: Installation,
    subject: Subject,
    plugins: Plugins,
    declared: Iterable[PersonalData],
    to: Path,
) -> PersonManifest:
    """Write everything about the person into a ZIP at ``to``, in the language of the context.

    Raises `NotWhole`, `NotAll`, `Occupied`; nothing is left then.
    """
    await installation.check_whole()
    async with installation.storage.snapshot(subject.place.wall) as read:
        shares, found = await gather(installation, subject, plugins, read)
        at = read.now
    with wrap(to) as parcel:
        for share in shares:
            rows = {table.name: table.rows for table in share.tables}
            text = msgspec.json.format(msgspec.json.encode(rows, order="deterministic"), indent=2)
            _write(parcel, f"data/{share.name}.json", text)
        missing = [one.id for one in found if not await _write_file(installation, parcel, one)]
        manifest = PersonManifest(
            FORMAT, subject.place.name, subject.person_id, at, _count(shares),
            len(found) - len(missing), tuple(missing),
        )  # fmt: skip
        _write(
            parcel,
            "manifest.json",
            msgspec.json.format(msgspec.json.encode(manifest), indent=2),
        )
        page = render(subject, at, shares, _names(found, missing), {d.table: d for d in declared})
        _write(parcel, "index.html", page.encode())
    return manifest


def note_export(write: Write, subject: Subject, manifest: PersonManifest) -> None:
    """Write into the audit that the person's data was put together, and how much it was."""
    write.audit(
        EXPORTED,
        municipality_id=subject.place.id,
        object_id=subject.person_id,
        subjects=subject.profiles,
        details={"rows": manifest.rows, "files": manifest.files},
        kind=AuditKind.EXPORT,
    )


def _count(shares: Iterable[OwnerShare]) -> dict[str, dict[str, Counted]]:
    return {
        share.name: {table.name: Counted(table.kept, len(table.rows)) for table in share.tables}
        for share in shares
    }


def _names(found: Iterable[FileShare], missing: list[UUID]) -> Mapping[str, str]:
    """Return how each file was called, by its place in the ZIP."""
    return {file_path(one.id, one.name): one.name for one in found if one.id not in missing}


def _write(parcel: Parcel, name: str, content: bytes) -> None:
    with parcel.file(name) as target:
        target.write(content)


async def _write_file(installation: Installation, parcel: Parcel, one: FileShare) -> bool:
    try:
        _length, content = await installation.blobs.open(one.id, "")
    except BlobMissing:
        return False
    with parcel.file(file_path(one.id, one.name)) as target:
        async for part in content:
            target.write(part)
    return True
