"""Where things lie in the workspace, and which distributions it holds."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
WEB = ROOT / "aula_platform" / "web"


def find_plugins() -> list[str]:
    """Return the names of the plugins that lie here."""
    return sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))


def find_distributions() -> list[Path]:
    """Return the folder of each distribution, the kernel's first: a new plugin needs no edit."""
    plugins = [ROOT / "plugins" / name for name in find_plugins()]
    return [ROOT, ROOT / "sdk", ROOT / "registry", *plugins]


def find_test_folders() -> list[Path]:
    """Return the folder of tests of each distribution that has one."""
    folders = [path / "tests" for path in find_distributions()]
    return [path for path in folders if any(path.rglob("*.py"))]
