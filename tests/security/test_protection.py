"""Each class of data says how it is protected in every respect, and which tests show it."""

from __future__ import annotations

import re

import pytest

from aula_sdk.contributions import DataClass
from workspace.places import ROOT

PAGE = ROOT / "docs/security/protection.md"
_TEST = r"`([\w/]+\.py)(?:::(test_\w+))?`"
_ROW = re.compile(rf"^\| (\w+) \| ([^|]+) \| ([^|]+) \| {_TEST} \|$", re.MULTILINE)
ROWS = _ROW.findall(PAGE.read_text(encoding="utf-8"))
ASPECTS = (
    "what it is",
    "who reads it",
    "on its way",
    "at rest",
    "unchanged",
    "how long",
    "in logs",
)


def test_every_class_has_every_line() -> None:
    """ASVS 14.1.2: a new class is not forgotten, and none lacks an answer."""
    told = [(name, about) for name, about, _how, _file, _test in ROWS]
    assert told == [(one.value, about) for one in DataClass for about in ASPECTS]


@pytest.mark.parametrize(("file", "test"), sorted({(file, test) for *_told, file, test in ROWS}))
def test_what_shows_it_is_there(file: str, test: str) -> None:
    """ASVS 14.2.4: each control has a test, by this name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {test}(" in text if test else "def test_" in text
