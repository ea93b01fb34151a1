"""``aula serve`` in processes of its own, over a database that a test has prepared."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

START_SECONDS = 90
CONFIGURATION = """\
[site]
mode = "demo"
url = "{url}"
data = "{data}"

[storage]
database = "{database}"

[login]
per_minute = 1000000

[municipalities.north]
name = "Nordby"

[municipalities.south]
name = "Sydby"
"""
PLUGIN = """
[municipalities.{municipality}.plugins.{plugin}]
state = "on"
left_to = "{left_to}"
"""


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_configuration(
    folder: Path, url: str, database: str, plugins: Sequence[str], left_to: str = "nobody"
) -> Path:
    """Write ``aula.toml`` for the cast's two municipalities, with all these plugins on."""
    path = folder / "aula.toml"
    places = [
        PLUGIN.format(municipality=municipality, plugin=plugin, left_to=left_to)
        for plugin in plugins
        for municipality in ("north", "south")
    ]
    values = {"url": url, "data": folder / "data", "database": database}
    path.write_text(CONFIGURATION.format(**values) + "".join(places), encoding="utf-8")
    return path


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the site answers; fail with its log when it ends or does not come."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@contextmanager
def run_served(
    folder: Path, database: str, plugins: Sequence[str], *options: str, left_to: str = "nobody"
) -> Iterator[str]:
    """Run the command, and yield the site's address once it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    configuration = write_configuration(folder, url, database, plugins, left_to)
    log = folder / "serve.log"
    command = [sys.executable, "-m", "aula_platform", "--config", str(configuration)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port), *options],
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(url, process, log)
        yield url
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
