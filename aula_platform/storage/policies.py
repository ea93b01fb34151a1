"""Row-level security: the wall between municipalities, as PostgreSQL holds it (decision 0011).

No migration speaks of it. Whenever an owner is migrated, every table that has ``municipality_id``
and is not behind the wall yet is put there, whoever made it. The wall is FORCEd, so that it holds
for the role that owns the tables too, and views ask with the rights of whoever reads them.
"""

import sqlalchemy as sa

from aula_platform.storage.database import Storage
from aula_platform.storage.wall import COLUMN, EVERYWHERE, SETTING

POLICY = "aula_wall"
"""To be renamed when its condition changes: then all tables lack it, and get the new one."""

# Both halves are scalar subqueries, which PostgreSQL works out once for each statement. Nothing
# told (NULL, or empty after a RESET) means that no row is reached.
_CONDITION = f"""
{COLUMN} = ANY ((SELECT string_to_array(
    nullif(current_setting('{SETTING}', true), '{EVERYWHERE.setting}'), ',')::uuid[])::uuid[])
OR (SELECT current_setting('{SETTING}', true)) = '{EVERYWHERE.setting}'
"""

_OPEN_TABLES = sa.text("""
SELECT kin.relname
FROM pg_class AS kin
JOIN pg_attribute AS wall
  ON wall.attrelid = kin.oid AND wall.attname = :column AND NOT wall.attisdropped
WHERE kin.relkind IN ('r', 'p') AND kin.relnamespace = current_schema()::regnamespace
  AND NOT (kin.relrowsecurity AND kin.relforcerowsecurity AND ARRAY[CAST(:policy AS name)] =
           ARRAY(SELECT polname FROM pg_policy WHERE polrelid = kin.oid ORDER BY polname))
ORDER BY kin.relname
""")
_OPEN_VIEWS = sa.text("""
SELECT relname FROM pg_class
WHERE relkind = 'v' AND relnamespace = current_schema()::regnamespace
  AND NOT 'security_invoker=true' = ANY (coalesce(reloptions, '{}'))
ORDER BY relname
""")
_POLICIES = sa.text("SELECT polname FROM pg_policy WHERE polrelid = to_regclass(:name)")
_BYPASSES = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def raise_walls(connection: sa.Connection) -> list[str]:
    """Put every table and view behind the wall that is not; return their names.

    Does nothing on SQLite. Part of the migrating transaction: a table is never seen without.
    """
    if connection.dialect.name != "postgresql":
        return []
    tables, views = _find_open(connection)
    for name in tables:
        _enclose(connection, connection.dialect.identifier_preparer.quote(name))
    for name in views:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.exec_driver_sql(f"ALTER VIEW {quoted} SET (security_invoker = true)")
    return [*tables, *views]


def _enclose(connection: sa.Connection, table: str) -> None:
    for policy in connection.execute(_POLICIES, {"name": table}).scalars().all():
        connection.exec_driver_sql(f'DROP POLICY "{policy}" ON {table}')
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"CREATE POLICY {POLICY} ON {table} USING ({_CONDITION})")


def _find_open(connection: sa.Connection) -> tuple[list[str], list[str]]:
    tables = connection.execute(_OPEN_TABLES, {"column": COLUMN, "policy": POLICY}).scalars().all()
    return list(tables), list(connection.execute(_OPEN_VIEWS).scalars().all())


async def find_open(storage: Storage) -> list[str]:
    """Return the tables and views that are not behind the wall though they should be."""
    if storage.is_sqlite:
        return []
    async with storage.engines.reading.connect() as connection:
        tables, views = await connection.run_sync(_find_open)
    return [*tables, *views]


async def is_bypassed(storage: Storage) -> bool:
    """Whether the wall does not hold for our database role: a superuser, or one with BYPASSRLS."""
    if storage.is_sqlite:
        return False
    async with storage.engines.reading.connect() as connection:
        return bool((await connection.execute(_BYPASSES)).scalar())
