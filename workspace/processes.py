"""Programs that set-up starts: each ends with us, and so do the programs that it starts."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 15.0
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SetUpFailed(Exception):
    """Something on the machine stops set-up; the text says what, and what to do."""


class Ended(BaseException):
    """The person, or the machine, asked us to end; not an error to be caught on the way."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def end_on_signals() -> None:
    """From now on ^C, TERM and HUP raise ``Ended``, so that every ``finally`` runs."""

    def end(number: int, _frame: FrameType | None) -> None:
        # A second ^C must not interrupt the tidying up that the first one started.
        for each in _ENDINGS:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    for number in _ENDINGS:
        signal.signal(number, end)


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a step of set-up; a failing one raises ``SetUpFailed`` with what was being done."""
    code = run_to_end(command, cwd=cwd, env=env)
    if code:
        message = f"{what} failed (exit {code}): {' '.join(map(str, command))}"
        raise SetUpFailed(message)


def run_to_end(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run a program in a process group of its own and return its exit code.

    However this ends, the whole group is gone afterwards: it is asked first (INT), then told.
    """
    with start_group(command, cwd=cwd, env=env) as process:
        return process.wait()


@contextlib.contextmanager
def start_group(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGINT,
    output: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in a group of its own; leaving the block ends the group."""
    sys.stdout.flush()
    with contextlib.ExitStack() as stack:
        stdout = stack.enter_context(output.open("wb")) if output else None
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=None if env is None else dict(env),
            user=user,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout else None,
            process_group=0,
            preexec_fn=functools.partial(_end_with_parent, stop_signal),  # noqa: PLW1509  # No threads run here.
        )
        try:
            yield process
        finally:
            _end_group(process, stop_signal)


def _end_with_parent(number: signal.Signals) -> None:
    """Let Linux end the program when we are killed in a way that leaves us no last word."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, number)


def _end_group(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    # What the program left behind in its group ends with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
