"""The whole suite, on both databases and in a browser: what ``make test`` runs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from workspace import login_providers, machine, postgres
from workspace.activation import activate
from workspace.memory import temporary_files_in_memory
from workspace.places import PYTHON, ROOT
from workspace.processes import run_to_end

WHOLE_SUITE = "AULA_WHOLE_SUITE"
LONG = "AULA_LONG"


def run_suite(arguments: list[str], *, long: bool) -> int:
    """Run everything and return pytest's exit code; its summary is the last thing printed.

    With arguments (a path, ``-k``) it is a part of the suite, which need not be the same on both
    databases.
    """
    machine.need_test_programs()
    login_providers.install_when_changed()
    # A long run makes databases that are larger than some memories.
    place = contextlib.nullcontext() if long else temporary_files_in_memory()
    with place, postgres.run_cluster() as url:
        environment = {
            **activate(),
            postgres.URL_VARIABLE: url,
            WHOLE_SUITE: "" if arguments else "1",
            LONG: "1" if long else "",
        }
        pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
        patience = ["--timeout", "1800"] if long else []
        return run_to_end([*pytest, *patience, *arguments], cwd=ROOT, env=environment)


def run_with_cluster(command: list[str]) -> int:
    """Run one command with a private cluster's URL added to its environment."""
    machine.need_test_programs()
    with postgres.run_cluster() as url:
        return run_to_end(command, env={**os.environ, postgres.URL_VARIABLE: url})
