"""The benchmarks, on a private PostgreSQL that keeps what it has acknowledged."""

from __future__ import annotations

import os

from workspace import machine, postgres
from workspace.activation import activate
from workspace.places import PYTHON, ROOT
from workspace.processes import run_to_end


def run_benchmarks(arguments: list[str]) -> int:
    """Run ``python -m benchmarks`` and return its exit code."""
    machine.need_test_programs()
    with postgres.run_cluster({**postgres.DURABLE, "shared_buffers": _quarter_of_memory()}) as url:
        environment = {**activate(), postgres.URL_VARIABLE: url}
        return run_to_end([PYTHON, "-m", "benchmarks", *arguments], cwd=ROOT, env=environment)


def _quarter_of_memory() -> str:
    """What the manual of PostgreSQL advises, and the guide for municipalities after it."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{memory // 4 // 2**20}MB"
