"""The demo's processes: one group, which lives and ends together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from aula_plugins.demo.running.places import HOST

_PATIENCE = 120.0
_GRACE = 8.0
_LAST_LINES = 15
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Died(Exception):
    """A process of the demo has ended by itself, or did not begin to answer."""


class Stopped(Exception):
    """Somebody wants the demo to end."""


class Processes:
    """Child processes in a group of their own, so that none outlives the demo."""

    def __init__(self, logs: Path) -> None:
        """What the children say is kept in files in ``logs``."""
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._group = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End them all: asked first, forced when they take too long."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + _GRACE
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, until - time.monotonic()))
        self._signal(signal.SIGKILL)
        for child in self._children.values():
            child.wait()

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Start a child."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("wb") as log:
            child = subprocess.Popen(  # noqa: S603  # The commands are ours.
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                process_group=self._group,
            )
        self._group = self._group or child.pid
        self._children[name] = child

    def wait_until_it_answers(self, name: str, port: int, path: str = "/") -> None:
        """Wait until a port answers; raise `Died` when its process ends or it takes long."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            self.check()
            if _answers(port, path):
                return
            time.sleep(0.1)
        raise Died(self._last_words(name))

    def check(self) -> None:
        """Pass while all live; raise `Died` with the name of one that does not."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise Died(self._last_words(name))

    def watch(self) -> None:
        """Return never: raise `Died` when a child has ended."""
        while True:
            self.check()
            time.sleep(0.5)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _last_words(self, name: str) -> str:
        said = self._log(name).read_text("utf-8", errors="replace").splitlines()
        return "\n".join([f"{name} ({self._log(name)})", *said[-_LAST_LINES:]])

    def _signal(self, number: signal.Signals) -> None:
        if self._group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, number)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Within the block, ^C, a closed terminal and a polite kill raise `Stopped`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for ending in _ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        raise Stopped

    before = {ending: signal.signal(ending, stop) for ending in _ENDINGS}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Run one of our commands to its end and return what it says; raise `Died` when it fails."""
    done = subprocess.run(  # noqa: S603  # The commands are ours.
        [sys.executable, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
        text=True,
        check=False,
    )
    if done.returncode:
        raise Died(f"{' '.join(command)}\n{done.stdout.strip()}")
    return done.stdout.strip()
