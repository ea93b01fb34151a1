"""Rows as a stream: a bad line costs that line, never the rest of the file.

The standard forbids line ends inside a cell, yet they are met. A record is therefore one line,
unless a quotation mark is left open and a line close by closes it with the right number of cells.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, TypeVar

import msgspec

from aula_plugins.oneroster.package import open_text
from aula_plugins.oneroster.problems import problem
from aula_plugins.oneroster.tables import Table
from aula_plugins.oneroster.values import read_list
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import RowError
from aula_sdk.stamdata_values import BadValue, read_guid, shape_of

MAX_LINE = 1 << 16
MAX_LINES_OF_A_RECORD = 12
BLANK = ', \t\r\n"'
"""A line of nothing but these is no row; spreadsheets leave them at the end."""

T = TypeVar("T")


class BadRow(Exception):
    """The row cannot be taken at all."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error

    def about(self, what: str, *key: str) -> RowError:
        """Return the report, saying what the row was about where its own id could be read."""
        return msgspec.structs.replace(self.error, about=(what, *key) if key[0] else ())


class Row:
    """One row while it is being read; what is wrong with single cells gathers in ``problems``."""

    __slots__ = ("_cells", "_columns", "file", "line", "problems")

    def __init__(self, file: str, line: int, columns: dict[str, int], cells: list[str]) -> None:
        self.file = file
        self.line = line
        self.problems: list[RowError] = []
        self._columns = columns
        self._cells = cells

    def has(self, column: str) -> bool:
        """Whether the file has the column at all."""
        return column.lower() in self._columns

    def text(self, column: str) -> str:
        """Return the cell without surrounding blanks; an absent column is an empty cell."""
        place = self._columns.get(column.lower())
        return "" if place is None or place >= len(self._cells) else self._cells[place].strip()

    def items(self, column: str) -> list[str]:
        """Return the items of a list cell."""
        return read_list(self.text(column))

    def error(self, column: str, code: str, *, show: bool = True) -> RowError:
        """Return the report that the cell is wrong."""
        shape = shape_of(self.text(column)) if show and code != "cpr.refused" else ""
        return problem(self.file, self.line, column, code, shape=shape)

    def required(self, column: str, reader: Callable[[str], T]) -> T:
        """Return the value of a cell without which there is no row; raise `BadRow`."""
        text = self.text(column)
        if not text:
            raise BadRow(self.error(column, "value.missing"))
        try:
            return reader(text)
        except BadValue as bad:
            raise BadRow(self.error(column, bad.reason)) from bad

    def optional(self, column: str, reader: Callable[[str], T], default: T) -> T:
        """Return the value of a cell, or the default when it is empty or (noted) wrong."""
        text = self.text(column)
        if not text:
            return default
        try:
            return reader(text)
        except BadValue as bad:
            self.problems.append(self.error(column, bad.reason))
            return default

    def is_removed(self) -> bool:
        """Whether the row says that its subject is gone; ``inactive`` is the word of 1.0."""
        status = self.text("status").casefold()
        if status in {"", "active"}:
            return False
        if status in {"tobedeleted", "inactive"}:
            return True
        raise BadRow(self.error("status", "value.unknown"))


class Seen:
    """Which ids came before, kept as hashes so that half a million cost little."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def add(self, *key: object) -> bool:
        """Remember the key; return whether it is new."""
        mark = hash(key)
        if mark in self._hashes:
            return False
        self._hashes.add(mark)
        return True


def read_header(package: Package, table: Table) -> frozenset[str] | RowError:
    """Return the lower-case column names of a table that is there, or why it cannot be read."""
    with open_text(package, table.entry) as stream:
        header = _read_columns(table, _Lines(stream))
    if isinstance(header, RowError):
        return header
    return frozenset(header[0] if header else ())


def read_rows(package: Package, table: Table) -> Iterator[Row | RowError]:
    """Yield every row of a table. A header that does not fit is one fatal error and no rows."""
    with open_text(package, table.entry) as stream:
        lines = _Lines(stream)
        header = _read_columns(table, lines)
        if isinstance(header, RowError):
            yield header
        elif header is not None:
            yield from _Records(table.file, header, lines)


def take_id(row: Row, seen: Seen, column: str = "sourcedId") -> str:
    """Return the row's own id; raise `BadRow` when it is no id or was used before."""
    found = row.required(column, read_guid)
    if not seen.add(found):
        raise BadRow(row.error(column, "guid.duplicate", show=False))
    return found


