"""What the machine itself must have: PostgreSQL and Chromium for tests, by their package names."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from workspace.processes import SetUpFailed, run

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
DEBIAN = Path("/usr/lib/postgresql")
# Another program on the machine may be installing something just now.
WAIT = ("-o", "DPkg::Lock::Timeout=600")


def find_postgres(debian: Path = DEBIAN) -> Path | None:
    """Return the folder of PostgreSQL's programs: on PATH, else the newest that Debian has."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    kept = debian.glob("*/bin/initdb")
    newest = sorted(kept, key=lambda path: float(path.parts[-3]))
    return newest[-1].parent if newest else None


def find_chromium() -> str | None:
    """Return the browser's program, by name on PATH."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def need_test_programs() -> None:
    """After this PostgreSQL and Chromium are there; what was there already is left alone."""
    missing = []
    if find_postgres() is None:
        missing.append("postgresql")
    if find_chromium() is None:
        missing.append("chromium")
    if missing:
        install_packages(missing)


def need_venv_module() -> None:
    """After this Python can make environments; Debian keeps that in a package of its own."""
    if importlib.util.find_spec("ensurepip") is None:
        install_packages(["python3-venv"])


def install_packages(packages: list[str]) -> None:
    """Install by the machine's package manager; where that is not possible, say what to do."""
    names = " ".join(packages)
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo")]
    if apt is None or None in sudo:
        message = (
            f"Missing on this machine: {names}. Install it by the machine's own package manager"
            f" (on Debian and Ubuntu, as root: apt-get install {names}), then try again."
        )
        raise SetUpFailed(message)
    print(f"Installing on this machine: {names}", flush=True)
    settings = ["env", "DEBIAN_FRONTEND=noninteractive"]
    command = [*(part for part in sudo if part), *settings, apt]
    run([*command, "update", "-qq"], what="Reading the package lists")
    run(
        [*command, *WAIT, "install", "-y", "-qq", "--no-install-recommends", *packages],
        what=f"Installing {names}",
    )
