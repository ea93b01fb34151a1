"""Processes that are started, watched and ended here: their processor time and their memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 180.0
_STOP_SECONDS = 15.0
_PARENT, _FIRST_TIME, _LAST_TIME = 1, 11, 15
"""Places of the fields after the name in ``/proc/PID/stat``."""


class Died(Exception):
    """A process that is measured has ended, or never began to answer; its last words follow."""


def find_free_port() -> int:
    """Return a port of loopback on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name stands in parentheses, and may hold blanks and parentheses itself.
    return text.rpartition(")")[2].split()


def find_family(root: int) -> set[int]:
    """Return a process and everything below it that lives now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[_PARENT])
    found, new = {root}, {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return found


def read_cpu(roots: Sequence[int], without: Sequence[int] = ()) -> float:
    """Return the seconds of processor time that processes and all below them have used so far.

    What a process used that has ended since counts as its parent's, so the sum only grows.
    """
    ticks = 0
    for pid in set().union(*(find_family(root) for root in roots)) - set(without):
        fields = _stat(pid)
        if fields:
            ticks += sum(map(int, fields[_FIRST_TIME:_LAST_TIME]))
    return ticks / _TICKS


def parent_of(pid: int) -> int:
    """Return the parent of a process that lives; raise `Died` when it does not."""
    fields = _stat(pid)
    if fields is None:
        raise Died(f"process {pid} has ended")
    return int(fields[_PARENT])


def read_memory(root: int) -> float:
    """Return the MB that a process and all below it hold, what they share counted once."""
    total = 0
    for pid in find_family(root):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


@contextlib.contextmanager
def run_server(command: Sequence[str], port: int, log: Path, path: str = "/") -> Iterator[int]:
    """Yield the pid of a server of ours once it answers; leaving the block ends it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    try:
        wait_until_it_answers(process, port, path, log)
        yield process.pid
    finally:
        _end(process)


def wait_until_it_answers(
    process: subprocess.Popen[bytes], port: int, path: str, log: Path
) -> None:
    """Return when the server answers; raise `Died` when it ends before or takes too long."""
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if _answers(port, path):
            return
        time.sleep(0.02)
    raise Died(f"{' '.join(map(str, process.args))}\n{log.read_text(errors='replace')[-2000:]}")  # type: ignore[arg-type]  # A list, as given above.


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500  # noqa: PLR2004  # Any answer but a failure.
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
