"""The test run's own rules: nothing skipped, and as many tests on one database as on the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workspace.places import ROOT
from workspace.pytest_plugin import find_database

# Only these: what else is installed takes time to load and has no say here.
PLUGINS = ("no:cacheprovider", "workspace.pytest_plugin", "xdist")

EQUAL = """
import pytest
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_rows(database):
    assert database
"""
UNEQUAL = """
import pytest
@pytest.mark.parametrize("database", ["sqlite"])
def test_rows(database):
    assert database
"""
SKIPPED = """
import pytest
def test_passes():
    pass
@pytest.mark.skip(reason="no time")
def test_rows():
    pass
"""


def run_pytest(
    folder: Path, test: str, *arguments: str, whole: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a small suite as `make test` runs the whole one."""
    (folder / "test_it.py").write_text(test)
    (folder / "pytest.toml").write_text("[pytest]\n")
    plugins = [part for name in PLUGINS for part in ("-p", name)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "AULA_WHOLE_SUITE": "1" if whole else "",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_equal_numbers_pass(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """The summary tells how many tests ran on each database, and pytest's own line is last."""
    result = run_pytest(tmp_path, EQUAL, *workers)
    assert result.returncode == 0, result.stdout
    assert "Tests per database: sqlite 1, postgresql 1" in result.stdout
    assert "2 passed" in result.stdout.splitlines()[-1]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_unequal_numbers_fail_the_whole_suite(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """A test that knows one database only fails the run."""
    result = run_pytest(tmp_path, UNEQUAL, *workers)
    assert result.returncode == 1
    assert "did not get the same number" in result.stdout


def test_a_part_of_the_suite_may_be_unequal(tmp_path: Path) -> None:
    """Who runs a part by hand chose it."""
    assert run_pytest(tmp_path, UNEQUAL, whole=False).returncode == 0


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_skipped_test_fails_the_run(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """A test that did not run proves nothing."""
    result = run_pytest(tmp_path, SKIPPED, *workers, whole=False)
    assert result.returncode == 1
    assert "1 skipped: a skipped test fails the run" in result.stdout


def test_a_module_that_skips_itself_fails_the_run(tmp_path: Path) -> None:
    """`importorskip` does not hide a missing library."""
    module = 'import pytest\npytest.importorskip("no_such_library")\ndef test_rows(): pass\n'
    result = run_pytest(tmp_path, module + "", whole=False)
    assert result.returncode != 0


@pytest.mark.parametrize(
    ("nodeid", "database"),
    [
        ("tests/test_a.py::test_rows[sqlite]", "sqlite"),
        ("tests/test_a.py::test_rows[3-postgresql]@group", "postgresql"),
        ("tests/test_a.py::test_rows[sqlite3]", None),
        ("tests/test_sqlite.py::test_rows", None),
    ],
    ids=["first", "second with a group", "likeness", "file name"],
)
def test_the_database_is_read_from_the_parameters(nodeid: str, database: str | None) -> None:
    """Only a parameter named as the fixture names it counts."""
    assert find_database(nodeid) == database
