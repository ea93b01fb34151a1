"""What the machine must have: found where it is, asked for by its package name where it is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workspace import machine
from workspace.places import ROOT

INSTALL = """
import sys
from workspace import machine, processes
try:
    machine.install_packages(sys.argv[1:])
except processes.SetUpFailed as failure:
    sys.exit(str(failure))
"""

NOTE_ARGUMENTS = '#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> "$(dirname "$0")/asked"\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that holds all programs of a machine: as yet, only those every machine has."""
    for name in ("env", "sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    (tmp_path / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
    (tmp_path / "sudo").chmod(0o755)
    return tmp_path


def install(programs: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Ask for packages on a machine that has only these programs."""
    return subprocess.run(
        [sys.executable, "-c", INSTALL, *packages],
        cwd=ROOT,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_missing_packages_are_installed_by_name(programs: Path) -> None:
    """On a fresh machine apt is asked for ordinary names, without questions to the person."""
    (programs / "apt-get").write_text(NOTE_ARGUMENTS)
    (programs / "apt-get").chmod(0o755)
    result = install(programs, "postgresql", "chromium")
    assert result.returncode == 0, result.stderr
    update, wanted = (programs / "asked").read_text().splitlines()
    assert update == "noninteractive update -qq"
    assert wanted.startswith("noninteractive ")
    assert wanted.endswith(" postgresql chromium")


def test_a_failing_installation_is_told(programs: Path) -> None:
    """What could not be installed is named, and nothing goes on without it."""
    (programs / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (programs / "apt-get").chmod(0o755)
    result = install(programs, "chromium")
    assert result.returncode == 1
    assert "Reading the package lists failed (exit 100)" in result.stderr


def test_a_machine_without_apt_gets_a_clear_message(programs: Path) -> None:
    """Where we cannot install, the person is told what is missing and what to do."""
    result = install(programs, "postgresql")
    assert result.returncode == 1
    assert "Missing on this machine: postgresql." in result.stderr
    assert "Traceback" not in result.stderr


def test_the_newest_postgresql_of_debian_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian keeps PostgreSQL's programs off PATH; 15 is newer than 9.6."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.find_postgres(tmp_path) is None
    for version in ("9.6", "15"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch(0o755)
    assert machine.find_postgres(tmp_path) == tmp_path / "15" / "bin"


def test_nothing_is_installed_where_all_is_there(capfd: pytest.CaptureFixture[str]) -> None:
    """This machine runs the suite, so it has everything: asking again does and says nothing."""
    machine.need_test_programs()
    machine.need_venv_module()
    assert capfd.readouterr() == ("", "")


def test_an_old_python_is_refused() -> None:
    """The first thing that set-up says is which Python is needed, and how to name one."""
    pretend = "import sys; sys.version_info = (3, 9, 2); import workspace"
    result = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed, this is 3.9.2" in result.stderr
    assert "make PYTHON=" in result.stderr
