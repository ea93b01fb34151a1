"""What a statement has found or done, where it did not go by SQLAlchemy."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine.result import result_tuple

from aula_platform.storage.held import Change, Held

_DONE = re.compile(r"(?:UPDATE|DELETE|INSERT \d+) (\d+)")


class Shape(NamedTuple):
    """What rows of a statement are made of, and what is done to which of the driver's columns."""

    row: Any
    changes: tuple[tuple[int, Change], ...]


class Rows:
    """Has those methods of SQLAlchemy's results that units use."""

    def __init__(self, shape: Shape, records: list[Any], said: str = "") -> None:
        """``said`` is what PostgreSQL says it has done."""
        self._row = shape.row
        self._records: list[Sequence[Any]] = records
        self._said = said
        if shape.changes:
            self._records = [_changed(record, shape.changes) for record in records]

    @property
    def rowcount(self) -> int:
        """How many rows were written; -1 where that is not said, as of a SELECT."""
        done = _DONE.fullmatch(self._said)
        return int(done[1]) if done else -1

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


def make_shape(
    held: Held, names: Sequence[str], kinds: Sequence[Any], dialect: sa.Dialect
) -> Shape:
    """Return the shape of a statement's rows, whose columns the driver calls so and says to be of
    these kinds of its own.
    """
    changes = [
        (number, type_.dialect_impl(dialect).result_processor(dialect, kind))
        for number, (type_, kind) in enumerate(zip(held.types, kinds, strict=True))
    ]
    fit = tuple((number, change) for number, change in changes if change is not None)
    return Shape(result_tuple(names), fit)


def _changed(record: Sequence[Any], changes: tuple[tuple[int, Change], ...]) -> list[Any]:
    values = list(record)
    for number, change in changes:
        values[number] = change(values[number])
    return values
