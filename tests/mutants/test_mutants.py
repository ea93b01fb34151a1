"""Each guard that an incident asks for is missed by a test when it is gone (R1-R28).

Mutation testers (mutmut, cosmic-ray) change whatever they find and count survivors. What is wanted
here is the opposite: named guards, each with the one test that is its reason to stand there.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.planting import VARIABLE, mutate
from workspace.places import ROOT

LONG = os.environ.get("AULA_LONG") == "1"
SAMPLE = ("fields-unclassed-shown", "headers-foreign-scripts", "looks-lost-with-the-unit")
"""Tried in each run: a plugin's rule, a page's header, and one that needs a database."""
_FAILED = re.compile(r"\b\d+ failed\b")


def source_of(mutant: Mutant) -> str:
    """Return the source of the module that has the guard."""
    spec = importlib.util.find_spec(mutant.module)
    assert spec is not None, mutant.module
    assert spec.origin is not None, mutant.module
    return Path(spec.origin).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MUTANTS)
def test_the_guard_is_there_once_and_its_test_exists(name: str) -> None:
    """A mutant of something that has moved is found here, not only in the long run."""
    mutant = MUTANTS[name]
    changed = mutate(source_of(mutant), mutant)
    compile(changed, name, "exec", dont_inherit=True)
    path, _colons, test = mutant.test.partition("::")
    assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), mutant.test


def test_a_guard_that_is_gone_is_no_mutant() -> None:
    """What changes nothing, or changes two things, is refused."""
    mutant = Mutant("a", "x in seen", "True", "tests/a.py::test_a", ("R1",))
    assert mutate("if x in seen:", mutant) == "if True:"
    for source in ("", "x in seen or x in seen"):
        with pytest.raises(LookupError):
            mutate(source, mutant)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", MUTANTS if LONG else SAMPLE)
def test_its_test_kills_it(name: str) -> None:
    """The test fails, by an assertion or by what the missing guard lets happen; once is enough."""
    command = [
        sys.executable, "-m", "pytest", "-p", "tests.mutants.planting", "-p", "no:cacheprovider",
        "-q", "-x", "--tb=line", "-k", "not postgresql", MUTANTS[name].test,
    ]  # fmt: skip
    # It is a test of its own, not one of those that are counted for each database.
    environment = {**os.environ, VARIABLE: name, "AULA_WHOLE_SUITE": ""}
    environment = {key: value for key, value in environment.items() if "XDIST" not in key}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip
    said = done.stdout[-2000:] + done.stderr[-1000:]
    assert done.returncode == 1, f"{name} survives:\n{said}"
    assert _FAILED.search(done.stdout), f"{name} broke the test instead of failing it:\n{said}"
