"""Rows for any table, made from its description alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Owner, Storage
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id

ROWS = 3
_ALONE_LETS_IN: dict[str, dict[str, Any]] = {
    "audit_checkpoint": {"month": "2020-01", "until": datetime(2020, 2, 1, tzinfo=UTC)},
}
"""What a trigger of the table wants to see: of a month that is over."""
_numbers = count(1000)


async def fill(storage: Storage, owner: Owner) -> dict[str, int]:
    """Put some rows into each of the owner's tables; return how many each holds afterwards."""
    made: dict[str, list[dict[str, Any]]] = {}
    held = {}
    async with storage.write(EVERYWHERE) as write:
        for table in owner.metadata.sorted_tables:
            made[table.name] = [_row(table, made, number) for number in range(ROWS)]
            await write.execute(sa.insert(table), made[table.name])
            counted = sa.select(sa.func.count()).select_from(table)
            held[str(table.name)] = int(await write.scalar(counted))
    return held


def _row(table: sa.Table, made: dict[str, list[dict[str, Any]]], number: int) -> dict[str, Any]:
    """Return a row that refers to rows that are there. A reference that may be empty is."""
    made_up = {
        column.name: _refer(column, made, number) if column.foreign_keys else _value(column)
        for column in table.columns
        if not (column.nullable and (column.foreign_keys or isinstance(column.type, Id)))
    }
    return made_up | _ALONE_LETS_IN.get(table.name, {})


def _refer(column: sa.Column[Any], made: dict[str, list[dict[str, Any]]], number: int) -> Any:
    (reference,) = column.foreign_keys
    return made[reference.column.table.name][number][reference.column.name]


def _value(column: sa.Column[Any]) -> Any:
    """Return a value of the column's type that no other row has, if the type has so many."""
    for kind, make in _VALUES:
        if isinstance(column.type, kind):
            return make(next(_numbers))
    if isinstance(column.type, sa.String):
        return str(next(_numbers))[: column.type.length or None]
    message = f"{column.table.name}.{column.name}: no value for a {column.type!r}"
    raise AssertionError(message)


_VALUES: tuple[tuple[type[Any], Callable[[int], Any]], ...] = (
    (Id, lambda _number: new_id()),
    (Instant, lambda _number: datetime.now(UTC)),
    (sa.Boolean, lambda _number: False),
    (sa.Integer, int),
    (sa.Float, float),
    (sa.LargeBinary, lambda number: number.to_bytes(32, "big")),
    (sa.Date, lambda _number: date(2020, 1, 1)),
    (sa.JSON, lambda number: {"number": number}),
)
