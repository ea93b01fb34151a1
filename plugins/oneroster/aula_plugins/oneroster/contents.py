"""What a parcel says it holds: the manifest, and how far the files that are there agree with it."""

from typing import Literal

import msgspec

from aula_plugins.oneroster.problems import problem
from aula_plugins.oneroster.rows import Row, read_header, read_rows
from aula_plugins.oneroster.tables import Table, tables_of
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import RowError

MANIFEST = Table("manifest", ("propertyName", "value"))

Mode = Literal["bulk", "delta", "absent"]


class Contents(msgspec.Struct, frozen=True):
    """Which tables are to be read, and how."""

    version: str
    modes: dict[str, Mode]
    """By table; a table that is not mentioned is absent."""
    headers: dict[str, frozenset[str]]
    """The lower-case columns of each table that is read."""
    problems: tuple[RowError, ...]

    @property
    def is_delta(self) -> bool:
        """Whether any file holds changes only: then nothing may be taken to have left."""
        return "delta" in self.modes.values()

    def is_complete(self, table: Table) -> bool:
        """Whether every row of the table is there, so that a reference into it must be found."""
        return self.modes.get(table.name) == "bulk"

    def reads(self, table: Table) -> bool:
        """Whether the table is there and to be read."""
        return self.modes.get(table.name, "absent") != "absent"


def read_contents(package: Package) -> Contents:
    """Return what is to be read. A file that is promised and cannot be read is a fatal problem."""
    stated, problems = _read_manifest(package)
    version, version_problem = _version_of(package, stated)
    problems += version_problem
    modes: dict[str, Mode] = {}
    for table in tables_of(version):
        mode, found = _mode_of(table, package, stated)
        problems += found
        if mode != "absent":
            modes[table.name] = mode
    if set(modes.values()) == {"bulk", "delta"}:
        problems.append(problem(MANIFEST.file, 0, "", "manifest.mixed"))
    if not modes and not any(found.fatal for found in problems):
        problems.append(problem(MANIFEST.file, 0, "", "package.no-tables", fatal=True))
    headers: dict[str, frozenset[str]] = {}
    for table in tables_of(version):
        if table.name in modes:
            header = read_header(package, table)
            if isinstance(header, RowError):
                problems.append(header)
            else:
                headers[table.name] = header
    return Contents(version, modes, headers, tuple(problems))


def _read_manifest(package: Package) -> tuple[dict[str, Row] | None, list[RowError]]:
    if MANIFEST.entry not in package.names():
        return None, [problem(MANIFEST.file, 0, "", "manifest.missing")]
    rows: dict[str, Row] = {}
    problems: list[RowError] = []
    for row in read_rows(package, MANIFEST):
        if isinstance(row, RowError):
            problems.append(row)
        else:
            rows[row.text("propertyName").casefold()] = row
    return rows, problems


def _version_of(package: Package, stated: dict[str, Row] | None) -> tuple[str, list[RowError]]:
    row = (stated or {}).get("oneroster.version")
    if row is None:
        return ("1.2" if "roles.csv" in package.names() else "1.1"), []
    text = row.text("value").casefold().removeprefix("v")
    for version in ("1.1", "1.2"):
        if text == version or text.startswith(f"{version}."):
            return version, []
    return "1.1", [
        problem(MANIFEST.file, row.line, "oneroster.version", "manifest.version", fatal=True)
    ]


def _mode_of(
    table: Table, package: Package, stated: dict[str, Row] | None
) -> tuple[Mode, list[RowError]]:
    present = table.entry in package.names()
    if stated is None:
        return ("bulk" if present else "absent"), []
    row = stated.get(f"file.{table.name}".casefold())
    if row is None:
        forgotten = [problem(table.file, 0, "", "manifest.file-not-named")] if present else []
        return "absent", forgotten
    text = row.text("value").casefold()
    if text not in {"bulk", "delta", "absent"}:
        field = f"file.{table.name}"
        return "absent", [problem(MANIFEST.file, row.line, field, "manifest.mode", fatal=True)]
    if text != "absent" and not present:
        return "absent", [problem(table.file, 0, "", "manifest.file-missing", fatal=True)]
    return ("delta" if text == "delta" else "bulk" if text == "bulk" else "absent"), []
