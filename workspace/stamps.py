"""Stamps: what was set up, by the hash of what it was made from, so that a second time is free."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from workspace.places import ROOT, VENV


def hash_sources(sources: Iterable[Path]) -> str:
    """Return one hash of the files' names and contents, this Python and this place.

    The place counts because a virtual environment that was moved or copied does not work.
    """
    digest = hashlib.sha256(f"{ROOT}\0{sys.version}\0".encode())
    for path in sorted(sources):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT)}\0{content}\0".encode())
    return digest.hexdigest()


def is_current(name: str, value: str) -> bool:
    """Whether the step was done from just these sources."""
    stamp = _get_path(name)
    return stamp.is_file() and stamp.read_text() == value


def write_stamp(name: str, value: str) -> None:
    """Remember that the step is done."""
    _get_path(name).write_text(value)


def _get_path(name: str) -> Path:
    return VENV / f"aula-{name}.stamp"
