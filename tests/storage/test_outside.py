"""Nothing outside is waited for inside a write: the check that all tests of a site run under."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from aula_platform.files.blobs import BlobStore
from aula_platform.plugin_host import start_host
from aula_platform.storage import EVERYWHERE, OWNER, Storage
from aula_platform.storage.migrate import migrate
from aula_platform.storage.tables import idempotency
from aula_platform.testing import run_site, settings_for
from aula_platform.testing_outside import OutsideInAWrite, OutsideWatch
from aula_sdk.ids import new_id

Deed = Callable[[], Awaitable[object]]


@pytest.fixture
async def storage(empty_database: str) -> AsyncIterator[Storage]:
    opened = Storage(empty_database)
    await migrate(opened, [OWNER])
    yield opened
    await opened.close()


@pytest.fixture
def watch(storage: Storage) -> OutsideWatch:
    return OutsideWatch(storage)


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of somebody who can be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture(params=["connection", "request", "blob", "file", "program", "later task"])
def deed(request: pytest.FixtureRequest, listener: int, tmp_path: Path) -> Deed:
    """One way of waiting for something outside."""

    async def connect() -> None:
        _reader, writer = await asyncio.open_connection("127.0.0.1", listener)
        writer.close()
        await writer.wait_closed()

    async def ask() -> None:
        transport = httpx2.MockTransport(lambda _request: httpx2.Response(200))
        async with httpx2.AsyncClient(transport=transport) as client:
            await client.get("http://elsewhere.example")

    async def keep_blob() -> None:
        source = tmp_path / "source"
        await BlobStore("memory:///").put(new_id(), "", source)

    async def write_file() -> None:
        (tmp_path / "written").write_text("words")

    async def run_program() -> None:
        subprocess.run([sys.executable, "-c", ""], check=True)

    async def connect_later() -> None:
        await asyncio.create_task(connect())

    (tmp_path / "source").write_bytes(b"words")
    deeds = [connect, ask, keep_blob, write_file, run_program, connect_later]
    ids = ["connection", "request", "blob", "file", "program", "later task"]
    return deeds[ids.index(request.param)]


async def test_what_is_outside_is_refused_inside_a_write_and_nowhere_else(
    storage: Storage, watch: OutsideWatch, deed: Deed
) -> None:
    """Before the first statement and after the commit it is nobody's business; between these it is
    refused and remembered, and the write is rolled back.
    """
    statement = sa.insert(idempotency)
    row = {"account_id": new_id(), "key": "1", "object_id": new_id()}

    async def write() -> None:
        async with storage.write(EVERYWHERE) as unit:
            await deed()
            await unit.execute(statement, {**row, "created_at": unit.now})
            await deed()

    with pytest.raises(OutsideInAWrite):
        await write()
    assert len(watch.leaks) == 1
    await deed()
    async with storage.read(EVERYWHERE) as read:
        assert await read.rows(sa.select(idempotency.c.key)) == []
        await deed()
    assert len(watch.leaks) == 1


async def test_the_database_and_what_is_read_are_inside(
    storage: Storage, watch: OutsideWatch
) -> None:
    """A second connection to the database, a file that is read, and what a task that the write had
    started does after its end, are all allowed.
    """
    go = asyncio.Event()

    async def later() -> None:
        await go.wait()
        with socket.socket() as one, pytest.raises(OSError, match="refused"):
            one.connect(("127.0.0.1", 1))

    async with storage.write(EVERYWHERE) as unit:
        await unit.scalar(sa.select(idempotency.c.key))
        async with storage.read(EVERYWHERE) as read:
            await read.scalar(sa.select(idempotency.c.key))
        assert Path(__file__).read_text()
        task = asyncio.create_task(later())
    go.set()
    await task
    assert watch.leaks == []


async def test_a_test_whose_site_did_so_fails_even_if_it_was_caught(
    database: str, listener: int, tmp_path: Path
) -> None:
    """A part that swallows its own failures, as a box on the overview does, hides nothing."""
    site = run_site(settings_for(database, (), tmp_path), start_host([]))

    async def use_it() -> None:
        async with site as running, running.storage.write(EVERYWHERE) as unit:
            await unit.scalar(sa.select(idempotency.c.key))
            with suppress(OutsideInAWrite):
                await asyncio.open_connection("127.0.0.1", listener)

    with pytest.raises(OutsideInAWrite, match="a connection to"):
        await use_it()
