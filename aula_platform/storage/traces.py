"""What a room keeps about a plugin: the rows that go when its data is purged.

Each room whose tables name plugins says so itself, in a module ``traces`` of its own.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa

from aula_platform.storage.tables import idempotency


class Trace(NamedTuple):
    """Rows of one table that are about one plugin."""

    table: sa.Table
    condition: sa.ColumnElement[bool]


def named_after(column: sa.ColumnElement[Any], plugin: str) -> sa.ColumnElement[bool]:
    """Return the condition that the column holds the plugin's name, or a name within it."""
    return sa.or_(column == plugin, column.startswith(f"{plugin}.", autoescape=True))


def traces_of(plugin: str) -> list[Trace]:
    """Return the plugin's idempotency keys, which begin with its name."""
    return [Trace(idempotency, named_after(idempotency.c.key, plugin))]
