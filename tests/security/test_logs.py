"""The logs are those of the inventory, go nowhere else, and can be read by programs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contracts.test_source_rules import list_imported, walk_shipped
from tests.security.log_calls import Line, list_lines, read_lines
from workspace.places import ROOT

PAGE = ROOT / "docs/security/logging.md"
_ROW = re.compile(r"^\| `([^`]+)` \| (\w+) \| `([\w.]+)` \| [^|]+ \|$", re.MULTILINE)
_MODULES = {"logging.handlers", "syslog", "logging.config"}
_CALLS = {"addHandler", "basicConfig", "FileHandler", "StreamHandler", "dictConfig", "fileConfig"}
_WRITES = """
import logging, structlog
from aula_platform.cli.logs import log_to_stderr
log_to_stderr()
log_to_stderr()
structlog.contextvars.bind_contextvars(request_id="r1")
structlog.get_logger("aula.web").warning("access_refused", route="/æ", status=403)
logging.getLogger("aula.identity").info("a log-in by %s was let in", "test\\nlevel: forged")
logging.getLogger("uvicorn.error").error("Exception in ASGI application")
logging.getLogger("strange").info("nobody asked for this")
secret = "0101701234"
try:
    raise ValueError("no\\nway")
except ValueError as error:
    logging.getLogger("aula.errors").error("incident %s", "1f", exc_info=error)
    structlog.get_logger("aula.jobs").error("job_failed", exc_info=True)
"""


@pytest.fixture(scope="session")
def repository_code() -> list[Path]:
    """The Python files that git knows, or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_every_line_is_in_the_inventory(repository_code: list[Path]) -> None:
    """ASVS 16.1.1: each kind of line of the code is there once, and no other."""
    rows = [Line(logger, level, event) for event, level, logger in _ROW.findall(PAGE.read_text())]
    assert sorted(rows) == sorted(list_lines(repository_code))


def test_every_layer_says_everything() -> None:
    """ASVS 16.1.1: of each layer what is written, how, where, for what, for whom, and how long."""
    where = PAGE.read_text().partition("## Where")[2].partition("##")[0]
    rows = [line.strip("|").split("|") for line in where.splitlines() if line.startswith("|")]
    head, _rule, *layers = ([cell.strip() for cell in row] for row in rows)
    assert head[1:] == ["what", "form", "where", "for", "who reads it", "how long"]
    names = " ".join(layer[0] for layer in layers)
    for one in ("the log", "the audit", "health", "uvicorn", "watchdog", "proxy", "PostgreSQL"):
        assert one in names, one
    assert all(len(layer) == len(head) and all(layer) for layer in layers)


def test_nothing_else_is_opened_for_logs(repository_code: list[Path]) -> None:
    """ASVS 16.2.3: where lines go is decided in one place, and that is standard error."""
    openers = {
        name
        for name, node in walk_shipped(repository_code)
        if list_imported(node) & _MODULES
        or (isinstance(node, ast.Attribute | ast.Name) and _last_name(node) in _CALLS)
    }
    assert openers == {"aula_platform/cli/logs.py"}


def _last_name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def test_every_line_is_one_object() -> None:
    """ASVS 16.2.4, 16.2.2: of ours and of libraries, of both ways to log, with tracebacks and with
    what tries to be a line of its own; when, how bad, by whom and in which request.
    """
    done = subprocess.run(
        [sys.executable, "-c", _WRITES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["logger"], line["level"], line["event"]) for line in lines] == [
        ("aula.web", "warning", "access_refused"),
        ("aula.identity", "info", "a log-in by test\nlevel: forged was let in"),
        ("uvicorn.error", "error", "Exception in ASGI application"),
        ("aula.errors", "error", "incident 1f"),
        ("aula.jobs", "error", "job_failed"),
    ]
    assert (lines[0]["route"], lines[0]["status"]) == ("/æ", 403)
    for line in lines:
        assert line["request_id"] == "r1"
        assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC
    assert all("ValueError: no\nway" in line["exception"] for line in lines[3:])
    assert "0101701234" not in done.stderr


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("_log = logging.getLogger('a')\n_log.warning('x %s', y)", Line("a", "warning", "x %s")),
        ("_log = structlog.get_logger('a')\n_log.info(f'{x}')", Line("a", "info", "f'{x}'")),
    ],
)
def test_lines_are_found(code: str, found: Line) -> None:
    """The inventory can be found wanting."""
    assert list(read_lines(ast.parse(code))) == [found]
