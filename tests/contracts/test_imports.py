"""Who may import whom: the contracts hold, and an offence against each of them is caught."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A small house with the same doors: one module in each place that the contracts speak of.
ROOMS = (
    "aula_sdk/__init__.py",
    "aula_sdk/hookspecs.py",
    "aula_sdk/manifest/__init__.py",
    "aula_platform/__init__.py",
    "aula_platform/app.py",
    "aula_platform/plugin_host/__init__.py",
    "aula_platform/plugin_host/manager.py",
    "aula_platform/permissions/__init__.py",
    "aula_platform/stamdata/__init__.py",
    "aula_platform/storage/__init__.py",
    "aula_registry/__init__.py",
    "aula_plugins/messages/__init__.py",
    "aula_plugins/calendar/__init__.py",
)

OFFENCES = [
    ("aula_sdk/hookspecs.py", "import aula_platform.app", "The SDK imports nothing of ours"),
    (
        "aula_platform/plugin_host/manager.py",
        "def load():\n    import aula_plugins.messages",
        "The kernel never imports a plugin or the registry",
    ),
    (
        "aula_plugins/messages/__init__.py",
        "from aula_platform import storage",
        "Plugins import the SDK, not the kernel or the registry",
    ),
    (
        "aula_plugins/messages/__init__.py",
        "import aula_plugins.calendar",
        "Plugins never import each other",
    ),
    (
        "aula_registry/__init__.py",
        "import aula_sdk.hookspecs",
        "The registry shares only the manifest format",
    ),
    (
        "aula_platform/stamdata/__init__.py",
        "import aula_platform.permissions",
        "Kernel layers",
    ),
    ("aula_platform/helpers.py", "", "Kernel layers"),
    (
        "aula_platform/stamdata/__init__.py",
        "import asyncpg",
        "Only storage touches database drivers",
    ),
    (
        "aula_platform/permissions/__init__.py",
        "import pluggy",
        "Only the plugin host's manager touches pluggy",
    ),
    ("aula_plugins/calendar/__init__.py", "import piccolo", "Piccolo stays in the registry"),
]

# The real distributions lie on the path too; here only the small house is looked at.
LINT = """
import sys
ours = sys.argv[1]
sys.path[:] = [ours, *(part for part in sys.path if "site-packages" in part or "lib" in part)]
import aula_plugins
aula_plugins.__path__ = [ours + "/aula_plugins"]
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[2], no_cache=True))
"""


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of our pyproject.toml on a small house."""
    return subprocess.run(
        [sys.executable, "-c", LINT, str(house), str(ROOT / "pyproject.toml")],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The small house, in which all contracts are kept."""
    for room in ROOMS:
        path = tmp_path / room
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('"""A room."""\n')
    (tmp_path / "aula_platform/storage/engines.py").write_text("import asyncpg\n")
    (tmp_path / "aula_platform/plugin_host/manager.py").write_text("import pluggy\n")
    (tmp_path / "aula_registry/__init__.py").write_text(
        "import piccolo\nimport aula_sdk.manifest\n"
    )
    (tmp_path / "aula_plugins/messages/__init__.py").write_text("import aula_sdk.hookspecs\n")
    return tmp_path


def test_contracts_are_kept() -> None:
    """Rules of the four houses: the code that lies here keeps them."""
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]


def test_a_house_without_offence_is_accepted(house: Path) -> None:
    """The offences below are caught for what they are, not for the small house itself."""
    result = lint(house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("place", "offence", "contract"), OFFENCES)
def test_an_offence_is_caught(house: Path, place: str, offence: str, contract: str) -> None:
    """Each contract breaks on an import that it forbids, also on one inside a function."""
    path = house / place
    path.write_text((path.read_text() if path.exists() else "") + offence + "\n")
    result = lint(house)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract} BROKEN" in result.stdout
