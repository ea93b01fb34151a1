"""Every hook is documented, its example works, a plugin needs it, and its failing is tested."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.claims import check_contribution
from aula_platform.plugin_host.manager import hook_names
from aula_sdk import hookspecs
from aula_sdk.i18n import Text
from aula_sdk.plugin import Plugin
from tests.broken_plugins import test_matrix
from tests.contracts.hook_stage import NAMES
from workspace.references.docstrings import HookWithoutDocs, read_hook, take_apart

NOT_NEEDED_YET = {"aula_subscribers": "plugins tell and none listens yet; tests/events has its own"}
"""Hooks that no plugin here implements, and who uses them instead."""
PLUGIN = Plugin("messages", Text("messages", "Messages"), Text("messages", "Write"), "messages")


@pytest.mark.parametrize("name", hook_names())
def test_a_hook_is_documented(name: str) -> None:
    """A sentence, when it is called, what to yield, an example, since when, what on an error."""
    docs = read_hook(name)
    hook = getattr(hookspecs, name)
    assert hook.failure_policy in {"skip", "deny", "stop"}
    assert hook.yields
    told = f"{docs.yields} {docs.example}"
    assert all(kind.__name__ in told or "WRITER" in told for kind in hook.yields)


@pytest.mark.parametrize("name", hook_names())
def test_the_example_of_a_hook_works(name: str) -> None:
    """What the example yields is taken by the host, each of a kind that the hook yields."""
    body = textwrap.indent(read_hook(name).example, "    ")
    space: dict[str, Any] = dict(NAMES)
    exec(f"def {name}():\n{body}\n", space)
    given = list(space[name]())
    assert given
    for item in given:
        assert isinstance(item, getattr(hookspecs, name).yields)
        check_contribution(PLUGIN, item)


@pytest.mark.parametrize("name", hook_names())
def test_a_hook_is_needed_by_a_plugin(name: str) -> None:
    """A hook enters the SDK with a plugin that needs it, whose own tests use what it yields."""
    kinds = getattr(hookspecs, name).yields
    contributed = [
        item for accepted in start_host().accepted.values() for item in accepted.contributions
    ]
    is_used = any(isinstance(item, kinds) for item in contributed)
    assert is_used == (name not in NOT_NEEDED_YET)


def test_every_hook_is_made_to_fail() -> None:
    """B2: the matrix of broken plugins reads its hooks off the SDK, all of them."""
    tests = [
        test_matrix.test_a_broken_hook_costs_no_more_than_its_policy_says,
    ]
    for test in tests:
        (mark,) = [each for each in test.pytestmark if each.name == "parametrize"]  # type: ignore[attr-defined]
        assert mark.args == ("hook", hook_names())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Add something.\n\nSince: 0.1. On error: it is missing.",
        "Add it.\n\nCalled at the start. Yield `It`.\n\nSince: 0.1. On error: it is missing.",
        "Add something.\n\nCalled at the start. Yield `It`::\n\n    yield It()\n\nSince: 0.1.",
        "Add something.\n\nCalled at the start. Yield `It`::\n\n    yield It()\n\nOn error: none.",
        "Add something.\n\nYield `It`::\n\n    yield It()\n\nSince: 0.1. On error: it is missing.",
    ],
)
def test_a_hook_without_its_docs_is_found(text: str) -> None:
    """A new hook that says less than the others does not pass."""
    with pytest.raises(HookWithoutDocs, match="aula_new must say"):
        take_apart("aula_new", text)
