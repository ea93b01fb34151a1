"""What a statement has found or done, where it did not go by SQLAlchemy."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine.result import result_tuple

from aula_platform.storage.held import Change, Held


class Shape(NamedTuple):
    """What rows of a statement are made of, and what is done to which of the driver's columns."""

    row: Any
    changes: tuple[tuple[int, Change], ...]


class Rows:
    """Has those methods of SQLAlchemy's results that units use."""

    def __init__(self, shape: Shape, records: list[Any], rowcount: int = -1) -> None:
        """``records`` are the driver's."""
        self._row = shape.row
        self._records: list[Sequence[Any]] = records
        self.rowcount = rowcount
        """How many rows were written; -1 where that is not said, as of a SELECT."""
        if shape.changes:
            self._records = [_changed(record, shape.changes) for record in records]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self._records)

    def all(self) -> list[sa.Row[Any]]:
        """Return all rows."""
        return [self._row(record) for record in self._records]

    def first(self) -> sa.Row[Any] | None:
        """Return the first row, or None."""
        return self._row(self._records[0]) if self._records else None

    def scalar(self) -> Any:
        """Return the first column of the first row, or None."""
        return self._records[0][0] if self._records else None


def make_shape(held: Held, columns: Sequence[tuple[Any, ...]], dialect: sa.Dialect) -> Shape:
    """Return the shape of a statement's rows. Of each column the driver tells the name and of which
    kind of its own it is.
    """
    changes = [
        (number, kind.dialect_impl(dialect).result_processor(dialect, column[1]))
        for number, (kind, column) in enumerate(zip(held.types, columns, strict=True))
    ]
    fit = tuple((number, change) for number, change in changes if change is not None)
    # SQLite calls columns of a UNION by their table's name too.
    names = [str(column[0]).rpartition(".")[2] for column in columns]
    return Shape(result_tuple(names), fit)


def _changed(record: Sequence[Any], changes: tuple[tuple[int, Change], ...]) -> list[Any]:
    values = list(record)
    for number, change in changes:
        values[number] = change(values[number])
    return values
