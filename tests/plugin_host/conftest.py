"""Plugins that are written into a folder for one test and look installed to the host."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlib_metadata import EntryPoint

from aula_platform.plugin_host.discovery import GROUP, Installed

Install = Callable[..., Installed]

DESCRIPTION = """
from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("{name}")
plugin = Plugin("{name}", _("{name}"), _("For a test"), __name__, sdk="{sdk}")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Write a plugin whose ``hooks.py`` holds the given text; return it as installed."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(
        name: str,
        hooks: str = "",
        *,
        sdk: str = ">=0.1,<1",
        module: str = "",
        description: str = DESCRIPTION,
    ) -> Installed:
        package = module or f"installed_{name}"
        folder = tmp_path / package
        folder.mkdir()
        made.append(package)
        (folder / "__init__.py").write_text(description.format(name=name, sdk=sdk))
        (folder / "hooks.py").write_text(textwrap.dedent(hooks))
        entry = EntryPoint(name=name, value=f"{package}:plugin", group=GROUP)
        return Installed(name, f"dist-{package}", "1.0", entry)

    yield write
    for name in list(sys.modules):
        if name.partition(".")[0] in made:
            del sys.modules[name]
