"""Fill ``.venv`` from the lock: every package by its hash, our distributions as they lie here."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from workspace import assets, machine
from workspace.activation import activate
from workspace.places import LOCK, PYTHON, ROOT, VENV, find_distributions
from workspace.processes import SetUpFailed, run
from workspace.stamps import hash_sources, is_current, write_stamp


def set_up() -> None:
    """After this the environment is as the lock says and the assets are built; else it raises."""
    sources = [LOCK, *(path / "pyproject.toml" for path in find_distributions())]
    stamp = hash_sources(sources)
    if not is_current("packages", stamp):
        _make_environment()
        _install_uv()
        _install_packages()
        write_stamp("packages", stamp)
    assets.build_when_changed()


def select_from_lock(lock: str, name: str) -> str:
    """Return the lines of the lock that pin one package, with its hashes."""
    found = re.search(rf"^{re.escape(name)}==.*\n(?:[ ].*\n)*", lock, re.MULTILINE)
    if found is None:
        message = f"requirements.lock pins no {name}"
        raise SetUpFailed(message)
    return found.group()


def _make_environment() -> None:
    # An environment that was moved here, or whose Python is gone, is made anew.
    works = PYTHON.exists() and (VENV / "bin" / "pip").exists()
    if not works:
        shutil.rmtree(VENV, ignore_errors=True)
        machine.need_venv_module()
        print("Making .venv", flush=True)
        run([sys.executable, "-m", "venv", VENV], what="Making the environment")


def _install_uv() -> None:
    """Install uv by pip, by its hash, from the one lock: the only thing that pip installs."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "uv.lock.txt"
        pinned.write_text(select_from_lock(LOCK.read_text(), "uv"))
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        run([*pip, "--require-hashes", "--no-deps", "-r", pinned], what="Installing uv")


def _install_packages() -> None:
    uv: list[str | Path] = [VENV / "bin" / "uv", "pip"]
    quiet: list[str | Path] = ["--quiet", "--python", PYTHON]
    print("Installing what requirements.lock names", flush=True)
    run([*uv, "sync", *quiet, "--require-hashes", LOCK], what="Installing the lock", cwd=ROOT)
    ours = [part for path in find_distributions() for part in ("--editable", str(path))]
    run(
        [*uv, "install", *quiet, "--no-deps", "--no-build-isolation", *ours],
        what="Installing our distributions",
        cwd=ROOT,
        env=activate(),
    )
