"""What contract tests look at: the files of the repository, and its distributions."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from workspace.places import ROOT, find_distributions


@pytest.fixture(scope="session")
def repository_files() -> list[Path]:
    """Every file that git knows, or would take if it were added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="session")
def python_files(repository_files: list[Path]) -> list[Path]:
    """The Python files among them."""
    return [path for path in repository_files if path.suffix == ".py"]


def name_distribution(folder: Path) -> str:
    """Return a name that does not depend on where the repository was cloned."""
    return "kernel" if folder == ROOT else folder.name


@pytest.fixture(params=find_distributions(), ids=name_distribution)
def distribution(request: pytest.FixtureRequest) -> Path:
    """The folder of one distribution."""
    folder: Path = request.param
    return folder


@pytest.fixture
def project(distribution: Path) -> dict[str, Any]:
    """What the distribution's pyproject.toml says."""
    return tomllib.loads((distribution / "pyproject.toml").read_text())
