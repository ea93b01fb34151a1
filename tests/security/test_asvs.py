"""The walk through ASVS 5.0 names each requirement once, and tests and pages that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from workspace.places import ROOT

PAGE = ROOT / "docs/security/asvs.md"
GUIDE = "no section of a guide that says what to set"
LEVEL_TWO = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6
3.5:1-5 3.7:1-2 4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12
6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2
8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2
10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4 13.1:1
13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5
16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
"""The numbers of levels 1 and 2 in ASVS 5.0.0, by section."""
_LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)(?:::(test_\w+))?`")
_LINK = re.compile(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)")


class Line(NamedTuple):
    """What is said of one requirement."""

    number: str
    about: str
    state: str
    where: str


def _lines(text: str) -> list[Line]:
    return [Line(*found) for found in _LINE.findall(text)]


def _numbers() -> list[str]:
    found = []
    for part in LEVEL_TWO.split():
        section, _colon, span = part.partition(":")
        first, _dash, last = span.partition("-")
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def _fault(line: Line) -> str:
    """Return why the line shows nothing, or nothing."""
    if line.state == "test":
        named = _TEST.findall(line.where)
        lost = [f"{file}::{test}" for file, test in named if not _is_there(file, test)]
        return f"not there: {lost}" if lost else "" if named else "no test"
    if line.state == "written":
        pages = _LINK.findall(line.where)
        here = pages and all((PAGE.parent / page).is_file() for page, _section in pages)
        return "" if here else "no page"
    if line.state == "operator":
        found = _LINK.findall(line.where)
        return "" if found and all(section in _sections(page) for page, section in found) else GUIDE
    if line.state in {"does not apply", "open"}:
        return "" if line.where.strip() else "no reason"
    return "no such state"


def _sections(page: str) -> set[str]:
    """Return by which names the sections of a page can be linked to."""
    path = PAGE.parent / page
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    heads = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def _is_there(file: str, test: str) -> bool:
    path = Path(ROOT / file)
    return path.is_file() and (not test or f"def {test}(" in path.read_text(encoding="utf-8"))


def test_every_requirement_is_there_once() -> None:
    """253 of levels 1 and 2, no more and no fewer."""
    numbers = [line.number for line in _lines(PAGE.read_text(encoding="utf-8"))]
    assert len(_numbers()) == 253
    assert numbers == _numbers()


def test_what_is_named_exists_and_is_counted() -> None:
    """A test that is renamed takes its line along; the figures at the top are those below."""
    text = PAGE.read_text(encoding="utf-8")
    lines = _lines(text)
    assert {line.number: _fault(line) for line in lines if _fault(line)} == {}
    said = {state: int(count) for state, count in re.findall(r"\*\*([\w ]+)\*\* \((\d+)\)", text)}
    assert said == dict(Counter(line.state for line in lines))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (Line("1.1.1", "x", "test", "`tests/security/test_asvs.py::test_nowhere`"), "not there"),
        (Line("1.1.1", "x", "test", "`tests/nowhere.py`"), "not there"),
        (Line("1.1.1", "x", "test", "we believe so"), "no test"),
        (Line("1.1.1", "x", "written", "[x](../nowhere.md)"), "no page"),
        (Line("1.1.1", "x", "operator", "the proxy"), "no section"),
        (Line("1.1.1", "x", "operator", "[x](../guides/kommune/netvaerk.md)"), "no section"),
        (Line("1.1.1", "x", "operator", "[x](../guides/kommune/netvaerk.md#no)"), "no section"),
        (Line("1.1.1", "x", "open", " "), "no reason"),
        (Line("1.1.1", "x", "done", "everywhere"), "no such state"),
    ],
)
def test_a_line_that_shows_nothing_is_found(line: Line, fault: str) -> None:
    """The check can fail."""
    assert _fault(line).startswith(fault)
