"""Set-up: what it takes from the lock, and that a second time costs nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workspace.install import select_from_lock
from workspace.places import LOCK, ROOT, find_distributions
from workspace.processes import SetUpFailed

LOCK_TEXT = """\
urllib==1 \\
    --hash=sha256:aa
uv==0.13.9 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via aula-platform
uvicorn==2 \\
    --hash=sha256:dd
"""

WRITE_STAMPS = """
from workspace import assets, places, stamps
packages = [places.LOCK, *(path / "pyproject.toml" for path in places.find_distributions())]
stamps.write_stamp("packages", stamps.hash_sources(packages))
stamps.write_stamp("assets", stamps.hash_sources(assets.list_sources()))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what set-up reads, whose environment is stamped as done."""
    shutil.copytree(ROOT / "workspace", tmp_path / "workspace")
    shutil.copy(LOCK, tmp_path)
    for folder in find_distributions():
        target = tmp_path / folder.relative_to(ROOT)
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "pyproject.toml", target)
    web = tmp_path / "aula_platform" / "web"
    (web / "assets").mkdir(parents=True)
    (web / "asset_build.py").write_text("raise SystemExit('building')\n")
    (web / "assets" / "look.css").write_text("body {}\n")
    (web / "static").mkdir()
    (web / "static" / "manifest.json").write_text("{}")
    (tmp_path / ".venv").mkdir()
    subprocess.run([sys.executable, "-c", WRITE_STAMPS], cwd=tmp_path, check=True)
    return tmp_path


def set_up(copy: Path) -> subprocess.CompletedProcess[str]:
    """Run set-up in the copy."""
    command = [sys.executable, "-m", "workspace", "setup"]
    return subprocess.run(
        command, cwd=copy, capture_output=True, text=True, check=False, timeout=60
    )


def test_one_package_is_taken_from_the_lock_with_its_hashes() -> None:
    """The installer itself comes from the lock; a name that begins like it is another package."""
    chosen = select_from_lock(LOCK_TEXT, "uv")
    assert chosen.splitlines()[0] == "uv==0.13.9 \\"
    assert "sha256:bb" in chosen
    assert "sha256:cc" in chosen
    assert "sha256:aa" not in chosen
    assert "sha256:dd" not in chosen


def test_a_lock_without_the_installer_stops_set_up() -> None:
    """The failure names what is missing."""
    with pytest.raises(SetUpFailed, match="pins no uv"):
        select_from_lock("uvicorn==2\n", "uv")


def test_the_lock_pins_the_installer() -> None:
    """A fresh machine starts from the lock alone."""
    assert "--hash=sha256:" in select_from_lock(LOCK.read_text(), "uv")


def test_the_second_time_is_free(copy: Path) -> None:
    """Set-up is a no-op the second time: below two seconds, nothing said, nothing touched."""
    before = sorted(copy.rglob("*.stamp"))
    started = time.monotonic()
    result = set_up(copy)
    assert time.monotonic() - started < 2
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert sorted((copy / ".venv").iterdir()) == before


def test_a_changed_asset_is_built_again(copy: Path) -> None:
    """Only what changed is done again: here the build is tried, and its failure is told."""
    (copy / "aula_platform/web/assets/look.css").write_text("body { color: red }\n")
    (copy / ".venv" / "bin").mkdir()
    (copy / ".venv" / "bin" / "python").symlink_to(sys.executable)
    result = set_up(copy)
    assert result.returncode == 1
    assert "Building the front-end's assets" in result.stdout
    assert "Installing" not in result.stdout
    assert "Set-up stopped: Building the assets failed" in result.stderr
    assert "Traceback" not in result.stderr


def test_make_help_tells_every_command() -> None:
    """`make help` names what a newcomer needs, one line each."""
    result = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("make ")]
    assert told == ["help", "demo", "test", "test-long", "bench", "setup", "lock"]
