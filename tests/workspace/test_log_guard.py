"""The guard over the log can fail: at each kind of fault, in each phase, and at what is stale."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from tests.workspace.test_pytest_plugin import run_pytest
from workspace.log_guard import Faults

GUARDED = ("-p", "workspace.log_guard")
MEANT = {"PASSED": "passes", "FAILED": "fails", "ERROR": "errors"}
SUITE = """
import logging
import threading
import pytest
import structlog
from structlog.testing import capture_logs

log = structlog.get_logger("aula.x")
pytestmark = pytest.mark.expects_fault("of_the_module", reason="may come, and need not")

def raise_and_log(level):
    try:
        raise ValueError("Mette")
    except ValueError:
        logging.getLogger("aula.x").log(level, "caught", exc_info=True)

@pytest.fixture
def loud_set_up():
    log.error("in_set_up")

@pytest.fixture
def loud_tear_down():
    yield
    log.error("in_tear_down")

def test_passes_quiet():
    log.warning("a_warning")
    logging.getLogger("aula.x").warning("a warning")

def test_fails_structlog():
    log.error("plugin_failed", plugin="x")

def test_fails_structlog_traceback():
    log.info("it", exc_info=ValueError("x"))

def test_fails_logging():
    logging.getLogger("aula.x").error("incident")

def test_fails_traceback():
    raise_and_log(logging.WARNING)

def test_fails_captured():
    with capture_logs():
        log.error("captured")

def test_fails_configured():
    structlog.configure(processors=[structlog.dev.ConsoleRenderer()])
    log.error("configured")

def test_fails_thread():
    one = threading.Thread(target=log.critical, args=("in a thread",))
    one.start()
    one.join()

def test_errors_set_up(loud_set_up):
    pass

def test_passes_and_errors_tear_down(loud_tear_down):
    pass

@pytest.mark.expects_fault(r"meant.*'plugin': 'x'", reason="the plugin x fails")
def test_passes_expected():
    log.error("meant", plugin="x")

@pytest.mark.expects_fault(r"meant.*'plugin': 'x'", reason="the plugin x fails")
def test_fails_of_another():
    log.error("meant", plugin="y")

@pytest.mark.expects_fault("no_more", reason="long ago")
def test_passes_and_errors_stale():
    pass

def test_passes_of_the_module():
    log.error("of_the_module")

def test_passes_after_all_these():
    pass
"""


def test_every_kind_of_fault_fails_its_test_and_no_other(tmp_path: Path) -> None:
    """In structlog and logging, before, in and after the test; what is expected must come."""
    result = run_pytest(tmp_path, SUITE, *GUARDED, "-v", "-rN", whole=False)
    found = re.findall(r"::test_(\w+) (PASSED|FAILED|ERROR)", result.stdout)
    assert len(found) == 17, result.stdout
    for name, outcome in found:
        assert MEANT[outcome] in name, (name, outcome)
    assert "logged, and not expected:\nplugin_failed {'plugin': 'x'}" in result.stdout
    assert "expected, and not logged: no_more" in result.stdout


def test_an_expectation_without_a_reason_is_refused(tmp_path: Path) -> None:
    """Who excuses a fault says why."""
    suite = "import pytest\n@pytest.mark.expects_fault('x')\ndef test_it(): pass\n"
    result = run_pytest(tmp_path, suite, *GUARDED, whole=False)
    assert result.returncode != 0
    assert "expects_fault takes one pattern and a reason" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("task", "told"), [("AsyncAdapt_aiosqlite_connection._terminate_graceful_close", 0), ("run", 1)]
)
def test_a_task_left_between_two_libraries_is_nobodys_fault(task: str, told: int) -> None:
    """Only that one: any other task that is left pending is told of."""
    faults = Faults()
    text = (
        f"Task was destroyed but it is pending!\ntask: <Task pending coro=<{task}() running at x>"
    )
    faults.emit(logging.LogRecord("asyncio", logging.ERROR, "x", 1, text, (), None))
    assert len(faults.found) == told
