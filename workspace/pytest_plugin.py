"""What all test runs share: a skipped test fails the run, and both databases get equal tests."""

from __future__ import annotations

import gc
import os
import re
from collections import Counter
from collections.abc import Generator
from itertools import count

import hypothesis
import pytest

from workspace.suite import WHOLE_SUITE

DATABASES = ("sqlite", "postgresql")
_PARAMETERS = re.compile(r"\[(.*)\]")


def find_database(nodeid: str) -> str | None:
    """Return the database that a test's parameters name, if it runs on one of the two."""
    found = _PARAMETERS.search(nodeid)
    parameters = found.group(1).split("-") if found else []
    return next((name for name in DATABASES if name in parameters), None)


_LET_BE_AFTER = 40
_finished = count(1)


def pytest_runtest_logfinish() -> None:
    """Let the collector of garbage forget what is there to stay, every so many tests.

    Each site that a test starts leaves its conditions in the caches of statements. By the end that
    is more than a gigabyte, and walking through it took the collector seven seconds, in the midst
    of whichever test it was.
    """
    if next(_finished) % _LET_BE_AFTER == 0:
        gc.collect()
        gc.freeze()


ONE_DATABASE = "one_database"
"""The mark of a test that a short run asks of one database alone; it is not counted."""


class DatabaseCount:
    """Counts the tests that ran, per database, and the skipped ones."""

    def __init__(self, *, whole_suite: bool) -> None:
        self.whole_suite = whole_suite
        self.ran: Counter[str] = Counter(dict.fromkeys(DATABASES, 0))
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: by its call, or by a set-up that did not get so far."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)
        database = find_database(report.nodeid)
        if database and not report.skipped and report.when == "call":
            self.ran[database] += ONE_DATABASE not in report.keywords

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that skips itself counts as skipped too."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    def list_faults(self) -> list[str]:
        """Return why the run fails though its tests passed, one sentence each."""
        faults = []
        if self.skipped:
            faults.append(f"{len(self.skipped)} skipped: a skipped test fails the run")
        if self.whole_suite and len({self.ran[name] for name in DATABASES}) > 1:
            faults.append("the databases did not get the same number of tests")
        return faults

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """Make the exit code tell of the faults before the summary is written."""
        if self.list_faults() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the count per database, and what is wrong with it."""
        counts = ", ".join(f"{name} {self.ran[name]}" for name in DATABASES)
        terminalreporter.write_line(f"Tests per database: {counts}")
        for fault in self.list_faults():
            terminalreporter.write_line(f"ERROR: {fault}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that reports, not in xdist's workers; time no property test.

    How fast inputs are made and tried says what else the machine does, and nothing of the code.
    """
    hypothesis.settings.register_profile(
        "aula", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("aula")
    if not hasattr(config, "workerinput"):
        whole = bool(os.environ.get(WHOLE_SUITE))
        config.pluginmanager.register(DatabaseCount(whole_suite=whole), "aula-database-count")
