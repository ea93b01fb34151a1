"""The wheels: built from here, installed where nothing else is, and run from there."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from workspace.places import ROOT, find_distributions

pytestmark = [
    pytest.mark.wheels,
    pytest.mark.timeout(600),
    # One worker builds and installs for all of these tests.
    pytest.mark.xdist_group("wheels"),
]

NOT_FOR_WHEELS = re.compile(
    r"(^|/)(tests?|node_modules|assets|__pycache__)/|(^|/)conftest\.py$|\.(db|pyc)$|/asset_\w+\.py$"
)


def run_installed(installed: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program in a folder from which nothing of the repository is seen."""
    variables = {"PATH": f"{installed}:{os.environ['PATH']}", "HOME": str(installed.parent)}
    return subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=installed.parent,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def list_names(wheels: list[Path]) -> set[str]:
    """Return every file name in the wheels."""
    return {name for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}


def list_sources(pattern: str) -> set[str]:
    """Return the files of all packages that match, as a wheel would name them."""
    return {
        path.relative_to(distribution).as_posix()
        for distribution in find_distributions()
        for package in distribution.glob("aula_*")
        for path in package.rglob(pattern)
        if path.is_file() and not NOT_FOR_WHEELS.search(path.relative_to(ROOT).as_posix())
    }


def test_every_distribution_has_a_wheel(wheels: list[Path]) -> None:
    """Each builds from what lies here, and carries its licence."""
    assert len(wheels) == len(find_distributions())
    for wheel in wheels:
        names = zipfile.ZipFile(wheel).namelist()
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names), wheel.name
        assert any(name.endswith("py.typed") for name in names), wheel.name


@pytest.mark.parametrize("pattern", ["*.html", "*.po", "*.py", "migrations/**/*", "static/**/*"])
def test_wheels_hold_what_the_code_reads(wheels: list[Path], pattern: str) -> None:
    """Templates, translations, migrations and built assets travel with the code."""
    sources = list_sources(pattern)
    assert sources, pattern
    assert sources - list_names(wheels) == set()


def test_wheels_hold_nothing_else(wheels: list[Path]) -> None:
    """Tests, what tests made, and what built the assets stay here."""
    unwanted = {name for name in list_names(wheels) if NOT_FOR_WHEELS.search(name)}
    assert unwanted == set()


def test_wheels_hold_no_path_of_this_machine(wheels: list[Path]) -> None:
    """Settled question 29: a wheel does not tell where it was built."""
    here = str(ROOT).encode()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            telling = [name for name in archive.namelist() if here in archive.read(name)]
            assert telling == [], wheel.name


@pytest.mark.parametrize("program", ["aula", "aula-sdk", "aula-registry"])
def test_the_programs_start_from_the_wheels(installed: Path, program: str) -> None:
    """What a distribution promises as a command is there, with nothing but its dependencies."""
    result = run_installed(installed, program, "--help")
    assert result.returncode == 0, result.stderr
    assert "Usage" in result.stdout


def test_every_plugin_is_found_from_the_wheels(installed: Path) -> None:
    """Each entry point loads: a plugin declares all that it imports."""
    code = (
        "import importlib.metadata as m;"
        "found = m.entry_points(group='aula.plugins');"
        "[each.load() for each in found];"
        "print(sorted(each.name for each in found))"
    )
    result = run_installed(installed, "python", "-W", "error", "-c", code)
    assert result.returncode == 0, result.stderr
    plugins = sorted(path.name for path in find_distributions() if path.parent.name == "plugins")
    assert result.stdout.strip() == str(plugins)


def test_a_plugin_from_a_wheel_brings_its_stylesheet(installed: Path) -> None:
    """Decision 0033: the installation builds nothing; what the wheel holds is what is sent."""
    code = (
        "from aula_platform.plugin_host import start_host;"
        "from aula_platform.plugin_host.discovery import installed_plugins;"
        "from aula_platform.web.plugin_assets import PluginAssets;"
        "assets = PluginAssets.of(start_host(installed_plugins()));"
        "print(assets.url('posts/style.css'), len(assets.files[assets.url('posts/style.css')]))"
    )
    result = run_installed(installed, "python", "-c", code)
    assert result.returncode == 0, result.stderr
    source = ROOT / "plugins/posts/aula_plugins/posts/static/posts/style.css"
    address, size = result.stdout.split()[-2:]
    assert re.fullmatch(r"/static/posts/style-[0-9a-f]{10}\.css", address)
    assert int(size) > source.stat().st_size
