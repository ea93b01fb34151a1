"""What cannot be cheaper: a Litestar handler that does nothing, and the driver by itself."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import sqlalchemy as sa
from litestar import Litestar, get

from aula_platform.storage.engines import POSTGRES_SETTINGS
from aula_platform.storage.wall import SETTING, around
from aula_sdk.ids import new_id
from benchmarks.installation import TOWN
from benchmarks.load import Load, Request, run_load
from benchmarks.processes import find_free_port, read_cpu, run_server
from benchmarks.recording import Statement
from benchmarks.world import ROUNDS, World


@get("/", opt={"permission": None, "public": "nothing is behind it"})
async def say_hello() -> dict[str, str]:
    """Answer with a small document."""
    return {"hello": "world"}


app = Litestar([say_hello], openapi_config=None, logging_config=None)


async def measure_bare(world: World) -> float:
    """Return the milliseconds of processor time of a bare Litestar handler, in one process; of some
    rounds the least.
    """
    port = find_free_port()
    command = ["-m", "uvicorn", f"{__name__}:app", "--port", str(port), "--no-access-log"]
    requests = [Request("/", row="world", rows=1)] * (world.effort.requests * 2)
    with run_server(command, port, world.installation.folder / "bare.log") as pid:
        await run_load(Load(port, requests[: world.effort.warm_up or 1]))
        spent = []
        for _each in range(ROUNDS):
            before = read_cpu([pid])
            outcome = await run_load(Load(port, requests, world.effort.connections))
            spent.append((read_cpu([pid]) - before) / outcome.count)
    return 1000 * min(spent)


async def measure_driver(world: World, recorded: Sequence[Sequence[Statement]]) -> float:
    """Return the milliseconds that the bare driver spends on the statements of one request.

    They are those that the site has sent, with the same parameters, on one connection; rows that
    were made then are made again under new ids, and committed.
    """
    async with open_driver(world) as driver:
        for statements in recorded:
            await driver.run(statements)
        times = world.effort.repeated
        database = read_cpu([world.postmaster]) if world.postmaster else 0.0
        own = time.process_time()
        for _each in range(times):
            for statements in recorded:
                await driver.run(statements)
        own = time.process_time() - own
        database = (read_cpu([world.postmaster]) if world.postmaster else 0.0) - database
    return 1000 * (own + database) / (times * len(recorded))


class Server:
    """A connection to PostgreSQL."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def run(self, statements: Sequence[Statement]) -> None:
        """Repeat the statements of one request."""
        if not any(each.writes for each in statements):
            for each in statements:
                await self.connection.fetch(each.text, *each.parameters[0])
            return
        async with self.connection.transaction():
            for each in with_new_ids(statements):
                if each.many:
                    await self.connection.executemany(each.text, each.parameters)
                else:
                    await self.connection.fetch(each.text, *each.parameters[0])


class Embedded:
    """A connection to SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def run(self, statements: Sequence[Statement]) -> None:
        """Repeat the statements of one request."""
        writes = any(each.writes for each in statements)
        if writes:
            self.connection.execute("BEGIN IMMEDIATE")
        for each in with_new_ids(statements) if writes else statements:
            if each.many:
                self.connection.executemany(each.text, each.parameters)
            else:
                self.connection.execute(each.text, each.parameters[0]).fetchall()
        if writes:
            self.connection.execute("COMMIT")


@contextlib.asynccontextmanager
async def open_driver(world: World) -> AsyncIterator[Server | Embedded]:
    """Open the database as the site has it, without anything of ours between."""
    url = sa.make_url(world.installation.url)
    if world.installation.database == "postgresql":
        # As the site's connections are set, and behind the same wall: without it no row is seen.
        connection = await asyncpg.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            database=url.database,
            server_settings={
                **POSTGRES_SETTINGS,
                SETTING: str(around([world.municipalities[TOWN]]).setting),
            },
        )
        try:
            yield Server(connection)
        finally:
            await connection.close()
    else:
        embedded = sqlite3.connect(url.database or "", isolation_level=None)
        embedded.execute("PRAGMA synchronous=FULL")
        embedded.execute("PRAGMA foreign_keys=ON")
        try:
            yield Embedded(embedded)
        finally:
            embedded.close()


def with_new_ids(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements with new ids in the place of those that they make rows under."""
    made = {value: new for each in statements for value, new in _made_by(each)}
    for each in statements:
        written = {text: _rewrite(made, text) for text in each.documents}
        made |= written
        parameters = [tuple(_exchange(made, value) for value in row) for row in each.parameters]
        yield Statement(each.text, parameters, many=each.many, writes=each.writes)


def _made_by(statement: Statement) -> Iterator[tuple[Any, Any]]:
    """Yield each key that an INSERT gives its row, with another one."""
    for place, column in enumerate(statement.inserted):
        if column in {"id", "key"}:
            for row in statement.parameters:
                yield row[place], _another(row[place])
    for document in statement.documents:
        for row in msgspec.json.decode(document):
            if "id" in row:
                yield row["id"], str(new_id())


def _another(value: Any) -> Any:
    fresh = new_id()
    if isinstance(value, bytes):
        return fresh.bytes
    return type(value)(int=fresh.int) if isinstance(value, UUID) else fresh.hex


def _rewrite(made: Mapping[Any, Any], document: str) -> str:
    for old, new in made.items():
        if isinstance(old, str) and isinstance(new, str):
            document = document.replace(f'"{old}"', f'"{new}"')
    return document


def _exchange(made: dict[Any, Any], value: Any) -> Any:
    try:
        return made.get(value, value)
    except TypeError:
        # What cannot be a key of a dict is no id.
        return value
