"""Everything that a database holds, as text that can be compared: its schema and its rows."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage

_POSTGRES_SCHEMA = """
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' '
    || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' '
    || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' '
    || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || qual
FROM pg_policies WHERE schemaname = current_schema()
UNION ALL SELECT 'kind ' || relname || ' ' || relkind::text || ' ' || relrowsecurity || ' '
    || relforcerowsecurity || ' ' || coalesce(array_to_string(reloptions, ','), '')
FROM pg_class WHERE relnamespace = current_schema()::regnamespace
UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views
WHERE schemaname = current_schema()
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || proname || ' ' || prosrc FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
"""
_SQLITE_SCHEMA = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master"


async def snapshot(
    storage: Storage, *, without: Collection[str] = (), counters: Collection[str] = ()
) -> set[str]:
    """Return the whole schema, and every row as a line.

    Rows of the tables ``without`` are left out, and so are the columns ``counters``
    (``table.column``), which only ever grow.
    """
    async with storage.read(EVERYWHERE) as read:
        text = _SQLITE_SCHEMA if storage.is_sqlite else _POSTGRES_SCHEMA
        lines = {row[0] for row in await read.rows(sa.text(text))}
        connection = await read.connection()
        names = await connection.run_sync(lambda found: sa.inspect(found).get_table_names())
        for name in names:
            rows = await read.rows(sa.text(f'SELECT * FROM "{name}"'))
            if name in without:
                continue
            for number, row in enumerate(sorted(rows, key=repr)):
                held = {
                    column: value
                    for column, value in row._mapping.items()
                    if f"{name}.{column}" not in counters
                }
                lines.add(f"row {name} {number} {held!r}")
    return lines
