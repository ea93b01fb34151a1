"""``docs/security/incidents.md`` names every incident, and tests and mutants that there are."""

from __future__ import annotations

import importlib.util
import re

from tests.mutants.catalogue import MUTANTS
from workspace.places import ROOT

PAGE = ROOT / "docs" / "security" / "incidents.md"
_ROW = re.compile(r"^\| (R\d+) \|(.*)\|$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`")


def _rows() -> dict[str, list[str]]:
    found = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def test_every_incident_has_its_line_once_and_in_order() -> None:
    """R1 to R28, each with what went wrong, guard, tests and mutants."""
    found = [name for name, _rest in _ROW.findall(PAGE.read_text(encoding="utf-8"))]
    assert found == [f"R{number}" for number in range(1, 29)]
    assert {len(cells) for cells in _rows().values()} == {4}


def test_what_is_not_open_has_a_guard_a_test_and_a_mutant() -> None:
    """Or it says why there is none: only what is open has no test."""
    for name, (what, guard, tests, mutants) in _rows().items():
        assert what, name
        assert guard, name
        if guard.startswith("open: needs "):
            assert not tests, name
            assert not mutants, name
        else:
            assert _NAMED.search(tests), name
            told = mutants.startswith(("no guard to take out: ", "open: needs "))
            assert told or _NAMED.search(mutants), name


def test_every_named_module_test_and_mutant_is_there() -> None:
    """A test that was renamed is renamed here too."""
    for name, (_what, guard, tests, mutants) in _rows().items():
        for module in _NAMED.findall(guard):
            if module.startswith("aula_"):
                assert importlib.util.find_spec(module), f"{name}: {module}"
        for test in _NAMED.findall(tests):
            path, _colons, function = test.partition("::")
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"def {re.escape(function)}\(", source), f"{name}: {test}"
        for mutant in _NAMED.findall(mutants):
            assert name in MUTANTS[mutant].incidents, f"{mutant} is not said to be about {name}"


def test_every_mutant_is_on_the_page() -> None:
    """Each of its incidents names it."""
    rows = _rows()
    for key, mutant in MUTANTS.items():
        for incident in mutant.incidents:
            assert f"`{key}`" in rows[incident][3], f"{incident} does not name {key}"
