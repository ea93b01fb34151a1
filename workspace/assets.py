"""The front-end's assets, built when their sources changed by an npm from the lock."""

from __future__ import annotations

from pathlib import Path

from workspace.activation import activate
from workspace.places import PYTHON, ROOT, WEB
from workspace.processes import run
from workspace.stamps import hash_sources, is_current, write_stamp

BUILDER = "aula_platform.web.asset_build"


def build_when_changed() -> None:
    """After this the built assets are those of the sources that lie here."""
    stamp = hash_sources(list_sources())
    if is_current("assets", stamp) and (WEB / "static" / "manifest.json").exists():
        return
    print("Building the front-end's assets", flush=True)
    run([PYTHON, "-m", BUILDER], what="Building the assets", cwd=ROOT, env=activate())
    write_stamp("assets", stamp)


def list_sources() -> list[Path]:
    """Return every file the build reads: the sources, what npm installs by, and the builder."""
    builder = [*WEB.glob("asset_*.py"), *WEB.glob("assets_map.py")]
    files = (path for path in (WEB / "assets").rglob("*") if "node_modules" not in path.parts)
    return [*builder, *(path for path in files if path.is_file())]