def _read_columns(table: Table, lines: "_Lines") -> tuple[dict[str, int], int] | RowError | None:
    """Return where each column is and how many there are; nothing of a file without any line."""
    number, line = next(((at, line) for at, line in lines if line is None or line.strip()), (0, ""))
    if number == 0:
        return None
    cells = _split(line) if line is not None else None
    if cells is None:
        return problem(table.file, number, "", "row.malformed", fatal=True)
    names = [cell.strip().strip("\ufeff").lower() for cell in cells]
    if len(names) == 1 and ";" in names[0]:
        return problem(table.file, number, "", "header.semicolons", fatal=True)
    columns = {names[place]: place for place in reversed(range(len(names))) if names[place]}
    for column in table.required:
        if column.lower() not in columns:
            return problem(table.file, number, column, "header.missing", fatal=True)
        if names.count(column.lower()) > 1:
            return problem(table.file, number, column, "header.duplicate", fatal=True)
    return columns, len(names)


class _Records:
    """The records of one file below its header."""

    def __init__(self, file: str, header: tuple[dict[str, int], int], lines: "_Lines") -> None:
        self._file = file
        self._columns, self._width = header
        self._lines = lines

    def __iter__(self) -> Iterator[Row | RowError]:
        for number, line in self._lines:
            if line is None:
                yield problem(self._file, number, "", "row.too-long")
            elif line.strip(BLANK):
                yield self._read(number, line)

    def _read(self, number: int, line: str) -> Row | RowError:
        is_open = line.count('"') % 2 == 1
        cells = self._join(line) if is_open else _split(line)
        if cells is None:
            return problem(self._file, number, "", "row.malformed")
        if any(cell.strip() for cell in cells[self._width :]):
            return problem(self._file, number, "", "row.too-many-cells")
        return Row(self._file, number, self._columns, cells)

    def _join(self, line: str) -> list[str] | None:
        """Return the cells of a record that goes on below; the lines are only taken if it fits."""
        for count in range(1, MAX_LINES_OF_A_RECORD):
            ahead = self._lines.peek(count)
            if ahead is None or len(line) + len(ahead) > MAX_LINE:
                return None
            line += ahead
            if line.count('"') % 2 == 0:
                cells = _split(line)
                if cells is None or len(cells) != self._width:
                    return None
                self._lines.skip(count)
                return cells
        return None


def _split(line: str) -> list[str] | None:
    try:
        records = list(csv.reader([line.rstrip("\r\n")], strict=True))
    except csv.Error:
        return None
    return records[0] if records else []


class _Lines:
    """Numbered lines with a look ahead; a line beyond all measure comes as ``None``."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._ahead: deque[str | None] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        return self

    def __next__(self) -> tuple[int, str | None]:
        if not self._ahead and not self._fetch():
            raise StopIteration
        self._number += 1
        return self._number, self._ahead.popleft()

    def peek(self, count: int) -> str | None:
        """Return the line that comes ``count`` lines from here, if there is one."""
        while len(self._ahead) < count:
            if not self._fetch():
                return None
        return self._ahead[count - 1]

    def skip(self, count: int) -> None:
        """Go past the next lines."""
        for _line in range(count):
            self._ahead.popleft()
        self._number += count

    def _fetch(self) -> bool:
        line = self._stream.readline(MAX_LINE)
        if not line:
            return False
        too_long = len(line) == MAX_LINE and not line.endswith(("\n", "\r"))
        while too_long:
            rest = self._stream.readline(MAX_LINE)
            if len(rest) < MAX_LINE or rest.endswith(("\n", "\r")):
                break
        self._ahead.append(None if too_long else line)
        return True
