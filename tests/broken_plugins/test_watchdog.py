"""`aula serve` as it is started, with plugins that do not let go of their worker."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from mmap import mmap
from pathlib import Path

import httpx
import pytest

from aula_platform.kernel import ROOMS
from aula_platform.plugin_host import Place
from aula_platform.serving.slots import SLOT_BYTES, Slot, make_slots
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from tests.broken_plugins.factory import Shelf

STALL_SECONDS = 4.0
SHARE_SECONDS = 0.5
MEMORY_MB = 700
START_SECONDS = 90
GREEDY = """
    async def busy():
        while True:
            pass

    @get("/busy", opt=public("for a test"))
    async def loop_forever() -> str:
        await asyncio.sleep(0)
        await busy()
        return "never"

    @get("/eat", opt=public("for a test"))
    async def eat() -> str:
        eaten = []
        while True:
            eaten.append(bytearray(os.urandom(1024) * 16 * 1024))
            await asyncio.sleep(0)

    @get("/end", opt=public("for a test"))
    async def end() -> str:
        os._exit(9)

    @get("/fine", opt=public("for a test"))
    async def fine() -> str:
        return str(os.getpid())

    @hookimpl
    def aula_routes():
        yield Routes(pages=(loop_forever, eat, end, fine))
    """
CONFIG = """\
[site]
mode = "demo"
url = "http://127.0.0.1:{port}"
data = "{data}"

[storage]
database = "{database}"

[quarantine]
share_seconds = {share}

[watchdog]
stall_seconds = {stall}
memory_mb = {memory}

[municipalities.north]
name = "Nordby"

[municipalities.north.plugins.greedy]
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The command, running."""

    def __init__(self, config: Path, port: int, log: Path, *options: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.config = config
        self.log = log
        command = [sys.executable, "-m", "aula_platform", "--config", str(config)]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "serve", "--port", str(port), *options],
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def get(self, path: str) -> httpx.Response:
        # As a program: the first page of a new worker makes its templates, which takes a while.
        return httpx.get(f"{self.url}{path}", timeout=60, headers={"Accept": "application/json"})

    def wait_until_it_serves(self, seconds: float = START_SECONDS) -> float:
        """Return how long it took until the site answered."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            assert self.process.poll() is None, self.log.read_text()
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return time.monotonic() - began
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def ask_and_lose(self, path: str) -> None:
        """Ask for what never answers, because the worker is ended."""
        try:
            answer = self.get(path)
        except httpx.HTTPError:
            return
        raise AssertionError(f"{answer.status_code} {answer.text}\n{self.log.read_text()}")

    def health(self) -> dict[str, list[dict[str, str]]]:
        """Return what the operator's command says."""
        done = subprocess.run(
            [sys.executable, "-m", "aula_platform", "--config", str(self.config), "health",
             "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
        return found

    def end(self) -> int:
        """Press ^C: the whole group is told; return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def plugin(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that the processes find installed."""
    shelf.add("greedy", GREEDY)
    monkeypatch.setenv("PYTHONPATH", str(shelf.folder))


@contextmanager
def _served(database: str, folder: Path, *options: str) -> Iterator[Site]:
    async def prepare() -> None:
        storage = Storage(database)
        await migrate(storage, ROOMS)
        await storage.close()

    asyncio.run(prepare())
    port, config = _free_port(), folder / "aula.toml"
    values = {"port": port, "data": folder / "data", "database": database}
    config.write_text(
        CONFIG.format(**values, stall=STALL_SECONDS, share=SHARE_SECONDS, memory=MEMORY_MB)
    )
    site = Site(config, port, folder / "serve.log", *options)
    try:
        site.wait_until_it_serves()
        yield site
    finally:
        if site.process.poll() is None:
            os.killpg(site.process.pid, signal.SIGKILL)
            site.process.wait(10)


def _workers_of(site: Site) -> list[int]:
    pid = site.process.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


pytestmark = pytest.mark.timeout(400)
ENDINGS = {"/greedy/busy": "stalled", "/greedy/eat": "memory", "/greedy/end": "died"}
"""What a plugin can do to its worker, and as what it is recorded."""


@pytest.mark.usefixtures("plugin")
def test_a_worker_that_does_not_let_go_is_ended_and_the_plugin_named(
    empty_database: str, database_kind: str, tmp_path: Path
) -> None:
    """B2: a busy loop, runaway memory, a plugin that ends the process: the site answers again,
    without what did it, in all workers; ^C still ends everything.
    """
    is_embedded = database_kind == "sqlite"
    count = 1 if is_embedded else 2
    endings = ENDINGS if is_embedded else {"/greedy/busy": "stalled"}
    with _served(empty_database, tmp_path, "--workers", str(count)) as site:
        first = _workers_of(site)
        for path in endings:
            site.ask_and_lose(path)
            site.wait_until_it_serves()
            # The other worker learns of it, too.
            time.sleep(0 if is_embedded else 4 * SHARE_SECONDS)
            for _each in range(2 * count):
                answer = site.get(path)
                assert (answer.status_code, answer.json()["code"]) == (503, "quarantined")
        assert site.get("/greedy/fine").status_code == 200, "the rest of the plugin is not"
        found = site.health()
        assert [(one["cause"], one["place"]) for one in reversed(found["restarts"])] == [
            (cause, f"route GET {path}") for path, cause in endings.items()
        ], site.log.read_text()
        assert {one["plugin"] for one in found["quarantines"]} == {"greedy"}
        log = site.log.read_text()
        assert "in busy" in log, "where it stood still is in the log"
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        ended = [line["plugin"] for line in lines if line["event"] == "worker_ended"]
        assert set(ended) == {"greedy"}
        workers = _workers_of(site)
        assert len(workers) == count
        assert len(set(first) - set(workers)) == 1
        assert site.end() == 0
        for pid in workers:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


@pytest.mark.usefixtures("plugin")
def test_a_site_that_cannot_begin_says_so_and_ends(tmp_path: Path) -> None:
    """A database that is not migrated stops the start; it is not tried again and again."""
    port, config = _free_port(), tmp_path / "aula.toml"
    database = f"sqlite:///{tmp_path}/empty.db"
    values = {"port": port, "data": tmp_path / "data", "database": database}
    config.write_text(
        CONFIG.format(**values, stall=STALL_SECONDS, share=SHARE_SECONDS, memory=MEMORY_MB)
    )
    site = Site(config, port, tmp_path / "serve.log")
    try:
        assert site.process.wait(START_SECONDS) != 0
        assert "run `aula migrate`" in site.log.read_text()
    finally:
        if site.process.poll() is None:
            os.killpg(site.process.pid, signal.SIGKILL)
            site.process.wait(10)


class Flickering(Slot):
    """A worker whose plugin lets go of the loop again and again."""

    looks = 0

    @property
    def running(self) -> Place | None:
        self.looks += 1
        return (None, Place("greedy", "route GET /eat"), None)[self.looks % 3]


def test_who_lets_go_of_the_loop_is_seen_all_the_same() -> None:
    """B2: a single look can fall into the moment in which nobody's code runs."""
    slot = Flickering(mmap(-1, SLOT_BYTES), 0)
    assert slot.running is not None
    assert slot.running is None
    assert slot.running_most(0.05) == Place("greedy", "route GET /eat")
    assert make_slots(1)[0].running_most(0.01) is None
