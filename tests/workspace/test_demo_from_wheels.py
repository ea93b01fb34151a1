"""The demo runs from the wheels: where nobody cloned anything, in an empty folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.wheels,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("wheels"),
]

START_SECONDS = 240
NEIGHBOURS = 8  # The registry, the broker and a vendor's server listen beside the site.


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def find_free_ports() -> int:
    """Return the first of several ports in a row on which nobody listens."""
    # Below the range from which the system takes ports for connections that go out.
    start = 20000 + os.getpid() % 8000
    rows = range(start, start + 4000, NEIGHBOURS)
    return next(row for row in rows if all(is_free(row + step) for step in range(NEIGHBOURS)))


def read(address: str) -> str | None:
    """Return the page, or nothing while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def test_the_demo_starts_and_ends(installed: Path, tmp_path: Path) -> None:
    """A page with its assets is served; ^C ends all that was started."""
    port = find_free_ports()
    output = tmp_path / "output.txt"
    environment = {
        "PATH": f"{installed}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AULA_PORT": str(port),
    }
    home = tmp_path / "empty"
    home.mkdir()
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [str(installed / "aula"), "demo"],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            page = wait_for_page(process, f"http://127.0.0.1:{port}/", output)
            assert "<h1" in page
            style = page.split('rel="stylesheet"')[1].split('href="')[1].split('"')[0]
            assert read(f"http://127.0.0.1:{port}{style}"), "the built assets are in the wheel"
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
    assert all(is_free(port + step) for step in range(NEIGHBOURS)), "something still listens"


def wait_for_page(process: subprocess.Popen[bytes], address: str, output: Path) -> str:
    """Return the first page, once the demo has loaded its municipality."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        page = read(address)
        if page is not None:
            return page
        time.sleep(0.5)
    pytest.fail(f"the demo does not answer:\n{output.read_text()[-4000:]}")
