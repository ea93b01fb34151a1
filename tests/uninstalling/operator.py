"""Somebody at the command line of a site that has a guest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.plugin_host import start_host
from tests.broken_plugins.factory import Shelf
from tests.uninstalling.guest import add_guest

CONFIGURATION = """
[site]
data = "{folder}/data"

[storage]
database = "{database}"

[municipalities.north]
name = "Nordby"

[municipalities.north.plugins.guest]
state = "{state}"
"""


class Operator:
    """The configuration, and the commands that are run with it."""

    def __init__(self, folder: Path, database: str, shelf: Shelf) -> None:
        self._file = folder / "aula.toml"
        self._values = {"folder": folder, "database": database}
        self._guest = add_guest(shelf)
        self.choose("off")

    def choose(self, state: str) -> None:
        """Write the configuration."""
        self._file.write_text(CONFIGURATION.format(**self._values, state=state))

    def run(self, *arguments: str, words: str = "", language: str = "en") -> Result:
        """Run ``aula`` as a new process would, answering its question with ``words``."""
        context = CommandContext(start_host([self._guest]))
        options = ["--language", language, "--config", str(self._file)]
        return CliRunner().invoke(aula, [*options, *arguments], input=words, obj=context)

    def read(self, *arguments: str) -> Any:
        """Return what a command tells programs."""
        told = self.run(*arguments, "--json")
        assert told.stdout, told.exception
        return json.loads(told.stdout)
