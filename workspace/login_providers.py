"""The log-in providers of the tests, which none of us wrote: installed when their lock changed."""

from __future__ import annotations

from pathlib import Path

from workspace.activation import activate
from workspace.places import PYTHON, ROOT
from workspace.processes import run
from workspace.stamps import hash_sources, is_current, write_stamp

FOLDER = ROOT / "tests" / "login_providers"
_NPM = """
import subprocess, sys
from aula_platform.web.asset_build import node_folder, npm_script
command = [str(node_folder() / "bin" / "node"), str(npm_script()), "ci", "--ignore-scripts"]
sys.exit(subprocess.run(command, check=False).returncode)
"""


def install_when_changed() -> None:
    """After this what the lock names lies in ``node_modules``, and none of its scripts has run."""
    sources: list[Path] = [FOLDER / "package.json", FOLDER / "package-lock.json"]
    stamp = hash_sources(sources)
    if is_current("login-providers", stamp) and (FOLDER / "node_modules").is_dir():
        return
    print("Installing the tests' log-in providers", flush=True)
    run(
        [PYTHON, "-c", _NPM],
        what="Installing the tests' log-in providers",
        cwd=FOLDER,
        env=activate(),
    )
    write_stamp("login-providers", stamp)
