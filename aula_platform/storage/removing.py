"""Taking an owner's tables away for good, its migration history included."""

from collections.abc import Sequence

import sqlalchemy as sa

from aula_platform.storage.database import Storage
from aula_platform.storage.migrate import BASE, Owner, exclusive, move

_VERSIONS = "_alembic_version"


class NotRemoved(Exception):
    """The tables cannot be taken away; the message says why. Everything is as it was."""


async def tables_of(storage: Storage, name: str) -> list[str]:
    """Return the tables in the database that are named after the owner, without its history.

    Raises `NotRemoved` when some of them belong to an owner with a longer name.
    """
    async with storage.engines.reading.connect() as connection:
        return await connection.run_sync(_tables_of, name)


async def remove_tables(storage: Storage, name: str, owner: Owner | None) -> None:
    """Take the owner's tables and history away: all of it, or nothing.

    Its own revisions do it. Where these are no longer installed (``owner`` is None), whatever
    begins with its name is dropped. Raises `NotRemoved` when something would be left, and what a
    failing revision raises.
    """
    async with storage.engines.writing.connect() as connection:
        await connection.run_sync(_remove, name, owner)


def _remove(connection: sa.Connection, name: str, owner: Owner | None) -> None:
    with exclusive(connection):
        _tables_of(connection, name)
        if owner is None:
            _drop_all(connection, name)
        else:
            move(connection, owner, BASE)
        history = sa.Table(f"{name}{_VERSIONS}", sa.MetaData())
        history.drop(connection, checkfirst=True)
        left = [*_tables_of(connection, name), *_views_of(connection, name)]
        if left:
            message = f"its migrations leave {', '.join(left)} behind"
            raise NotRemoved(message)


def _drop_all(connection: sa.Connection, name: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    for view in _views_of(connection, name):
        connection.exec_driver_sql(f"DROP VIEW {quote(view)}")
    found = sa.MetaData()
    found.reflect(connection, only=_tables_of(connection, name))
    found.drop_all(connection)


def _tables_of(connection: sa.Connection, name: str) -> list[str]:
    found = _named(sa.inspect(connection).get_table_names(), name)
    histories = [table for table in found if table.endswith(_VERSIONS)]
    others = [table.removesuffix(_VERSIONS) for table in histories if table != name + _VERSIONS]
    if others:
        message = f"tables that begin with {name}_ belong to {', '.join(others)}"
        raise NotRemoved(message)
    return [table for table in found if table not in histories]


def _views_of(connection: sa.Connection, name: str) -> list[str]:
    return _named(sa.inspect(connection).get_view_names(), name)


def _named(names: Sequence[str], owner: str) -> list[str]:
    return sorted(each for each in names if each.startswith(f"{owner}_"))
