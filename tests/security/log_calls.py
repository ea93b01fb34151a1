"""The calls in our code that write log lines, found by parsing it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.contracts.test_source_rules import SHIPPED
from workspace.places import ROOT

_MAKERS = {"logging.getLogger", "structlog.get_logger"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


class Line(NamedTuple):
    """One kind of line: the logger's name, the level, and the event as the code has it."""

    logger: str
    level: str
    event: str


def list_lines(files: Iterable[Path]) -> set[Line]:
    """Return every kind of line that the shipped code can write."""
    found: set[Line] = set()
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(SHIPPED) and "/tests/" not in name:
            module = path.stem if path.stem != "__init__" else ""
            dotted = ".".join(one for one in (path.parent.name, module) if one)
            found.update(
                line._replace(logger=dotted) if line.logger == "__name__" else line
                for line in read_lines(ast.parse(path.read_text()))
            )
    return found


def read_lines(tree: ast.Module) -> Iterator[Line]:
    """Yield the kinds of line of one module, whose logger is ``_log``."""
    logger = ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if ast.unparse(node.value.func) in _MAKERS and ast.unparse(node.targets[0]) == "_log":
            logger = ast.unparse(node.value.args[0]).strip("'\"")
    if logger:
        names = _renamed(tree)
        for node in ast.walk(tree):
            for level in _levels(node, names):
                assert isinstance(node, ast.Call)
                yield Line(logger, level, _event(node.args[0]))


def _renamed(tree: ast.Module) -> dict[str, list[str]]:
    """Return the names under which methods of ``_log`` are called, with their levels."""
    return {
        ast.unparse(node.targets[0]): [
            one.attr
            for one in ast.walk(node.value)
            if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "_log"
        ]
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call)
    }


def _levels(node: ast.AST, renamed: dict[str, list[str]]) -> list[str]:
    if not isinstance(node, ast.Call):
        return []
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "_log":
        return [node.func.attr] if node.func.attr in _LEVELS else []
    return renamed.get(ast.unparse(node.func), [])


def _event(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
