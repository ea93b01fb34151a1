"""``kill -9`` in the middle of writing: what was acknowledged is there, and no effect is twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aula_platform.events.relay import PATIENCE
from aula_platform.events.tables import delivery, lane, outbox
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.testing import kernel, run_site, settings_for
from aula_sdk.db import Id
from aula_sdk.ids import PROFILE
from aula_sdk.testing.databases import PostgresDatabases
from aula_sdk.testing.plugin import People
from tests.broken_plugins.factory import Shelf
from tests.fire.killing import WRITERS, Server, Writers, kill_again_and_again
from tests.fire.served import free_port, write_configuration
from tests.fire.witness import add_witness
from workspace.postgres import DURABLE, run_cluster

KILLS = 100 if os.environ.get("AULA_LONG") else 10
"""On each of the two databases."""
THREADS = 3
PLUGINS = ("messages", "witness")
pytestmark = pytest.mark.timeout(3000 if os.environ.get("AULA_LONG") else 240)

_message = sa.table(
    "messages_message", sa.column("id", Id), sa.column("thread_id", Id), sa.column("html")
)
_participant = sa.table(
    "messages_participant", sa.column("thread_id", Id), sa.column("kind"), sa.column("unread")
)
_seen = sa.table(
    "witness_seen", sa.column("place"), sa.column("thread_id", Id), sa.column("message_id", Id)
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The witness, for this process and for those that it starts."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    made = Shelf(folder)
    add_witness(made)
    yield made
    made.forget()


@pytest.fixture
def url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database that keeps its word: PostgreSQL with a cluster of its own, to be shot at."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/aula.db"
        return
    with run_cluster(DURABLE) as server:
        yield PostgresDatabases(server).copy_of("empty", lambda _url: None)


@asynccontextmanager
async def _closing(url: str) -> AsyncIterator[Storage]:
    storage = Storage(url)
    try:
        yield storage
    finally:
        await storage.close()


async def _rows(storage: Storage, statement: sa.Executable) -> Sequence[sa.Row[Any]]:
    async with storage.read(EVERYWHERE) as read:
        return await read.rows(statement)


_BUSY = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    " ORDER BY state <> 'active', state_change DESC LIMIT 1"
)
_OWN_PROCESSES = sa.text("SELECT pid FROM pg_stat_activity WHERE datname IS NULL")
"""The checkpointer and its like: PostgreSQL starts them anew when a backend was killed."""


async def _kill_backend(url: str) -> None:
    """Kill a process of PostgreSQL's that works for the site; return when all of it is back.

    A server that is started before that cannot begin. A supervisor would start it again.
    """
    async with _closing(url) as storage:
        (row,) = await _rows(storage, _BUSY)
        before = {each.pid for each in await _rows(storage, _OWN_PROCESSES)}
    os.kill(row.pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while before & await _own_processes(url, before):
            await asyncio.sleep(0.05)


async def _own_processes(url: str, before: set[int]) -> set[int]:
    """Return which run now; those from before while it cannot be asked."""
    try:
        async with _closing(url) as storage:
            return {each.pid for each in await _rows(storage, _OWN_PROCESSES)}
    except (DBAPIError, OSError):
        return before


async def _set_up(url: str, folder: Path) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Return the cookies and headers of a guardian, and conversations with a teacher."""
    await kernel.prepare(url, PLUGINS, folder)
    settings = settings_for(url, PLUGINS, folder)
    async with AsyncExitStack() as stack:
        host = start_host([one for one in installed_plugins() if one.name in PLUGINS])
        site = await stack.enter_async_context(run_site(settings, host))
        people = People(await site.members(), await site.groups())
        transport = httpx.ASGITransport(cast(Any, site.app))
        cookies, headers = await site.sign_in(people.teacher)
        teacher = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=transport, base_url="http://testserver", cookies=cookies, headers=headers
            )
        )
        threads = []
        for number in range(THREADS):
            body = {
                "recipients": [PROFILE.format(people.guardian.profile_id)],
                "subject": f"Tur {number}",
                "html": "<p>Svar gerne</p>",
            }
            answer = await teacher.post("/api/v1/messages/threads", json=body)
            assert answer.status_code == 201, answer.text
            threads.append(answer.json()["thread"])
        return *(await site.sign_in(people.guardian)), threads


