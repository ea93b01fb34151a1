"""`make demo` as it is met: started, signed in to, ended, started again."""

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from urllib.parse import urljoin

import httpx
import pytest

from tests.demo import the_line

FIRST_START_SECONDS = 420
NEXT_START_SECONDS = 120

pytestmark = pytest.mark.timeout(900)


class Demo:
    """The command, running, and what it says."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aula_platform", "demo", "--data", str(folder)],
            env={**os.environ, "AULA_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._browsers: list[httpx.Client] = []
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(self, words: str, seconds: float) -> float:
        """Wait until it says the words; return how long it took."""
        began = monotonic()
        while words not in "".join(self.said):
            assert monotonic() < began + seconds, "".join(self.said)
            try:
                self.said.append(self._lines.get(timeout=1))
            except Empty:
                assert self.process.poll() is None, "".join(self.said)
        return monotonic() - began

    def end(self) -> int:
        """Press ^C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def close(self) -> None:
        """Let go of what it said and of the browsers."""
        self._listener.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        for browser in self._browsers:
            browser.close()

    def sign_in(self, uniid: str) -> httpx.Client:
        """Return the browser of somebody who has signed in through the broker."""
        site, broker = (f"http://127.0.0.1:{port}" for port in (self.port, self.port + 1))
        browser = httpx.Client(base_url=site, timeout=60)
        self._browsers.append(browser)
        link = re.search(r'href="(/sign-in/demo[^"]*)"', browser.get("/sign-in").text)
        assert link, "the sign-in page has a button for the broker"
        page = browser.get(browser.get(html.unescape(link[1])).headers["location"])
        fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        level = re.search(r'name="level" value="([^"]+)" checked', page.text)
        assert level
        form = {name: html.unescape(value) for name, value in fields}
        form |= {"uniid": uniid, "level": level[1]}
        answer = browser.post(f"{broker}/authorize", data=form)
        while answer.is_redirect:
            answer = browser.get(urljoin(str(answer.url), answer.headers["location"]))
        assert answer.status_code == 200
        return browser


def four_free_ports() -> int:
    """Return the first of four ports in a row that nobody has."""
    for first in range(18000, 30000, 10):
        probes = [socket.socket() for _port in range(4)]
        try:
            for place, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + place))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Demo]]:
    """Start the demo, always on the same folder and ports."""
    folder, port = tmp_path_factory.mktemp("demo"), four_free_ports()
    running: list[Demo] = []

    def begin() -> Demo:
        running.append(Demo(folder, port))
        return running[-1]

    yield begin
    for demo in running:
        if demo.process.poll() is None:
            demo.end()
        demo.close()


def test_the_whole_demo(start: Callable[[], Demo]) -> None:
    """Issue 2: one command serves everything, ^C ends everything, the second start is quick."""
    demo = start()
    demo.wait_for("Ctrl+C", FIRST_START_SECONDS)
    _check_pages(demo)
    _check_the_line(demo)
    _check_same_files_change_nothing(demo)
    assert demo.end() == 0
    assert _ports_are_free(demo.port)

    again = start()
    assert again.wait_for("Ctrl+C", NEXT_START_SECONDS) < NEXT_START_SECONDS
    assert "Fjordvang\n" not in "".join(again.said), "nothing is imported a second time"
    _check_a_part_that_dies_ends_it(again)


def _check_pages(demo: Demo) -> None:
    assert "Signe Østergaard" in "".join(demo.said)
    guardian = demo.sign_in("sign0301")
    overview = guardian.get("/").text
    for words in ("Alma", "3.A", "Villads", "Blå stue", "Ugeplan"):
        assert words in overview
    two_towns = demo.sign_in("rasm0306").get("/").text
    for words in ("Esther", "1.B", "Birk", "Egernstuen"):
        assert words in two_towns
    protected = demo.sign_in("mari0305").get("/").text
    assert "Marie Lund" in protected
    assert "Skjoldborg" not in protected, "STM-12: the real name is nowhere"


def _check_the_line(demo: Demo) -> None:
    guardian = demo.sign_in("sign0301")
    the_line.write_and_answer(demo.sign_in("kare0308"), guardian, demo.sign_in("mikk0302"))
    vendor = f"http://127.0.0.1:{demo.port + 3}"
    the_line.use_the_widget(guardian, demo.sign_in("kare0308"), vendor)


def _check_same_files_change_nothing(demo: Demo) -> None:
    files = str(demo.folder / "oneroster" / "bakkedal")
    command = ["import", "oneroster", files, "--municipality", "bakkedal", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "aula_platform", "--config", str(demo.folder / "aula.toml"),
         *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["error_count"] == 0
    for count in report["counts"]:
        assert (count["added"], count["changed"], count["leaving"]) == (0, 0, 0)


def _check_a_part_that_dies_ends_it(demo: Demo) -> None:
    parent = demo.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    broker = next(
        int(pid)
        for pid in children
        if "aula_plugins.demo.broker" in Path(f"/proc/{pid}/cmdline").read_text()
    )
    os.kill(broker, signal.SIGKILL)
    assert demo.process.wait(60) == 1
    assert _ports_are_free(demo.port)


def _ports_are_free(first: int) -> bool:
    for port in range(first, first + 4):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    return True
