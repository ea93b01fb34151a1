"""The tools' checks hold: they run with the tests, so CI and everyone else see the same."""

from __future__ import annotations

import subprocess

import pytest

from workspace.checks import list_commands
from workspace.places import ROOT


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["lint", "types"])
def test_check_passes(name: str) -> None:
    """Ruff (rules and format) and mypy (strict, tests too) find nothing."""
    for command in list_commands(name):
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{command}\n{result.stdout[-6000:]}{result.stderr[-2000:]}"
