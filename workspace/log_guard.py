"""No test passes while the platform logs a fault that the test has not named.

A fault is whatever is logged as an error, or with a traceback at any level, through ``logging`` or
structlog, in any thread of the test's process and in any of its phases. A test that provokes one
says which, and why::

    @pytest.mark.expects_fault(r"migration_failed", reason="the plugin's migration raises")

The pattern is searched for in the event with its values and traceback. What a test itself (not its
module) expects must come: an expectation that is not met any more fails it as well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Iterable
from typing import Any

import pytest
from structlog import BoundLoggerBase

MARK = "expects_fault"
_BETWEEN_LIBRARIES = re.compile(
    r"^asyncio: Task was destroyed but it is pending!\n.*"
    r"AsyncAdapt_aiosqlite_connection\._terminate_graceful_close\(\)"
)
"""Whoever is cancelled twice in the midst of a statement on SQLite lets SQLAlchemy stop aiosqlite's
thread while a task of its own waits for it. The collector of garbage tells of it in the midst of
whichever test comes later, and no code of ours can end that task."""
_LOUD = {"error", "critical", "exception", "fatal"}


class Faults(logging.Handler):
    """The faults that were logged since somebody last looked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a fault with its traceback."""
        if record.levelno >= logging.ERROR or record.exc_info:
            fault = f"{record.name}: {logging.Formatter().format(record)}"
            if not _BETWEEN_LIBRARIES.match(fault):
                self.found.append(fault)

    def note(self, method: str, event: str | None, values: dict[str, Any]) -> None:
        """Keep what structlog is told, if it is a fault."""
        if method in _LOUD or values.get("exc_info"):
            self.found.append(f"{event} {values!r}")

    def take(self) -> list[str]:
        """Return the faults; none are kept then."""
        found, self.found = self.found, []
        return found


FAULTS = Faults()
"""Those of this process."""
_told_before = BoundLoggerBase._proxy_to_logger  # noqa: SLF001  # For those who wrap structlog.


def _tell(
    self: BoundLoggerBase, method_name: str, event: str | None = None, **event_kw: Any
) -> Any:
    FAULTS.note(method_name, event, event_kw)
    return _told_before(self, method_name, event, **event_kw)


def pytest_configure(config: pytest.Config) -> None:
    """Listen. Structlog is listened to where all its loggers pass, so that neither a command that
    configures it nor a test that captures it turns the guard off.
    """
    config.addinivalue_line("markers", f"{MARK}(pattern, *, reason): a fault in the log is meant")
    logging.getLogger().addHandler(FAULTS)
    BoundLoggerBase._proxy_to_logger = _tell  # type: ignore[method-assign]  # noqa: SLF001


def pytest_unconfigure() -> None:
    """Leave logging as it was."""
    logging.getLogger().removeHandler(FAULTS)
    BoundLoggerBase._proxy_to_logger = _told_before  # type: ignore[method-assign]  # noqa: SLF001


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Refuse an expectation without a reason."""
    for item in items:
        for mark in item.iter_markers(MARK):
            if len(mark.args) != 1 or not str(mark.kwargs.get("reason", "")).strip():
                message = f"{item.nodeid}: {MARK} takes one pattern and a reason"
                raise pytest.UsageError(message)


def _watch(item: pytest.Item, phase: str) -> Generator[None]:
    """Let a phase go on; fail at a fault in it that no mark names."""
    try:
        yield
    except BaseException:
        # It fails anyhow; what was logged meanwhile is told beside it.
        item.add_report_section(phase, "faults in the log", "\n".join(FAULTS.take()))
        item.stash[_FAILED] = True
        raise
    found = FAULTS.take()
    item.stash.setdefault(_SEEN, []).extend(found)
    patterns = [mark.args[0] for mark in item.iter_markers(MARK)]
    strange = [fault for fault in found if not any(re.search(one, fault) for one in patterns)]
    if strange:
        item.stash[_FAILED] = True
        pytest.fail("logged, and not expected:\n" + "\n".join(strange), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Setting up is watched too."""
    yield from _watch(item, "setup")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """So is the test."""
    yield from _watch(item, "call")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """So is tearing down, after which all that was expected must have come."""
    yield from _watch(item, "teardown")
    if _FAILED in item.stash:
        return
    found = item.stash[_SEEN]
    for mark in item.own_markers:
        if mark.name == MARK and not any(re.search(mark.args[0], fault) for fault in found):
            pytest.fail(f"expected, and not logged: {mark.args[0]}", pytrace=False)


_SEEN = pytest.StashKey[list[str]]()
_FAILED = pytest.StashKey[bool]()
