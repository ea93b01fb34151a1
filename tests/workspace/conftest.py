"""The wheels of all distributions, built and installed once for all tests that look at them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workspace.places import LOCK, find_distributions


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A wheel of each distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    for distribution in find_distributions():
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(command, cwd=distribution, check=True, capture_output=True, text=True)
    return sorted(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheels and what they declare."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    uv = str(Path(sys.executable).with_name("uv"))
    python = place / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "-c", str(LOCK)]
    result = subprocess.run(
        [*install, *map(str, wheels)], cwd=place, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return python.parent
