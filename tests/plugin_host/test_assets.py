"""Plugins' own files for the browser: named by their content, in a layer of their own, by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import Installed
from aula_platform.web.plugin_assets import PluginAssets

Install = Callable[..., Installed]
Bring = Callable[[str, Mapping[str, bytes]], Installed]


@pytest.fixture
def bring(install: Install, tmp_path: Path) -> Bring:
    """Installs a plugin that brings these files, by their names below ``static/<plugin>/``."""

    def write(name: str, files: Mapping[str, bytes]) -> Installed:
        installed = install(name)
        for file, content in files.items():
            path = tmp_path / f"installed_{name}" / "static" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return installed

    return write


def sent(assets: PluginAssets, name: str) -> str:
    """Return what a browser is sent for a file."""
    return assets.files[assets.url(name)].decode()


def test_a_file_has_a_name_that_changes_with_it(bring: Bring) -> None:
    """So browsers may keep it for ever, and never show an old one."""
    host = start_host([bring("one", {"style.css": b".one {}"}), bring("two", {"style.css": b""})])
    assets = PluginAssets.of(host)
    first = assets.url("one/style.css")
    assert re.fullmatch(r"/static/one/style-[0-9a-f]{10}\.css", first)
    folder = host.accepted["one"].folder("static")
    assert folder
    (folder / "one" / "style.css").write_bytes(b".one { color: red }")
    again = PluginAssets.of(host)
    assert again.url("one/style.css") != first
    assert again.url("two/style.css") == assets.url("two/style.css")


def test_a_stylesheet_stands_in_the_plugins_layer_and_names_files_as_they_are_sent(
    bring: Bring,
) -> None:
    """It wins over the platform's components wherever it stands, and finds its pictures."""
    style = b".party { background: url('pictures/flag.svg') } .gone { mask: url(gone.svg) }"
    files = {"style.css": style, "pictures/flag.svg": b"<svg/>"}
    assets = PluginAssets.of(start_host([bring("party", files)]))
    told = sent(assets, "party/style.css")
    assert told.startswith("@layer plugins{")
    assert f'url("{assets.url("party/pictures/flag.svg")}")' in told
    assert "url(gone.svg)" in told
    assert sent(assets, "party/pictures/flag.svg") == "<svg/>"


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("page.html", b"<p>", "static/page.html is not of a kind that pages load"),
        ("style.css", b"\xff\xfe{}", "static/style.css is not UTF-8"),
        ("wall.png", b"0" * 500_001, "static/wall.png has 500001 bytes"),
    ],
)
def test_what_browsers_are_not_sent_costs_its_plugin_alone(
    bring: Bring, file: str, content: bytes, problem: str
) -> None:
    """R26: the plugin is refused by name and reason, everybody else's files are there."""
    host: Host = start_host([bring("bad", {file: content}), bring("good", {"script.js": b"1"})])
    assets = PluginAssets.of(host)
    assert "bad" not in host.accepted
    assert [one.problem for one in host.refusals if problem in one.problem]
    assert sent(assets, "good/script.js") == "1"
    with pytest.raises(KeyError):
        assets.url(f"bad/{file}")