@pytest.fixture
def chance() -> random.Random:
    """Where the random moments come from; a run that fails says how it is repeated."""
    seed = int(os.environ.get("AULA_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
    sys.stderr.write(f"AULA_SEED={seed}\n")
    return random.Random(seed)


async def test_nothing_is_lost_and_nothing_happens_twice(
    url: str, database_kind: str, chance: random.Random, shelf: Shelf, tmp_path: Path
) -> None:
    """R23: a server, and on PostgreSQL now and then a process of the database's, is killed at
    random moments of sustained writing, most of the time with requests open.
    """
    cookies, headers, threads = await _set_up(url, tmp_path)
    port = free_port()
    configuration = write_configuration(tmp_path, f"http://127.0.0.1:{port}", url, PLUGINS)
    server = Server(configuration, port, tmp_path / "serve.log")

    async def kill_other() -> None:
        await _kill_backend(url)

    async with AsyncExitStack() as stack:
        stack.callback(server.end)
        who: dict[str, Any] = {
            "cookies": cookies,
            "headers": headers,
            "base_url": server.url,
            "timeout": 30,
        }
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(**who)) for _one in range(WRITERS)
        ]
        writers = Writers(clients, threads)
        is_server = database_kind == "postgresql"
        await kill_again_and_again(
            server, writers, KILLS, chance, kill_other if is_server else None
        )
        async with _closing(url) as storage:
            await _until_delivered(storage)
            await _judge(storage, writers)


async def _until_delivered(storage: Storage) -> None:
    """Wait, for much less than a lease: whoever lives has what the dead held."""
    waiting = sa.select(sa.func.count()).select_from(delivery)
    async with asyncio.timeout(PATIENCE.lease.total_seconds() / 2):
        while True:
            async with storage.read(EVERYWHERE) as read:
                if not await read.scalar(waiting.where(delivery.c.delivered_at.is_(None))):
                    return
            await asyncio.sleep(0.1)


async def _judge(storage: Storage, writers: Writers) -> None:
    """Hold the database against the log of those who wrote."""
    hit = sum(1 for count in writers.cut.values() if count)
    assert writers.kills == KILLS
    assert hit >= KILLS / 2, f"only {hit} of {KILLS} kills met an open request"
    twice = {key: made for key, made in writers.answered.items() if len(made) != 1}
    assert twice == {}, "a key that was sent again has made a second message"
    acknowledged = {f"<p>{key}</p>": made.pop() for key, made in writers.answered.items()}
    assert len(acknowledged) > KILLS * 2

    found = await _rows(storage, sa.select(_message.c.id, _message.c.html, _message.c.thread_id))
    replies = {f"msg_{row.id.hex}": row.html for row in found if row.html in acknowledged}
    assert len(found) == len(acknowledged) + THREADS, "nobody else has written"
    assert {html: message for message, html in replies.items()} == acknowledged

    events = await _rows(storage, sa.select(outbox.c.payload).order_by(outbox.c.sequence))
    told = [UUID(row.payload["message_id"]).hex for row in events]
    assert sorted(told) == sorted(row.id.hex for row in found), "one event for each message"
    seen = await _rows(storage, sa.select(_seen).order_by(_seen.c.place))
    assert sorted(row.message_id.hex for row in seen) == sorted(told), "each effect once"
    place = {message: number for number, message in enumerate(told)}
    for thread in {row.thread_id for row in found}:
        order = [place[row.message_id.hex] for row in seen if row.thread_id == thread]
        assert order == sorted(order), "in order within a stream"
    # The lane of the last event may still be open: it is closed after the receipt has been given.
    parked = sa.select(lane.c.subscriber, lane.c.error).where(lane.c.parked_at.is_not(None))
    assert await _rows(storage, parked) == []
    unread = await _rows(
        storage, sa.select(_participant.c.unread).where(_participant.c.kind == "employee")
    )
    assert sum(row.unread for row in unread) == len(acknowledged), "each was counted once"
