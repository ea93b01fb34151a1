"""``aula config export | apply`` and ``aula plugins``: choices as a file, and as lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from aula_platform.cli import aula
from aula_platform.cli.context import CommandContext
from aula_platform.plugin_host import Host
from aula_sdk.i18n import use_locale

FORMAT = "aula.choices.v1"
SCHOOL, DAYCARE = "999001", "999002"
"""The institutions' numbers."""
CONFIGURATION = """
[site]
data = "{data}"
[storage]
database = "{url}"
[municipalities.north]
name = "Nordby"
[municipalities.north.plugins.notes]
{north}
[municipalities.south]
name = "Sydby"
[municipalities.south.plugins.notes]
state = "off"
left_to = "municipality"
"""
LEFT = 'state = "on"\nleft_to = "institution"\nsettings = {shortest = 5}'
NOTES = {
    "state": "on",
    "left_to": "institution",
    "settings": {"greeting": "Kære alle", "longest": 40},
    "institutions": {SCHOOL: {"state": "off"}, DAYCARE: {"settings": {"quiet": True}}},
}


class Operator:
    """Somebody at the command line, with a configuration and a file of choices."""

    def __init__(self, host: Host, url: str, folder: Path) -> None:
        self._host = host
        self._url = url
        self._folder = folder
        self.file = folder / "choices.json"
        self.configure(LEFT)

    def configure(self, north: str) -> None:
        text = CONFIGURATION.format(data=self._folder, url=self._url, north=north)
        (self._folder / "aula.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str, says: str = "") -> Result:
        config = ["--config", str(self._folder / "aula.toml"), "--language", "en"]
        context = CommandContext(self._host)
        try:
            return CliRunner().invoke(aula, [*config, *arguments], obj=context, input=says)
        finally:
            use_locale("da")

    def apply(self, document: Any, *options: str, says: str = "") -> Result:
        self.file.write_text(json.dumps(document), encoding="utf-8")
        return self.run("config", "apply", str(self.file), *options, says=says)

    def export(self, *options: str) -> Any:
        result = self.run("config", "export", *options)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)


@pytest.fixture
def operator(host: Host, database: str, tmp_path: Path) -> Operator:
    return Operator(host, database, tmp_path)


def _document(**municipalities: Any) -> dict[str, Any]:
    return {"format": FORMAT, "municipalities": municipalities}


def test_what_is_exported_can_be_applied_and_then_nothing_is_left_to_do(
    operator: Operator,
) -> None:
    """The difference comes first, nothing is written without consent, and the second time
    nothing changes; institutions stand under their number, nobody under an id.
    """
    wanted = _document(north={"notes": NOTES})
    asked = operator.apply(wanted, says="n\n")
    assert asked.exit_code == 1
    assert asked.output.splitlines()[:5] == [
        "+ north: notes = on (left to institutions)",
        '+ north: notes greeting = "Kære alle"',
        "+ north: notes longest = 40",
        f"+ north {SCHOOL}: notes = off",
        f"+ north {DAYCARE}: notes quiet = true",
    ]
    empty = _document(north={}, south={})
    assert operator.export() == empty
    assert operator.apply(wanted, says="y\n").output.endswith("5 made\n")
    assert operator.export() == _document(north={"notes": NOTES}, south={})
    assert operator.export("--municipality", "north") == wanted
    assert "nothing to change" in operator.apply(wanted).output
    changed = _document(north={"notes": {"state": "off"}})
    output = operator.apply(changed, "--yes").output
    assert "~ north: notes = on (left to institutions) -> off\n" in output
    assert f"- north {SCHOOL}: notes = off\n" in output
    assert operator.export("--municipality", "north") == changed


def test_a_municipality_that_the_file_does_not_name_is_left_alone(operator: Operator) -> None:
    operator.apply(_document(south={"notes": {"state": "on"}}), "--yes")
    operator.apply(_document(north={"notes": NOTES}), "--yes")
    both = _document(north={"notes": NOTES}, south={"notes": {"state": "on"}})
    assert operator.export() == both


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"state": "of"}, "Invalid enum value 'of' - at `$.municipalities[...][...].state`"),
    ({"left_to": "institution"}, "left_to needs a state beside it"),
    ({"settings": {"longest": 501}}, "Write a whole number from 1 to 500"),
    ({"settings": {"longst": 1}}, "did you mean longest?"),
    ({"settings": {"shortest": 1}}, "the configuration has decided it"),
    ({"settings": {"longest": 2}}, "it does not fit together with the other settings"),
    (
        {"state": "on", "institutions": {SCHOOL: {"state": "off"}}},
        f"north {SCHOOL}: notes: a level above has decided it",
    ),
    ({"institutions": {"999003": {"state": "off"}}}, "there is no such institution"),
    ({"institutions": {SCHOOL: {"settings": {"tone": "plain"}}}}, "not set by institutions"),
    (
        {"settings": {"quiet": True}, "institutions": {SCHOOL: {"settings": {"quiet": False}}}},
        "the municipality has decided it",
    ),
)


def test_a_file_with_one_fault_changes_nothing(operator: Operator) -> None:
    """Everything is judged before anything is written, each fault by the place where it stands."""
    for part, says in FAULTS:
        document = _document(south={"notes": {"state": "on"}}, north={"notes": part})
        result = operator.apply(document, "--yes")
        assert (result.exit_code, says in result.output) == (1, True), result.output
    assert operator.export() == _document(north={}, south={})


def test_faults_of_the_whole_file_are_told(operator: Operator) -> None:
    unknown = operator.apply(_document(nowhere={}, north={"posts": {"state": "on"}}), "--yes")
    assert "nowhere: the configuration has no such municipality" in unknown.output
    assert "north: posts: no such plugin is installed" in unknown.output
    wrong = operator.apply({"format": "other", "municipalities": {}})
    assert "the format is 'other', not 'aula.choices.v1'" in wrong.output
    assert "known: north, south" in operator.run("config", "export", "--municipality", "x").output


def test_what_rests_under_a_lock_is_no_obstacle_and_is_told(operator: Operator) -> None:
    """A choice that the configuration has locked meanwhile stays in the file, without effect."""
    operator.apply(_document(north={"notes": NOTES}), "--yes")
    operator.configure('state = "on"\nsettings = {longest = 7}')
    kept = operator.export("--municipality", "north")
    assert kept == _document(north={"notes": NOTES})
    assert "nothing to change" in operator.apply(kept).output
    lines = operator.run("plugins").output.splitlines()
    locked = "Shown because the municipality's configuration locks it"
    table = "[municipalities.north.plugins.notes]"
    assert f"  north: on  notes: {locked} ({table} state)" in lines
    assert any(line.strip().startswith("longest = 7: ") for line in lines)


def test_the_list_of_plugins_says_who_chose_what_when(operator: Operator) -> None:
    """With opaque ids alone: the operator's own choice has none."""
    operator.apply(_document(north={"notes": NOTES}), "--yes")
    output = operator.run("plugins").output
    assert "notes 1.0 (dist-installed_notes)" in output
    proposed = "Shown as the municipality proposes; the institution can choose otherwise"
    assert f"north: on  notes: {proposed} (aula config apply, 20" in output
    assert (
        ": off notes: Hidden because the institution has chosen so (aula config apply, " in output
    )
    assert "greeting = Kære alle: Set by the municipality (aula config apply, " in output
    assert "south: off notes: Hidden as the configuration proposes; nobody has chosen yet" in output
