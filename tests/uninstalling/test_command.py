"""``aula plugins uninstall`` as an operator uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.uninstalling import StillOn
from aula_sdk.i18n import use_locale
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
    """Somebody at the command line of a site that has a guest."""

    def __init__(self, folder: Path, database: str, shelf: Shelf) -> None:
        self._file = folder / "aula.toml"
        self._values = {"folder": folder, "database": database}
        self._guest = add_guest(shelf)
        self.choose("off")

    def choose(self, state: str) -> None:
        """Write the configuration."""
        self._file.write_text(CONFIGURATION.format(**self._values, state=state))

    def run(self, *arguments: str, words: str = "") -> Result:
        """Run ``aula`` as a new process would, answering its question with ``words``."""
        context = CommandContext(start_host([self._guest]))
        config = ["--language", "en", "--config", str(self._file)]
        return CliRunner().invoke(aula, [*config, *arguments], input=words, obj=context)

    def holds(self) -> dict[str, int]:
        """Return the rows that the command counts, by table."""
        told = self.run("plugins", "uninstall", "guest", "--json")
        assert told.exit_code == 0, told.exception
        found = json.loads(told.stdout)
        return {one["table"]: one["rows"] for one in found}


@pytest.fixture
def operator(empty_database: str, shelf: Shelf, tmp_path: Path) -> Iterator[Operator]:
    """The database is migrated, and has nobody in it yet."""
    made = Operator(tmp_path, empty_database, shelf)
    assert made.run("migrate").exit_code == 0
    yield made
    # The command has set the language of this very process.
    use_locale("da")


def test_it_shows_what_it_would_take_and_asks(operator: Operator) -> None:
    """Without a yes nothing is done; with one the tables are gone, and it says what comes next."""
    # To look at the plugins opens the kernel, which makes the guest's subscriber known.
    assert operator.run("plugins").exit_code == 0
    assert operator.holds() == {"guest_note": 0, "events_subscriber": 1}
    asked = operator.run("plugins", "uninstall", "guest", "--purge-data", words="n\n")
    assert asked.exit_code == 1
    assert "guest_note: 0 rows, the whole table" in asked.output
    assert "Take all this away for good?" in asked.output
    assert operator.holds() == {"guest_note": 0, "events_subscriber": 1}
    done = operator.run("plugins", "uninstall", "guest", "--purge-data", words="y\n")
    assert (done.exit_code, "Uninstall its package now" in done.output) == (0, True), done.output
    assert operator.holds() == {}


def test_kept_data_is_found_again(operator: Operator) -> None:
    """Nothing waits for it any more, and its table stays."""
    assert operator.run("plugins").exit_code == 0
    assert operator.run("plugins", "uninstall", "guest", "--keep-data", "--yes").exit_code == 0
    assert operator.holds() == {"guest_note": 0}


def test_it_refuses_what_is_on_and_what_is_not_said(operator: Operator) -> None:
    """On somewhere; neither kept nor purged: nothing is done."""
    unsaid = operator.run("plugins", "uninstall", "guest", "--yes")
    assert (unsaid.exit_code, "--keep-data or --purge-data" in unsaid.output) == (2, True)
    operator.choose("on")
    refused = operator.run("plugins", "uninstall", "guest", "--purge-data", "--yes")
    assert isinstance(refused.exception, StillOn)
    operator.choose("off")
    assert "guest_note" in operator.holds()
