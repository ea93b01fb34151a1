"""The live stream over a real connection (rule 22, R7)."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
import uvicorn

from aula_platform.events import LiveHub
from aula_platform.storage import Storage
from aula_platform.web import live
from tests.live.live_site import make_app

ROOT = Path(__file__).parents[2]
IS_LONG = bool(os.environ.get("AULA_LONG"))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Running:
    """A server with its hub, and whether sessions still live."""

    port: int
    hub: LiveHub
    alive: bool = True
    asked: int = field(default=0)

    async def still_same(self, _request: object) -> bool:
        self.asked += 1
        return self.alive

    async def streams(self, count: int) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(5):
            while self.hub.open_streams != count:
                await asyncio.sleep(0.01)


class Browser:
    """One open stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, actor: int | None) -> Browser:
        browser = cls(*await asyncio.open_connection("127.0.0.1", port))
        signed = f"x-actor: {actor}\r\n" if actor else ""
        request = f"GET /live HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n{signed}\r\n"
        browser.writer.write(request.encode())
        return browser

    async def until(self, text: str) -> str:
        """Read until ``text`` has come; return all that came."""
        async with asyncio.timeout(5):
            return (await self.reader.readuntil(text.encode())).decode()

    async def rest(self) -> str:
        """Read until the server ends the answer."""
        async with asyncio.timeout(5):
            return (await self.reader.readuntil(b"0\r\n\r\n")).decode()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _serve(folder: Path) -> AsyncIterator[Running]:
    storage, running = Storage(f"sqlite:///{folder}/a.db"), Running(_free_port(), LiveHub())
    app = make_app(storage, running.hub, running.still_same)
    config = uvicorn.Config(app, port=running.port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield running
    finally:
        running.hub.close()
        server.should_exit = True
        await serving
        await storage.close()


@pytest.fixture
async def running(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Running]:
    async with _serve(tmp_path) as opened:
        yield opened


async def test_page_hears_what_changed_for_its_profiles_only(running: Running) -> None:
    """Rule 22: the stream says which topic, never what; others' changes are not told."""
    browser = await Browser.open(running.port, 7)
    head = await browser.until("retry: 2000\r\n\r\n")
    assert "content-type: text/event-stream" in head.lower()
    assert "content-encoding: gzip" not in head.lower()
    running.hub.publish("calendar", [UUID(int=8)])
    running.hub.publish("messages", [UUID(int=7)])
    told = await browser.until("data: messages\r\n")
    assert "event: changed" in told
    assert "calendar" not in told
    await browser.close()


async def test_stream_ends_when_the_session_does(running: Running) -> None:
    """R7: after a sign-out nothing more is told, not even that something changed."""
    browser = await Browser.open(running.port, 7)
    await browser.until("retry: 2000")
    running.alive = False
    running.hub.publish("messages", [UUID(int=7)])
    assert "messages" not in await browser.rest()
    assert running.asked == 1
    await running.streams(0)
    await browser.close()


async def test_leaving_page_is_forgotten(running: Running) -> None:
    """A page that is gone costs nothing."""
    browser = await Browser.open(running.port, 7)
    await browser.until("retry: 2000")
    await running.streams(1)
    await browser.close()
    await running.streams(0)


async def test_quiet_stream_is_kept_open_and_checked(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment now and then keeps what stands between from closing; the session is asked for."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    browser = await Browser.open(running.port, 7)
    told = await browser.until(": here\r\n")
    assert "data:" not in told
    running.alive = False
    await browser.rest()
    await browser.close()


async def test_account_has_a_few_streams_and_nobody_has_none(running: Running) -> None:
    """Nobody fills the server with streams; who is not signed in gets 401."""
    browsers = [await Browser.open(running.port, 7) for _number in range(live.MOST_STREAMS)]
    for browser in browsers:
        await browser.until("retry: 2000")
    extra, other = await Browser.open(running.port, 7), await Browser.open(running.port, 8)
    nobody = await Browser.open(running.port, None)
    assert " 429 " in await extra.until("\r\n")
    assert " 401 " in await nobody.until("\r\n")
    await other.until("retry: 2000")
    for browser in (*browsers, extra, other, nobody):
        await browser.close()


async def test_streams_end_when_the_server_stops(running: Running) -> None:
    """A restart does not wait for open pages; they come back by themselves."""
    browser = await Browser.open(running.port, 7)
    await browser.until("retry: 2000")
    running.hub.close()
    await browser.rest()
    late = await Browser.open(running.port, 8)
    await late.rest()
    await browser.close()
    await late.close()


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.mark.benchmark
async def test_memory_of_many_streams(anyio_backend: str) -> None:
    """1,000 open streams take at most 80 MB (a quarter of both, unless run long)."""
    count = 1000 if IS_LONG else 250
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    port = _free_port()
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.live.live_site", str(port), cwd=ROOT
    )
    try:
        browsers = [await _open_when_ready(port)]
        before = _memory(server.pid)
        browsers += [await Browser.open(port, number) for number in range(2, count + 1)]
        for browser in browsers:
            await browser.until("data: messages")
            await browser.until("data: messages")
        grown = _memory(server.pid) - before
        for browser in browsers:
            await browser.close()
    finally:
        server.terminate()
        await server.wait()
    assert grown < 80 * count / 1000


async def _open_when_ready(port: int) -> Browser:
    async with asyncio.timeout(60):
        while True:
            with suppress(ConnectionError):
                browser = await Browser.open(port, 1)
                await browser.until("data: messages")
                return browser
            await asyncio.sleep(0.2)
