"""What the build leaves in ``static/``: whole, small, hashed, licensed."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from fontTools.ttLib import TTFont

from aula_platform.web import asset_build
from aula_platform.web.asset_build import ASSETS, WEB
from aula_platform.web.assets_map import STATIC

BUDGET = 120_000
EDITOR_BUDGET = 70_000
FIRST_PAGE = ("core.css", "core.js", "aula-sans-400.woff2", "aula-sans-600.woff2", "icons.svg")


def read_manifest() -> dict[str, str]:
    """Return the built files' names by their logical names."""
    names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text())
    return names


def weigh(*names: str) -> int:
    """Return the bytes that these files take over the wire, compressed as gzip does it."""
    manifest = read_manifest()
    return sum(len(gzip.compress((STATIC / manifest[name]).read_bytes(), 6)) for name in names)


def test_the_first_page_is_light() -> None:
    """Experience 8: styles, scripts and fonts leave room for the page below 150 kB."""
    assert weigh(*FIRST_PAGE) < BUDGET


def test_the_editor_is_a_bundle_of_its_own() -> None:
    """Trix is fetched only where one writes, and the core bundle holds nothing of it."""
    assert weigh("editor.css", "editor.js") < EDITOR_BUDGET
    assert "trix" not in (STATIC / read_manifest()["core.js"]).read_text()


def test_every_name_of_the_manifest_is_a_file_named_by_its_content() -> None:
    """A file whose content changes gets another name, so it may be cached for ever."""
    manifest = read_manifest()
    assert {"core.css", "core.js", "editor.css", "editor.js", "icons.svg"} <= manifest.keys()
    for name, built in manifest.items():
        stem, _, ending = name.partition(".")
        assert re.fullmatch(rf"{re.escape(stem)}-[0-9a-f]{{10}}\.{re.escape(ending)}", built)
        assert (STATIC / built).stat().st_size > 0


def test_built_files_name_each_other_by_their_built_names() -> None:
    """Fonts in the styles, and icons in the web app manifest, are files that exist."""
    manifest = read_manifest()
    style = (STATIC / manifest["core.css"]).read_text()
    fonts = re.findall(r"url\(\"?([^)\"]+\.woff2)\"?\)", style)
    icons = json.loads((STATIC / manifest["site.webmanifest"]).read_text())["icons"]
    named = [*fonts, *(icon["src"] for icon in icons)]
    assert len(fonts) == 2
    assert [name for name in named if not (STATIC / name).exists()] == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    """No CDN: what the pages load at once names no other host."""
    manifest = read_manifest()
    style = (STATIC / manifest["core.css"]).read_text() + (
        STATIC / manifest["editor.css"]
    ).read_text()
    assert re.findall(r"url\([\"']?(?:https?:)?//", style) == []
    assert "@import" not in style


def test_the_service_worker_keeps_files_that_exist() -> None:
    """Otherwise it could not be installed, and there would be no offline page."""
    worker = (STATIC / "sw.js").read_text()
    found = re.search(r"self\.SHELL=(\[.*?\]);", worker)
    assert found
    shell = json.loads(found[1])
    assert len(shell) >= 5
    assert [path for path in shell if not (STATIC / path.removeprefix("/static/")).exists()] == []


def test_the_font_holds_danish_letters_under_a_name_of_its_own() -> None:
    """The licence reserves "Plex" for the font as IBM made it; ours is a subset."""
    with TTFont(STATIC / read_manifest()["aula-sans-400.woff2"]) as font:
        letters = set(font.getBestCmap())
        names = {str(record) for record in font["name"].names if record.nameID in {1, 4, 6}}
    assert {ord(letter) for letter in "abcæøåÆØÅéüäöß0123456789–’”…€"} <= letters
    assert names
    assert not any("Plex" in name for name in names)


@pytest.mark.parametrize("name", ["dkfds", "htmx", "lucide", "trix", "dompurify", "ibm-plex-sans"])
def test_licences_lie_beside_what_they_cover(name: str) -> None:
    """MIT, BSD, ISC and OFL ask that their words follow the copies."""
    assert len((STATIC / "licences" / f"{name}.txt").read_text()) > 200


def test_a_second_build_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Set-up is a no-op the second time."""
    before = (STATIC / "manifest.json").stat().st_mtime_ns
    assert asset_build.main() == 0
    assert "nothing to do" in capsys.readouterr().out
    assert (STATIC / "manifest.json").stat().st_mtime_ns == before


def test_packages_are_pinned_and_the_lock_names_no_host() -> None:
    """Settled question 29: exact versions, one lock, no registry in it."""
    wanted = json.loads((ASSETS / "package.json").read_text())
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    lock = json.loads((ASSETS / "package-lock.json").read_text())["packages"]
    assert [name for name, package in lock.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock.items() if name)


def test_every_icon_that_a_template_asks_for_is_in_the_sprite() -> None:
    """A missing icon is an empty place that nobody is told of."""
    sprite = (STATIC / read_manifest()["icons.svg"]).read_text()
    known = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    templates = "".join(path.read_text() for path in (WEB / "templates").rglob("*.html"))
    asked = set(re.findall(r"icon\(\"([a-z-]+)\"", templates))
    asked |= set(re.findall(r"icon_name=\"([a-z-]+)\"", templates))
    assert len(asked) > 10
    assert asked - known == set()
