"""What is checked without running the code: the tools' commands, for people, nox and tests."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from workspace.places import ROOT, find_distributions, find_test_folders
from workspace.processes import run_to_end

SOURCE_LINES_LOOK_TWICE = 300
SOURCE_LINES_LIMIT = 500


def list_commands(name: str) -> list[list[str]]:
    """Return the commands of one check; each must end with 0."""
    tool = str(Path(sys.executable).parent)
    if name == "lint":
        return [[f"{tool}/ruff", "check"], [f"{tool}/ruff", "format", "--check"]]
    if name == "imports":
        return [[f"{tool}/lint-imports"]]
    mypy = f"{tool}/mypy"
    tests = [str(path.relative_to(ROOT)) for path in find_test_folders()]
    return [[mypy], [mypy, "--config-file", str(_write_config_for_tests()), *tests]]


def _write_config_for_tests() -> Path:
    """Write mypy's settings for tests, which are modules of the root: plugins.messages.tests.x.

    The code is found where each distribution lies; from there, all folders of tests would be one.
    """
    settings = (ROOT / "pyproject.toml").read_text()
    settings = re.sub(r"(?m)^mypy_path = .*", f'mypy_path = "{ROOT}"', settings)
    path = ROOT / ".mypy_cache" / "tests.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(settings)
    return path


def run_check(name: str) -> int:
    """Run one check to its end and return the worst exit code, so that all faults are shown."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return max(run_to_end(command, cwd=ROOT, env=environment) for command in list_commands(name))


def count_lines(folder: Path) -> dict[Path, int]:
    """Return the number of lines of each Python file under a folder, ours only."""
    ignored = {"node_modules", ".venv", ".nox", "var", "dist", "build"}
    files = (path for path in folder.rglob("*.py") if ignored.isdisjoint(path.parts))
    return {path: len(path.read_text().splitlines()) for path in files}


def print_sizes() -> int:
    """Print the size of each distribution, and the files that are worth a second look."""
    everything = count_lines(ROOT)
    for folder in find_distributions():
        code = folder / "aula_platform" if folder == ROOT else folder
        lines = sum(count for path, count in everything.items() if code in path.parents)
        print(f"{lines:7} lines  {code.relative_to(ROOT)}/")
    for path, count in sorted(everything.items(), key=lambda item: -item[1]):
        if count > SOURCE_LINES_LOOK_TWICE:
            print(f"{count:7} lines, look twice: {path.relative_to(ROOT)}")
    return 0
