"""Rules about our code that the import contracts cannot see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from workspace.places import ROOT

SHIPPED = (
    "aula_platform",
    "sdk/aula_sdk",
    "registry/aula_registry",
    "plugins",
)
ENGINES = {"create_engine", "create_async_engine", "async_engine_from_config", "engine_from_config"}
LITESTAR_HANDLERS = {"get", "post", "put", "patch", "delete", "route", "Controller", "websocket"}


def walk_shipped(files: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of the code that the wheels hold, with its file."""
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(SHIPPED) and "/tests/" not in name:
            for node in ast.walk(ast.parse(path.read_text())):
                yield name, node


def list_imported(node: ast.AST) -> set[str]:
    """Return the dotted names that an import statement brings in; none for another node."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def test_only_storage_makes_engines(python_files: list[Path]) -> None:
    """Rule 4: nobody but aula_platform/storage reaches a database past the unit of work."""
    makers = {
        name
        for name, node in walk_shipped(python_files)
        if any(each.rpartition(".")[2] in ENGINES for each in list_imported(node))
    }
    # The test kit makes databases before there is a platform that could.
    allowed = ("aula_platform/storage/", "sdk/aula_sdk/testing/")
    assert {name for name in makers if not name.startswith(allowed)} == set()
    assert makers, "storage makes them"


def test_nobody_uses_the_orm(python_files: list[Path]) -> None:
    """Reads and writes are Core statements: what goes to the database is what one reads."""
    users = {
        name
        for name, node in walk_shipped(python_files)
        if any("sqlalchemy" in each and ".orm" in each for each in list_imported(node))
    }
    assert users == set()


def test_files_with_handlers_keep_their_annotations(python_files: list[Path]) -> None:
    """Litestar reads annotations at run time: postponed ones fail where nobody looks."""
    handlers, postponed = set(), set()
    for name, node in walk_shipped(python_files):
        names = list_imported(node)
        if any(f"litestar.{each}" in names for each in LITESTAR_HANDLERS):
            handlers.add(name)
        if "__future__.annotations" in names:
            postponed.add(name)
    assert handlers & postponed == set()


def test_the_kernel_names_no_plugin(python_files: list[Path]) -> None:
    """Rule 2: the kernel learns of plugins from entry points, so it spells none of them."""
    named = re.compile(r"aula_plugins\.\w")
    naming = {
        name
        for name, node in walk_shipped(python_files)
        if name.startswith("aula_platform/")
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and named.search(node.value)
    }
    assert naming == set()


def test_nobody_polls_in_a_page(python_files: list[Path]) -> None:
    """Polling evaluates a string in the page, which our content security policy refuses.

    It works as long as the first look finds what it waits for, and fails when it must look
    again. ``expect`` and ``evaluate`` with a promise wait without a string.
    """
    polling = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "wait_for_function"
    ]
    assert polling == []
