"""Many rows in one statement whose text is always the same, for PostgreSQL.

A list of rows would be sent one by one, or written out as long as it is; here it is one parameter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.json import encode
from sqlalchemy.dialects import postgresql


def copied(table: sa.Table, name: str) -> sa.Insert:
    """Return the INSERT of the rows that the parameter ``name`` holds, as `write_rows` writes."""
    columns = [sa.column(one.name, one.type) for one in table.c]
    given = sa.cast(sa.bindparam(name, type_=sa.Text), postgresql.JSONB)
    rows = sa.func.jsonb_to_recordset(given).table_valued(*columns, name=f"{name}_given")
    return sa.insert(table).from_select(
        [one.name for one in columns], sa.select(*rows.render_derived(with_types=True).c)
    )


def write_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows as `copied` is given them: a JSON list of objects."""
    return encode(rows).decode()


def write_bytes(value: bytes) -> str:
    """Return bytes as a value of such a row."""
    return f"\\x{value.hex()}"
