"""The page of limits says what the code holds, and names tests that are there."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from workspace.places import ROOT

PAGE = ROOT / "docs/security/limits.md"
_ROW = re.compile(r"^\| ([^|]+) \| `([^`]+)` \| `([\w.]+)` \|$", re.MULTILINE)
_RULE = re.compile(r"^\| [^|`]+ \| [^|`]+ \| `([\w/]+\.py)(?:::(test_\w+))?` \|$", re.MULTILINE)
ROWS = _ROW.findall(PAGE.read_text(encoding="utf-8"))
RULES = _RULE.findall(PAGE.read_text(encoding="utf-8"))


def test_the_page_is_read() -> None:
    """Both tables are found whole: a row that is written in another way would not be checked."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    heads = [line for line in rows if line.startswith(("| what |", "| --- |"))]
    assert len(ROWS) + len(RULES) == len(rows) - len(heads)
    assert len({where for _what, _most, where in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("most", "where"), [(most, where) for _what, most, where in ROWS])
def test_a_limit_is_the_codes(most: str, where: str) -> None:
    """ASVS 2.1.3: who changes it in the code changes it on the page."""
    module, _dot, name = where.rpartition(".")
    assert str(getattr(import_module(module), name)) == most


@pytest.mark.parametrize(("file", "test"), sorted(set(RULES)))
def test_a_rule_is_shown(file: str, test: str) -> None:
    """ASVS 2.1.2: each combination has a test, which is there by this name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {test}(" in text if test else "def test_" in text
