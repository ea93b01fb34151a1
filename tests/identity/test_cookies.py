"""Every cookie: by which name, where it goes, and that no other code makes one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar.datastructures import Cookie

from aula_platform.identity import cookies
from tests.contracts.test_source_rules import walk_shipped
from workspace.places import ROOT

HTTPS, HTTP = "https://aula.example.dk", "http://127.0.0.1:8000"
KEPT: tuple[Callable[[str, str], Cookie], ...] = (
    cookies.session_cookie,
    cookies.login_cookie,
    cookies.device_cookie,
    cookies.tablet_cookie,
    cookies.toast_cookie,
)
FORGOTTEN: tuple[Callable[[str], Cookie], ...] = (
    cookies.forget_session,
    cookies.forget_login,
    cookies.forget_tablet,
    cookies.forget_toast,
)


def _all(site_url: str) -> list[Cookie]:
    return [make(site_url, "x") for make in KEPT] + [make(site_url) for make in FORGOTTEN]


def test_every_cookie_is_this_hosts_alone() -> None:
    """ASVS 3.3.3, 3.3.1: over https each is ``__Host-``, with all that browsers ask of the name."""
    made = _all(HTTPS)
    assert len({one.key for one in made}) == len(KEPT)
    for one in made:
        assert one.key.startswith("__Host-"), one.key
        assert (one.secure, one.path, one.domain) == (True, "/", None)
        assert (one.httponly, one.samesite) == (True, "lax")


def test_a_demonstration_over_http_works_too() -> None:
    """Browsers refuse the name without TLS: there they have their plain names."""
    for one in _all(HTTP):
        assert not one.key.startswith("__")
        assert not one.secure


def test_what_is_forgotten_is_what_was_kept() -> None:
    """A browser takes a cookie away by its whole name, and one of ``__Host-`` by a Secure one."""
    kept = {make(HTTPS, "x").key for make in KEPT}
    for make in FORGOTTEN:
        one = make(HTTPS)
        assert one.key in kept
        assert (one.max_age, one.secure) == (0, True)


@pytest.fixture(scope="module")
def kernel_files() -> list[Path]:
    """The code that could set one."""
    folders = ("aula_platform", "sdk/aula_sdk", "plugins")
    return [path for one in folders for path in (ROOT / one).rglob("*.py")]


def test_no_other_code_makes_a_cookie(kernel_files: list[Path]) -> None:
    """Nor reads one by a name that it spells itself, nor takes one away without its marks."""
    makers, readers = set(), set()
    for name, node in walk_shipped(kernel_files):
        if "node_modules" in name or name.startswith("plugins/demo/"):
            continue
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"Cookie", "SimpleCookie"} or called.endswith(".delete_cookie"):
                makers.add(name)
            if called.endswith(".set_cookie"):
                (given,) = node.args
                assert isinstance(given, ast.Call), name
                assert ast.unparse(given.func).startswith("cookies."), name
            if called.endswith(".cookies.get") and isinstance(node.args[0], ast.Constant):
                readers.add(name)
    assert makers == {"aula_platform/identity/cookies.py"}
    assert readers == set()
