"""Reading manifests: the fields of WID-R3, and findings that a stranger can act on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aula_sdk.manifest import (
    Finding,
    ManifestInvalid,
    PluginManifest,
    WidgetManifest,
    committed_schema,
    parse_manifest,
    read_manifest,
    schema_text,
    version_order,
)

Build = Callable[..., dict[str, Any]]


def findings_of(data: dict[str, Any]) -> list[Finding]:
    with pytest.raises(ManifestInvalid) as caught:
        parse_manifest(data, "aula-widget.toml")
    return list(caught.value.findings)


def test_both_kinds_are_read(widget: Build, plugin: Build) -> None:
    """WID-R3: one file says what it is, who answers for it, and what it asks for."""
    read = parse_manifest(widget())
    assert isinstance(read, WidgetManifest)
    assert read.scope_names == {"children.ids", "children.names"}
    assert (read.vendor, read.name) == ("fjordvang", "ugeplan")
    assert isinstance(parse_manifest(plugin()), PluginManifest)


def test_an_unknown_key_names_the_nearest(widget: Build) -> None:
    """WID-R3: a misspelt key is an error that names file, key and the nearest known key."""
    data = widget()
    data["plcements"] = data.pop("placements")
    found = {finding.key: finding for finding in findings_of(data)}
    assert found["plcements"].nearest == "placements"
    assert found["plcements"].file == "aula-widget.toml"
    assert found["placements"].message == "is missing"
    assert found["placements"].expected == "a list that is not empty"


def test_a_mistake_deep_inside_is_named_by_its_whole_path(widget: Build) -> None:
    """WID-R3: keys inside lists and tables are named too."""
    data = widget()
    data["scopes"][1]["porpose"] = data["scopes"][1].pop("purpose")
    found = {finding.key: finding for finding in findings_of(data)}
    assert found["scopes[1].porpose"].nearest == "purpose"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("version", "1.2", "a semantic version such as 1.2.0 or 1.2.0-beta.1"),
        ("id", "Fjordvang/Ugeplan", "vendor/name in lower-case letters, digits and hyphens"),
        ("id", "fjordvang", "vendor/name in lower-case letters, digits and hyphens"),
        ("mobile", "yes", "true or false"),
        ("roles", [], "a list that is not empty"),
        ("entry", "ugeplan.html", "a web address"),
    ],
)
def test_a_wrong_value_says_what_was_expected(
    widget: Build, key: str, value: object, expected: str
) -> None:
    """WID-R3: the finding says what belongs there."""
    (finding,) = findings_of(widget(**{key: value}))
    assert (finding.key, finding.expected) == (key, expected)


def test_a_wrong_choice_names_the_nearest(widget: Build) -> None:
    """WID-R3: choices are named, with the nearest one."""
    (finding,) = findings_of(widget(roles=["gardian"]))
    assert "guardian" in finding.expected
    assert finding.nearest == "guardian"


@pytest.mark.parametrize("kind", [None, "wiget", 7, []])
def test_a_wrong_kind_is_named_before_anything_else(widget: Build, kind: object) -> None:
    """WID-R3: of a file of an unknown kind nothing else can be said."""
    (finding,) = findings_of(widget(kind=kind))
    assert finding.key == "kind"


def test_toml_and_json_say_the_same(widget: Build, tmp_path: Path) -> None:
    """WID-R3: the file may be TOML or JSON, and the icon's file travels inside the manifest."""
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    source = tmp_path / "aula-widget.json"
    source.write_text(json.dumps(widget(icon="icon.svg")))
    read = read_manifest(tmp_path)
    assert read.icon.startswith("data:image/svg+xml;base64,")
    source.unlink()
    tables = {"title", "description", "supplier", "scopes"}
    plain = widget(icon="icon.svg").items()
    text = "\n".join(f"{key} = {json.dumps(value)}" for key, value in plain if key not in tables)
    for table in ("title", "description", "supplier"):
        text += f"\n[{table}]\n"
        text += "\n".join(f"{key} = {json.dumps(value)}" for key, value in widget()[table].items())
    for scope in widget()["scopes"]:
        purpose = scope["purpose"]
        text += f'\n[[scopes]]\nname = "{scope["name"]}"\n'
        text += f'purpose = {{ da = "{purpose["da"]}", en = "{purpose["en"]}" }}\n'
    (tmp_path / "aula-widget.toml").write_text(text)
    assert read_manifest(tmp_path) == read


def test_an_icon_outside_the_folder_is_refused(widget: Build, tmp_path: Path) -> None:
    """WID-R3: a manifest reaches no file but those of its own folder."""
    (tmp_path / "secret.svg").write_text("<svg/>")
    folder = tmp_path / "widget"
    folder.mkdir()
    (folder / "aula-widget.json").write_text(json.dumps(widget(icon="../secret.svg")))
    with pytest.raises(ManifestInvalid, match=r"cannot read \.\./secret\.svg"):
        read_manifest(folder)


@pytest.mark.parametrize("content", [b"[[[", b"\xff\xfe", b"[]", b"x" * 100_001])
def test_a_broken_file_is_a_finding_not_a_crash(tmp_path: Path, content: bytes) -> None:
    """WID-R3: whatever the file holds, the vendor gets a finding."""
    (tmp_path / "aula-widget.json").write_bytes(content)
    with pytest.raises(ManifestInvalid, match=r"aula-widget\.json"):
        read_manifest(tmp_path)


def test_an_empty_folder_says_which_file_is_looked_for(tmp_path: Path) -> None:
    """WID-R3: the finding names the file to write."""
    with pytest.raises(ManifestInvalid, match=r"aula-widget\.toml"):
        read_manifest(tmp_path)


def test_the_committed_schema_is_current() -> None:
    """WID-R3: the JSON Schema that editors use is the one that the Structs make."""
    assert committed_schema() == schema_text(), "run: aula-sdk schema > (the committed file)"


def test_versions_sort_as_semver_says() -> None:
    """B1: which of two versions is newer is never a matter of text order."""
    ordered = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.9.0"]
    ordered += ["1.10.0", "2.0.0-1", "2.0.0"]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=version_order) == ordered
