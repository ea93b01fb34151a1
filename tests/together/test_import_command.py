"""``aula import`` of a format that a municipality can set, as an operator uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.kernel import FormatOff
from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import installed_plugins
from aula_sdk.errors import Invalid
from aula_sdk.i18n import use_locale

SAMPLE = Path(__file__).parents[2] / "plugins" / "stil" / "tests" / "data" / "full.xml"
CONFIGURATION = """
[site]
data = "{folder}/data"

[municipalities.fjord]
name = "Fjord Kommune"

[municipalities.fjord.plugins.stil]
state = "{state}"
{settings}
"""


class Operator:
    """Somebody at the command line of a site with one municipality."""

    def __init__(self, folder: Path, host: Host) -> None:
        self._file = folder / "aula.toml"
        self._folder = folder
        self._host = host
        self.choose("on")
        assert self.run("migrate").exit_code == 0

    def choose(self, state: str, settings: str = "") -> None:
        """Write the configuration."""
        values = {"folder": self._folder, "state": state, "settings": settings}
        self._file.write_text(CONFIGURATION.format(**values))

    def run(self, *arguments: str) -> Result:
        """Run ``aula`` as a new process would."""
        context = CommandContext(self._host)
        words = ["--config", str(self._file), *arguments]
        return CliRunner().invoke(aula, words, obj=context, catch_exceptions=True)

    def bring(self, *options: str, path: Path = SAMPLE) -> Result:
        """Run ``aula import stil``."""
        return self.run("import", "stil", str(path), "--municipality", "fjord", *options)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    host = start_host([plugin for plugin in installed_plugins() if plugin.name == "stil"])
    yield Operator(tmp_path, host)
    use_locale("da")


def test_preview_apply_and_again(operator: Operator) -> None:
    """The report names file, line, element and reason; the second time nothing is left to do."""
    preview = operator.bring()
    assert preview.exit_code == 0, preview.output
    assert "UNI-Login XML (fullmyndighed, 2026/2027)" in preview.output
    assert "full.xml, linje 102, Person/AliasFirstName: Personen har beskyttelse" in preview.output
    assert "Det er udført." in operator.bring("--apply").output
    assert "Der er ingen forskel" in operator.bring("--apply").output


def test_a_setting_changes_what_is_read(operator: Operator) -> None:
    """STM-8: a municipality that gives no extended access takes it back by the next import."""
    operator.bring("--apply")
    operator.choose("on", "settings.extended_access_from = 0")
    report = json.loads(operator.bring("--json").output)
    changed = {each["kind"]: each["changed"] for each in report["counts"] if each["changed"]}
    assert changed == {"guardianship": 1}


def test_where_the_plugin_is_off_nothing_is_read(operator: Operator) -> None:
    """Nobody has said there how the format is to be read."""
    operator.choose("off")
    refused = operator.bring()
    assert isinstance(refused.exception, FormatOff)
    assert "stil" in str(refused.exception.detail)
    operator.choose("on", 'settings.extended_access_from = "all"')
    assert isinstance(operator.bring().exception, FormatOff)


def test_what_is_no_export_is_refused_in_words(operator: Operator, tmp_path: Path) -> None:
    """The operator learns which file and line, in their own language."""
    path = tmp_path / "eksport.xml"
    path.write_text("<UNILoginExport>\n<Institution>\n")
    refused = operator.bring(path=path)
    assert isinstance(refused.exception, Invalid)
    assert str(refused.exception.detail) == (
        "eksport.xml, linje 1: Det er ikke et UNI-Login-udtræk, eller dets navnerum er ukendt"
    )
