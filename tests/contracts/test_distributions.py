"""Every distribution says honestly what it is: licence, shape, and what it imports."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from workspace.places import ROOT, find_distributions

PLUGINS = [path for path in find_distributions() if path.parent.name == "plugins"]
OURS = {"aula_platform", "aula_plugins", "aula_registry", "aula_sdk"}

# Declared though no line imports them: something else loads them by name.
LOADED_BY_NAME = {
    "aiosqlite": "SQLAlchemy loads it for sqlite+aiosqlite addresses",
    "asyncpg": "SQLAlchemy loads it for postgresql+asyncpg addresses",
    "cryptography": "PyJWT and joserfc need it for signatures",
}


def normalise(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def list_declared(requirements: list[str]) -> set[str]:
    """Return the names in a list of requirements."""
    return {normalise(re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0]) for each in requirements}


def list_imported(package: Path) -> set[str]:
    """Return the top-level modules that a package imports, wherever in its files."""
    names: set[str] = set()
    for path in package.rglob("*.py"):
        # The asset builder is no part of the wheel; it runs where the development tools are.
        if "assets" in path.parts or path.name.startswith("asset_"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)


def find_package(distribution: Path) -> Path:
    """Return the one package folder of a distribution."""
    (package,) = [distribution / name for name in sorted(OURS) if (distribution / name).is_dir()]
    return package


def test_the_licence_is_said_and_enclosed(distribution: Path, project: dict[str, Any]) -> None:
    """MPL-2.0 for kernel, plugins and registry; Apache-2.0 for what vendors build on."""
    first_lines = (distribution / "LICENSE").read_text()[:200]
    if distribution.name == "sdk":
        assert project["project"]["license"] == "Apache-2.0"
        assert "Apache License" in first_lines
    else:
        assert project["project"]["license"] == "MPL-2.0"
        assert "Mozilla Public License Version 2.0" in first_lines


def test_what_is_imported_is_declared(distribution: Path, project: dict[str, Any]) -> None:
    """A distribution that is installed alone finds everything that it imports."""
    about = project["project"]
    optional = [each for extra in about.get("optional-dependencies", {}).values() for each in extra]
    declared = list_declared(about["dependencies"] + optional)
    providers = packages_distributions()
    package = find_package(distribution)
    missing = {
        module
        for module in list_imported(package) - {package.name}
        if declared.isdisjoint(normalise(name) for name in providers.get(module, [module]))
    }
    assert missing == set()


def test_what_is_declared_is_used(distribution: Path, project: dict[str, Any]) -> None:
    """A dependency that nothing imports is a cost to every operator, so it goes."""
    declared = list_declared(project["project"]["dependencies"]) - set(LOADED_BY_NAME)
    providers = packages_distributions()
    used = {
        normalise(name)
        for module in list_imported(find_package(distribution))
        for name in providers.get(module, [module])
    }
    assert declared - used == set()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_has_the_shape_of_all_plugins(plugin: Path) -> None:
    """One shape for all, so that you know where to look before you open the folder."""
    messages = (ROOT / "plugins" / "messages" / "pyproject.toml").read_text()

    def blank_out(text: str, name: str) -> str:
        text = re.sub(r"(?ms)^dependencies = \[.*?^\]", "dependencies", text)
        text = re.sub(r'^(description|version) = ".*"', r"\1", text, flags=re.MULTILINE)
        return re.sub(rf"\b{name}\b", "NAME", text)

    own = (plugin / "pyproject.toml").read_text()
    assert blank_out(own, plugin.name) == blank_out(messages, "messages")
    assert not (plugin / "aula_plugins" / "__init__.py").exists(), "aula_plugins is a namespace"
    assert (plugin / "aula_plugins" / plugin.name / "py.typed").is_file()
    assert (plugin / "README.md").is_file(), "README: gains, settings, personal data kept"


def test_mypy_knows_every_plugin() -> None:
    """Types are checked across distributions only when each is on mypy's path."""
    path = (ROOT / "pyproject.toml").read_text().split("mypy_path = ")[1].splitlines()[0]
    unknown = [each.name for each in PLUGINS if f"/plugins/{each.name}" not in path]
    assert unknown == []
