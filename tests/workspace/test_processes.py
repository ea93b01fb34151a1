"""Ending: ^C ends what set-up started, and what that started, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from workspace.places import ROOT
from workspace.processes import run_to_end

# A child that ignores ^C itself, and starts one of its own that does too.
STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
code = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(300)"
child = subprocess.Popen([sys.executable, "-c", code])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(300)
"""

RUN = """
import sys
from workspace import processes
processes.end_on_signals()
try:
    processes.run_to_end(sys.argv[1:])
except processes.Ended as ended:
    sys.exit(ended.exit_code)
"""


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait a bounded time for something to come true."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process is there and not just waiting to be buried."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def start(
    *command: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program from the repository; whatever happens, it has ended afterwards."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ending_takes_the_whole_family(tmp_path: Path, number: signal.Signals) -> None:
    """^C ends everything: the program, its children, and us, with the shell's exit code."""
    note = tmp_path / "grandchild"
    command = [sys.executable, "-c", RUN, sys.executable, "-c", STUBBORN, str(note)]
    with start(*command) as process:
        wait_for(lambda: note.exists() and bool(note.read_text()), "the grandchild starts")
        grandchild = int(note.read_text())
        assert is_running(grandchild)
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    wait_for(lambda: not is_running(grandchild), "the grandchild ends")


def test_an_exit_code_comes_through() -> None:
    """What the program answered is what make and CI see."""
    assert run_to_end([sys.executable, "-c", "raise SystemExit(7)"]) == 7


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the server's own user may enter; pytest's folders belong to us alone."""
    with tempfile.TemporaryDirectory(prefix="aula-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_the_private_cluster_is_gone_after_ctrl_c(open_folder: Path) -> None:
    """^C during a test run stops PostgreSQL and removes its folder."""
    note = open_folder / "url"
    waiting = (
        "import os, pathlib, sys, time;"
        "pathlib.Path(sys.argv[1]).write_text(os.environ['AULA_TEST_POSTGRES']);"
        "time.sleep(300)"
    )
    command = [sys.executable, "-m", "workspace", "postgres", sys.executable, "-c", waiting]
    environment = {**os.environ, "TMPDIR": str(open_folder)}
    with start(*command, str(note), environment=environment) as process:
        wait_for(lambda: note.exists() and bool(note.read_text()), "the cluster starts")
        (cluster,) = open_folder.glob("aula-postgres-*")
        server = int((cluster / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert is_running(server)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 128 + signal.SIGINT
    assert not is_running(server)
    assert not cluster.exists()


def test_a_program_does_not_outlive_a_killed_set_up(tmp_path: Path) -> None:
    """Even KILL, which leaves no time to tidy up, leaves no server running."""
    note = tmp_path / "child"
    child = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
    command = [sys.executable, "-c", RUN, sys.executable, "-c", f"{child}time.sleep(300)"]
    with start(*command, str(note)) as process:
        wait_for(lambda: note.exists() and bool(note.read_text()), "the program starts")
        process.kill()
        process.wait(30)
    wait_for(lambda: not is_running(int(note.read_text())), "the program ends")
