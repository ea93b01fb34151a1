"""One session per concern, each in an environment from the lock.

``nox`` runs the default ones: lint, imports, types, contracts, workspace, kernel, sdk, registry
and each plugin. ``nox -s browser wheels benchmarks`` runs the slower ones. ``make test`` runs all
tests at once in ``.venv``.
"""

from __future__ import annotations

from pathlib import Path

import nox

ROOT = Path(__file__).parent
LOCK = "requirements.lock"
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
OURS = [".", "sdk", "registry", *(f"plugins/{name}" for name in PLUGINS)]
SLOW = "not browser and not wheels and not benchmark"

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True
nox.options.sessions = [
    "lint",
    "imports",
    "types",
    "contracts",
    "workspace",
    "kernel",
    "sdk",
    "registry",
    "plugin",
]


def _install_lock(session: nox.Session) -> None:
    """Install every locked package by its hash, and our distributions as they lie here."""
    session.install("--require-hashes", "-r", LOCK)
    editable = [part for path in OURS for part in ("--editable", path)]
    session.install("--no-deps", "--no-build-isolation", *editable)


def _run_tests(session: nox.Session, *arguments: str) -> None:
    """Run tests with a private PostgreSQL beside them."""
    chosen = session.posargs or arguments
    session.run("python", "-m", "workspace", "postgres", "python", "-m", "pytest", *chosen)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install("--require-hashes", "-r", LOCK)
    session.run("python", "-m", "workspace", "check", "lint")


@nox.session
def imports(session: nox.Session) -> None:
    """The import contracts between the houses and between the kernel's rooms."""
    _install_lock(session)
    session.run("python", "-m", "workspace", "check", "imports")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, on the code of all distributions and on their tests."""
    _install_lock(session)
    session.run("python", "-m", "workspace", "check", "types")


@nox.session
def contracts(session: nox.Session) -> None:
    """What holds for all distributions together."""
    _install_lock(session)
    _run_tests(session, "tests/contracts")


@nox.session
def workspace(session: nox.Session) -> None:
    """Set-up itself."""
    _install_lock(session)
    _run_tests(session, "tests/workspace", "-m", "not wheels")


@nox.session
def kernel(session: nox.Session) -> None:
    """The kernel's rooms, on both databases."""
    _install_lock(session)
    others = ["--ignore=tests/contracts", "--ignore=tests/workspace"]
    _run_tests(session, "tests", *others, "-m", SLOW)


@nox.session
def sdk(session: nox.Session) -> None:
    """The SDK and its test kit."""
    _install_lock(session)
    _run_tests(session, "sdk", "-m", SLOW)


@nox.session
def registry(session: nox.Session) -> None:
    """The registry, in its own database."""
    _install_lock(session)
    _run_tests(session, "registry", "-m", SLOW)


@nox.session
@nox.parametrize("name", PLUGINS, ids=PLUGINS)
def plugin(session: nox.Session, name: str) -> None:
    """One plugin by itself, with no more than what it says it needs (and its test kit)."""
    session.install("-c", LOCK, "hatchling", "editables")
    kit = ["--editable", ".", "--editable", "sdk[testing]"]
    itself = ["--editable", f"plugins/{name}"]
    session.install("-c", LOCK, "--no-build-isolation", *kit, *itself)
    _run_tests(session, f"plugins/{name}", "-m", SLOW)


@nox.session
def browser(session: nox.Session) -> None:
    """Journeys in Chromium: keyboard, screen reader rules, JavaScript off."""
    _install_lock(session)
    _run_tests(session, "-m", "browser")


@nox.session
def wheels(session: nox.Session) -> None:
    """Build the wheels, install them into an empty environment and start the demo from them."""
    _install_lock(session)
    _run_tests(session, "-m", "wheels")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure; AULA_LONG=1 measures in full."""
    _install_lock(session)
    _run_tests(session, "-m", "benchmark", "-rP")
