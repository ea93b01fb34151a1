"""The examples in the documentation can be used as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aula_platform.plugin_host.choices.document import decode, unfold
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.settings import load_settings
from workspace.places import ROOT


def _example(path: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / path).read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["README.md", "docs/choices.md"])
def test_the_configuration_in_the_documentation_is_read(path: str, tmp_path: Path) -> None:
    file = tmp_path / "aula.toml"
    file.write_text(_example(path, "toml"), encoding="utf-8")
    plugins = load_settings(file).municipalities["fjordvang"].plugins
    left = {name: Word(choice.state, choice.left_to) for name, choice in plugins.items()}
    assert Word("on", "institution") in left.values()


def test_the_file_of_choices_in_the_documentation_is_read() -> None:
    slots = unfold(decode(_example("docs/choices.md", "json").encode()))
    assert {str(slot): word for slot, word in slots.items()} == {
        "fjordvang: posts": Word("on", "institution"),
        "fjordvang 999001: posts": Word("off"),
    }
