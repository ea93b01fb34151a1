"""The demo's processes live and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aula_plugins.demo.running.places import Ports
from aula_plugins.demo.running.processes import Died, Processes, Stopped, ended_by_signals, run

SERVE = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler
).serve_forever()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SERVE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(processes: Processes) -> list[int]:
    return [child.pid for child in processes._children.values()]


def test_all_end_with_the_block(tmp_path: Path) -> None:
    """Every child is gone when the block ends, and so is a child's child that ignores us."""
    first, second = free_port(), free_port()
    starter = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STUBBORN!r}, '{second}'])"
    )
    with Processes(tmp_path) as processes:
        processes.start("web", ["-c", SERVE, str(first)])
        processes.start("nested", ["-c", starter])
        for name, port in (("web", first), ("nested", second)):
            processes.wait_until_it_answers(name, port)
            assert Ports(port).taken()[0] == port
        groups = {os.getpgid(pid) for pid in pids(processes)}
        assert len(groups) == 1
        assert groups != {os.getpgrp()}, "^C reaches the demo first, which then ends its parts"
        known = pids(processes)
    assert not any(is_alive(pid) for pid in known)
    assert first not in Ports(first).taken()
    # Nobody waits for a child's child; the system takes a moment to take its port back.
    until = time.monotonic() + 10
    while second in Ports(second).taken() and time.monotonic() < until:
        time.sleep(0.05)
    assert second not in Ports(second).taken()


def test_one_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    """When a part ends by itself it is said which, and why."""
    with Processes(tmp_path) as processes:
        processes.start("broker", ["-c", "import sys; sys.exit('no people here')"])
        with pytest.raises(Died, match=r"(?s)broker.*no people here"):
            processes.watch()


@ended_by_signals()
def end_by(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(1)


def test_signals_end_the_demo() -> None:
    """^C, a closed terminal and a polite kill all end in the same way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with pytest.raises(Stopped):
            end_by(number)
        assert signal.getsignal(number) is before


def test_commands_say_why_they_fail() -> None:
    """What a command of ours said is told when it fails."""
    assert run("-c", "print('done')") == "done"
    with pytest.raises(Died, match="it is broken"):
        run("-c", "import sys; sys.exit('it is broken')")


def test_taken_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    """A port that somebody else has is named, with what to do about it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1] - 1
        script = "from aula_plugins.demo.command import demo; demo()"
        done = subprocess.run(
            [sys.executable, "-c", script, "--data", str(tmp_path / "demo")],
            env={**os.environ, "AULA_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port + 1} er optaget. Sæt AULA_PORT" in done.stderr
    assert not (tmp_path / "demo").exists()
