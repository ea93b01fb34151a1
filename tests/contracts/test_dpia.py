"""The impact assessment of the demo municipality speaks of all that is kept, and of real tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest

from aula_platform.data_map import list_personal_data
from aula_platform.plugin_host import start_host
from workspace.places import ROOT

PAGE = ROOT / "docs" / "privatliv" / "konsekvensanalyse.md"
WHO = {"barn", "forælder", "beskyttet familie", "medarbejder", "leverandør"}
RISKS = {"lav", "middel", "høj"}
PARTS = (
    "Beskrivelse af behandlingen",
    "Nødvendighed og proportionalitet",
    "Risici for de registrerede",
    "foranstaltninger",
)
"""What art. 35(7) asks for, a to d."""
_CELLS = 7
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


class Threat(NamedTuple):
    """One row of the table."""

    key: str
    who: str
    threat: str
    areas: str
    control: str
    test: str
    residual: str


def _threats(text: str) -> list[Threat]:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [A-Z]\d+ \|", line)
    ]
    assert all(len(row) == _CELLS for row in rows)
    return [Threat(*row) for row in rows]


def _gaps(threats: Sequence[Threat], owners: Iterable[str]) -> list[str]:
    """Return what is wrong, in words."""
    areas = {area.strip() for one in threats for area in one.areas.split(",")}
    known = set(owners)
    gaps = [f"{owner} keeps personal data and has no threat" for owner in sorted(known - areas)]
    gaps += [f"{area} keeps no personal data" for area in sorted(areas - known)]
    gaps += [f"nothing threatens: {who}" for who in sorted(WHO - {one.who for one in threats})]
    for one in threats:
        if one.who not in WHO or one.residual not in RISKS or not (one.threat and one.control):
            gaps.append(f"{one.key} is not filled in")
        found = _TEST.fullmatch(one.test)
        if found is None or found[2] not in _tests_in(found[1]):
            gaps.append(f"{one.key} names no test: {one.test}")
    keys = [one.key for one in threats]
    return gaps + [f"{key} is there twice" for key in {one for one in keys if keys.count(one) > 1}]


def _tests_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions)}


@pytest.fixture(scope="module")
def text() -> str:
    """The page."""
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def owners() -> set[str]:
    """Whoever keeps something about people: the kernel's rooms and every installed plugin."""
    return {owner for owner, one in list_personal_data(start_host()) if one.fields}


def test_whoever_keeps_personal_data_has_a_threat_with_a_control_and_a_test(
    text: str, owners: set[str]
) -> None:
    """Art. 35: a plugin with personal data and no row, or a row with no real test, stops here."""
    assert len(owners) >= 10
    assert _gaps(_threats(text), owners) == []


def test_the_four_parts_are_there(text: str) -> None:
    """Art. 35(7): description, necessity, risks, measures (the DPA's complaint of May 2024)."""
    heads = " ".join(line for line in text.splitlines() if line.startswith("## "))
    assert [part for part in PARTS if part not in heads] == []


def test_what_is_left_at_high_risk_is_spoken_of(text: str) -> None:
    """Art. 36: a risk that stays high is named in the conclusion, not only in the table."""
    conclusion = text.partition("**Det, der er tilbage.**")[2]
    high = [one.key for one in _threats(text) if one.residual == "høj"]
    assert high
    assert [key for key in high if key not in conclusion] == []


def test_each_gap_is_found(text: str, owners: set[str]) -> None:
    """The check would fail: a new plugin, an area of nobody, a test that is gone, a bare row."""
    threats = _threats(text)
    assert _gaps(threats, {*owners, "gallery"}) == ["gallery keeps personal data and has no threat"]
    assert _gaps(threats, owners - {"posts"}) == ["posts keeps no personal data"]
    first = threats[0]
    for changed, told in (
        (first._replace(test="`tests/contracts/test_dpia.py::test_nothing`"), "names no test"),
        (first._replace(test="prøves"), "names no test"),
        (first._replace(residual="ukendt"), "is not filled in"),
        (first._replace(control=""), "is not filled in"),
    ):
        (gap,) = _gaps([changed, *threats[1:]], owners)
        assert told in gap
    assert _gaps([*threats, first], owners) == [f"{first.key} is there twice"]
    vendors = [one for one in threats if one.who != "leverandør"]
    assert "nothing threatens: leverandør" in _gaps(vendors, owners)
