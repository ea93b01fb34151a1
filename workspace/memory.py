"""Temporary files of a test run in memory, where the machine has room for them.

Each test has a database of its own, which is some hundred small files. A disk takes three to twenty
times as long as memory to make and remove them, all of it the kernel's own processor time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path("/dev/shm")  # noqa: S108  # Looked at before it is used, and a folder of our own is made in it.
ROOM = 4 * 1024**3
"""Several times what a run needs, in bytes."""
_NAME = "aula-tests-"
_AVAILABLE = "MemAvailable:"


@contextlib.contextmanager
def temporary_files_in_memory(folder: Path = FOLDER) -> Iterator[Path | None]:
    """Let temporary files of this process and those it starts be in ``folder``, and remove them.

    Yields the folder made for them; None, and nothing has changed, where the machine has no such
    place, too little room in it, or starts no programs from it.
    """
    if not _has_room(folder):
        yield None
        return
    _remove_left(folder)
    made = folder / f"{_NAME}{os.getpid()}"
    made.mkdir()
    before, was = os.environ.get("TMPDIR"), tempfile.tempdir
    try:
        if not _starts_programs(made):
            yield None
            return
        # PostgreSQL runs as somebody else, and must get through to its own folder.
        made.chmod(0o711)
        os.environ["TMPDIR"] = tempfile.tempdir = str(made)
        yield made
    finally:
        tempfile.tempdir = was
        if before is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before
        shutil.rmtree(made, ignore_errors=True)


def _has_room(folder: Path) -> bool:
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return False
    return min(shutil.disk_usage(folder).free, _free_memory()) >= ROOM


def _free_memory() -> int:
    """Return how many bytes of memory can be had without taking any from what runs now."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    told = next((line for line in lines if line.startswith(_AVAILABLE)), f"{_AVAILABLE} 0 kB")
    return int(told.split()[1]) * 1024


def _starts_programs(folder: Path) -> bool:
    """Whether a program in the folder can be started, as tests do with those they install."""
    program = folder / "program"
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o700)
    try:
        return subprocess.run([program], check=False).returncode == 0
    except OSError:
        return False
    finally:
        program.unlink()


def _remove_left(folder: Path) -> None:
    """Remove what runs have left that were killed."""
    for left in folder.glob(f"{_NAME}*"):
        number = left.name.removeprefix(_NAME)
        if number.isdigit() and not Path("/proc", number).exists():
            shutil.rmtree(left, ignore_errors=True)
