"""Databases for tests: each test gets a copy of one that was prepared once."""

import asyncio
import itertools
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

POSTGRES_VARIABLE = "AULA_TEST_POSTGRES"
Prepare = Callable[[str], None]
_DROP_TRIES = 20
_DROP_PAUSE = 0.2
_numbers = itertools.count(1)


def available_databases() -> list[str]:
    """Return the databases that tests run on here."""
    return ["sqlite", "postgresql"] if os.environ.get(POSTGRES_VARIABLE) else ["sqlite"]


class Databases(Protocol):
    """One kind of database."""

    def copy_of(self, template: str, prepare: Prepare) -> str:
        """Return the URL of a fresh copy of the template, preparing that when it is not there."""
        ...

    def drop(self, url: str) -> None:
        """Remove the copy."""
        ...


class SqliteDatabases:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in ``folder``, which must exist."""
        self._folder = folder

    def copy_of(self, template: str, prepare: Prepare) -> str:
        """Return a copy of the template's file; its write-ahead log is folded in first."""
        source = self._folder / f"{template}.db"
        if not source.exists():
            prepare(f"sqlite:///{source}")
            with sqlite3.connect(source) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        target = self._folder / f"copy-{next(_numbers)}.db"
        shutil.copyfile(source, target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        path = Path(url.removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


class PostgresDatabases:
    """Databases of one server, each with a name of this process's own."""

    def __init__(self, server: str) -> None:
        """``server`` is the URL of a database in which others may be created."""
        self._server = sa.make_url(server).set(drivername="postgresql+asyncpg")
        self._mark = f"aula_test_{os.getpid()}"
        self._templates: set[str] = set()

    def copy_of(self, template: str, prepare: Prepare) -> str:
        """Return a database that was created from the template."""
        source = f"{self._mark}_{template}"
        if template not in self._templates:
            self._run(f'CREATE DATABASE "{source}"')
            prepare(self._url(source))
            self._templates.add(template)
        target = f"{self._mark}_copy_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        return self._url(target)

    def drop(self, url: str) -> None:
        """Remove the database, even when a connection was left open."""
        for attempt in range(_DROP_TRIES):
            try:
                self._run(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')
            except DBAPIError as error:
                # PostgreSQL is vacuuming it, and that process is not ours to end.
                if "is being terminated" not in str(error) or attempt == _DROP_TRIES - 1:
                    raise
                time.sleep(_DROP_PAUSE)
            else:
                return

    def drop_templates(self) -> None:
        """Remove what copies were made of."""
        for template in self._templates:
            self._run(f'DROP DATABASE IF EXISTS "{self._mark}_{template}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        plain = self._server.set(drivername="postgresql", database=name)
        return plain.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        async def work() -> None:
            engine = create_async_engine(self._server, isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                await connection.execute(sa.text(statement))
            await engine.dispose()

        asyncio.run(work())
