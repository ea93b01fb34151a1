"""Hands over everything that is kept of one municipality, as it was at one moment.

Rows and files are streamed, so that memory does not grow with the municipality; the site works on.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from aula_platform.files.blobs import BlobMissing
from aula_platform.files.tables import file
from aula_platform.privacy.counting import EXPORTED
from aula_platform.privacy.parcel import Parcel, wrap
from aula_platform.privacy.place import Installation, Place
from aula_platform.privacy.reach import NOBODYS, NOT_EXPORTED, looks_elsewhere, rows_of
from aula_platform.storage import EVERYWHERE, Owner, Snapshot
from aula_sdk.db import Id, Instant

FORMAT = "aula-municipality/1"
README = "LÆS MIG.md"
MANIFEST = "manifest.json"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$", re.ASCII)
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (Id, "uuid"),
    (Instant, "instant"),
    (sa.JSON, "json"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Numeric, "number"),
    (sa.Date, "date"),
    (sa.LargeBinary, "base64"),
    (sa.String, "text"),
)


class TableFile(msgspec.Struct, frozen=True):
    """One table in the parcel."""

    owner: str
    file: str
    rows: int
    sha256: str
    columns: dict[str, str]
    """The type of each column, in words that the README explains."""


class Blobs(msgspec.Struct, frozen=True):
    """The uploaded files in the parcel."""

    count: int
    bytes: int
    missing: tuple[UUID, ...] = ()
    """Files that are listed in the table, but whose bytes are gone."""
    damaged: tuple[UUID, ...] = ()
    """Files that are there, but whose bytes are not those that were uploaded."""


class Manifest(msgspec.Struct, frozen=True):
    """What is in the parcel: ``manifest.json``."""

    format: str
    municipality: dict[str, str]
    at: datetime
    """The moment that all of it shows."""
    schema: dict[str, list[str]]
    """The revision of each owner's tables."""
    tables: dict[str, TableFile]
    left_out: dict[str, str]
    """Tables that are not handed over, with why."""
    files: Blobs

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables.values())


async def export(
    installation: Installation, place: Place, to: Path, tell: Callable[[str], None]
) -> Manifest:
    """Write the municipality into a folder or archive at ``to``, and note in the audit that it was.

    Raises `NotWhole` when a plugin's rows would be missing, `Occupied`; nothing is left then.
    ``tell`` is given the name of each table as it begins.
    """
    await installation.check_whole()
    with wrap(to) as parcel:
        async with installation.storage.snapshot(place.wall) as read:
            tables = {
                table.name: await _export_table(read, parcel, place, owner, table)
                for owner, table in installation.tables()
                if _is_exported(table, tell)
            }
            blobs = await _export_files(installation, read, parcel, place)
            at = read.now
        manifest = Manifest(
            FORMAT,
            {"id": str(place.id), "key": place.key, "name": place.name, "code": place.code},
            at,
            {owner.name: list(_heads(owner.scripts())) for owner in installation.owners},
            tables,
            {**NOT_EXPORTED, **NOBODYS},
            blobs,
        )
        _write(parcel, README, _explain(manifest).encode())
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        sum_of_all = _write(parcel, MANIFEST, text)
    async with installation.storage.write(place.wall) as write:
        write.audit(
            EXPORTED,
            municipality_id=place.id,
            object_id=place.id,
            details={"rows": manifest.rows, "files": blobs.count, "manifest": sum_of_all},
        )
    return manifest


def _is_exported(table: sa.Table, tell: Callable[[str], None]) -> bool:
    if table.name in NOT_EXPORTED or table.name in NOBODYS:
        return False
    tell(table.name)
    return True


async def _export_table(
    read: Snapshot, parcel: Parcel, place: Place, owner: Owner, table: sa.Table
) -> TableFile:
    condition = rows_of(table, place.id)
    assert condition is not None  # noqa: S101  # What is nobody's was left out before.
    names = [column.name for column in table.c]
    statement = (
        sa.select(*(_as_kept(column) for column in table.c))
        .where(condition)
        .order_by(*table.primary_key.columns)
    )
    path = f"tables/{owner.name}/{table.name}.jsonl"
    encoder, rows = msgspec.json.Encoder(), 0
    read.wall = EVERYWHERE if looks_elsewhere(table) else place.wall
    with parcel.file(path) as target:
        async for row in read.stream(statement):
            target.write(encoder.encode(dict(zip(names, row, strict=True))) + b"\n")
            rows += 1
    types = {column.name: name_type(column.type) for column in table.c}
    return TableFile(owner.name, path, rows, target.sha256, types)


def _as_kept(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the column as the database has it: a word that no release knows any more comes too."""
    return sa.type_coerce(column, sa.String()) if isinstance(column.type, sa.Enum) else column


def name_type(kind: sa.types.TypeEngine[Any]) -> str:
    """Return the word for a column's type; raise `LookupError` for one that has none."""
    for known, name in _TYPES:
        if isinstance(kind, known):
            return name
    raise LookupError(f"no word for the type {kind!r}")


async def _export_files(
    installation: Installation, read: Snapshot, parcel: Parcel, place: Place
) -> Blobs:
    read.wall = place.wall
    statement = sa.select(file.c.id, file.c.name, file.c.sha256).where(
        file.c.municipality_id == place.id
    )
    count = size = 0
    missing, damaged = [], []
    async for row in read.stream(statement.order_by(file.c.id)):
        try:
            _length, content = await installation.blobs.open(row.id, "")
        except BlobMissing:
            missing.append(row.id)
            continue
        with parcel.file(file_path(row.id, row.name)) as target:
            async for part in content:
                target.write(part)
        count += 1
        size += target.size
        if target.sha256 != row.sha256:
            damaged.append(row.id)
    return Blobs(count, size, tuple(missing), tuple(damaged))


def file_path(file_id: UUID, name: str) -> str:
    """Return where an uploaded file lies in the parcel: by its id, with the ending of its name."""
    ending = _SUFFIX.search(name)
    return f"files/{file_id}{ending[0].lower() if ending else ''}"


def _heads(scripts: ScriptDirectory) -> Iterator[str]:
    yield from scripts.get_heads()


def _write(parcel: Parcel, name: str, content: bytes) -> str:
    with parcel.file(name) as target:
        target.write(content)
    return target.sha256


def _explain(manifest: Manifest) -> str:
    text = files("aula_platform.privacy").joinpath("readme.da.md").read_text(encoding="utf-8")
    tables = "\n".join(
        f"| `{name}` | {table.owner} | {table.rows} | `{table.file}` |"
        for name, table in manifest.tables.items()
    )
    left_out = "\n".join(f"- `{name}`: {reason}" for name, reason in manifest.left_out.items())
    return Template(text).substitute(
        name=manifest.municipality["name"],
        key=manifest.municipality["key"],
        at=f"{manifest.at:%Y-%m-%d %H:%M:%S}",
        rows=manifest.rows,
        files=manifest.files.count,
        missing=len(manifest.files.missing),
        damaged=len(manifest.files.damaged),
        tables=tables,
        left_out=left_out,
    )
