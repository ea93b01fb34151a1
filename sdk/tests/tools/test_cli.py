"""The vendor's tools: check, publish, new, schema (WID-R3, B10, B11)."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aula_sdk.manifest import committed_schema
from aula_sdk.tools.cli import main
from aula_sdk.tools.publish import PublishRefused, publish_manifest

EXAMPLE = Path(__file__).parents[2] / "examples" / "ugeplan-widget"
TEMPLATE = Path(sys.modules["aula_sdk.tools"].__file__ or "").parent / "templates" / "widget"


def test_the_example_passes() -> None:
    """WID-R3: the example that the docs show is a good one."""
    done = CliRunner().invoke(main, ["check", "--demo", str(EXAMPLE)])
    assert (done.exit_code, done.output) == (0, "fjordvang/ugeplan 1.0.0 is fine\n")


def test_outside_of_a_demo_it_needs_https() -> None:
    """WID-R1: the same manifest is refused where real people are."""
    done = CliRunner().invoke(main, ["check", "--json", str(EXAMPLE)])
    result = json.loads(done.output)
    assert (done.exit_code, result["ok"]) == (1, False)
    assert [finding["key"] for finding in result["findings"]] == ["entry"]


def test_programs_read_the_result() -> None:
    """B10: what the registry reads is the normalised manifest and its sum."""
    done = CliRunner().invoke(main, ["check", "--json", "--demo", str(EXAMPLE)])
    result = json.loads(done.output)
    assert result["manifest"]["id"] == "fjordvang/ugeplan"
    assert result["manifest"]["icon"].startswith("data:image/svg+xml;base64,")
    assert len(result["sha256"]) == 64


def test_a_mistake_is_told_in_words(tmp_path: Path) -> None:
    """WID-R3: file, key, what was expected, what was perhaps meant."""
    text = (EXAMPLE / "aula-widget.toml").read_text(encoding="utf-8")
    (tmp_path / "aula-widget.toml").write_text(text.replace("placements =", "placement ="))
    (tmp_path / "icon.svg").write_text("<svg/>")
    done = CliRunner().invoke(main, ["check", "--demo", str(tmp_path)])
    assert done.exit_code == 1
    assert "aula-widget.toml: placement: is not a known key" in done.output
    assert "did you mean placements?" in done.output


def test_a_new_widget_passes_its_check(tmp_path: Path) -> None:
    """B11: from nothing to a widget that checks, in one command; nothing is overwritten."""
    folder = tmp_path / "klassekasse"
    made = CliRunner().invoke(main, ["new", "widget", "nordlys/klassekasse", "--into", str(folder)])
    assert made.exit_code == 0
    done = CliRunner().invoke(main, ["check", "--demo", str(folder)])
    assert done.output == "nordlys/klassekasse 0.1.0 is fine\n"
    for file in folder.iterdir():
        assert "@@ID" not in file.read_text(encoding="utf-8")
    compile((folder / "server.py").read_text(encoding="utf-8"), "server.py", "exec")
    again = CliRunner().invoke(main, ["new", "widget", "nordlys/andet", "--into", str(folder)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)


@pytest.mark.parametrize("name", ["klassekasse", "Nordlys/Kasse", "a/b", "../x/y"])
def test_a_new_widget_needs_an_id(tmp_path: Path, name: str) -> None:
    """WID-R3: an id is vendor/name."""
    done = CliRunner().invoke(main, ["new", "widget", name, "--into", str(tmp_path / "new")])
    assert done.exit_code == 1
    assert not (tmp_path / "new").exists()


def test_the_schema_is_printed() -> None:
    """WID-R3: the schema for editors comes from the tool."""
    assert CliRunner().invoke(main, ["schema"]).output == committed_schema()


def test_the_example_uses_the_template_as_it_is() -> None:
    """WID-R1: the widget's half of the protocol is one file, copied unchanged."""
    name = "aula-widget.js"
    assert (EXAMPLE / name).read_bytes() == (TEMPLATE / name).read_bytes()


def test_publishing_needs_a_token_and_a_good_manifest(tmp_path: Path) -> None:
    """WID-R4: nothing is sent without a token, and nothing that the check refuses."""
    command = ["publish", str(EXAMPLE), "--registry", "http://127.0.0.1:9"]
    without = CliRunner().invoke(main, [*command, "--demo"], env={"AULA_REGISTRY_TOKEN": None})
    assert without.exit_code == 2
    refused = CliRunner().invoke(main, command, env={"AULA_REGISTRY_TOKEN": "x"})
    assert (refused.exit_code, "is not encrypted" in refused.output) == (1, True)
    silent = CliRunner().invoke(main, [*command, "--demo"], env={"AULA_REGISTRY_TOKEN": "x"})
    assert (silent.exit_code, "does not answer" in silent.output) == (1, True)


def test_a_token_is_sent_over_https_only() -> None:
    """WID-R4: a publish token never travels in the open."""
    from aula_sdk.manifest import read_manifest

    with pytest.raises(PublishRefused, match="https"):
        publish_manifest(read_manifest(EXAMPLE), "http://registry.example", "token")


@pytest.mark.parametrize("name", ["Lost", "lost-property", "lost__property", "../lost", ""])
def test_a_plugins_name_is_one_that_tables_can_have(tmp_path: Path, name: str) -> None:
    """Rule 4: what the platform would refuse is refused before anything is written."""
    made = CliRunner().invoke(main, ["new", "plugin", name, "--into", str(tmp_path / "made")])
    assert made.exit_code == 1
    assert "such as lost_property" in made.output
    assert list(tmp_path.iterdir()) == []


def test_a_new_plugin_is_whole_and_writes_over_nothing(tmp_path: Path) -> None:
    """B11: every file has its name and no mark left in it; `tests/guides` runs what was made."""
    folder = tmp_path / "lost"
    made = CliRunner().invoke(main, ["new", "plugin", "x", "--into", str(folder)])
    assert made.exit_code == 0
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {file.name for file in files} >= {"pyproject.toml", "hooks.py", "da.po", "notes.html"}
    for file in files:
        text = f"{file.relative_to(folder)} {file.read_text(encoding='utf-8')}"
        assert "@@" not in text, file
        assert ".template" not in file.name
    assert 'IdKind("nxx")' in (folder / "aula_plugins" / "x" / "models.py").read_text()
    again = CliRunner().invoke(main, ["new", "plugin", "x", "--into", str(folder)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
