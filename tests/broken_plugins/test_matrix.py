"""Each hook, and each coroutine that can be contributed, made to fail in every way.

Both are read off the SDK, so a hook that is added later is tested without a word here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.plugin_host import Host, Place, start_host
from aula_platform.plugin_host.faults import Faults, Quarantined
from aula_platform.plugin_host.guard import Ended, Guard, TookTooLong, WrongResult, name_place
from aula_platform.plugin_host.manager import failure_policy, hook_names
from aula_platform.plugin_host.running import BOARD
from aula_platform.plugin_host.shapes import awaited_hint, hints_of
from aula_platform.settings import BudgetSettings, QuarantineSettings
from aula_sdk import hookspecs
from aula_sdk.contributions import DemoData, Job, NavItem, SubjectData, Widget
from aula_sdk.retention import RetentionSubject
from tests.broken_plugins.factory import Shelf, add_good

BUDGET = 0.08
BROKEN = {
    "raises": "raise RuntimeError('in the hook')",
    "raises after one": "yield from ()\n    raise KeyError('half way')",
    "wrong type": "yield {'a': 'dict'}",
    "nothing to walk": "return 7",
    "ends the process": "raise SystemExit(4)",
    "needs more": "import_module_that_is_not_there()\n    yield",
}
"""Bodies of a hook; each is what one of the plugin's hooks does while its others are good."""


@pytest.mark.parametrize("hook", hook_names())
def test_a_broken_hook_costs_no_more_than_its_policy_says(shelf: Shelf, hook: str) -> None:
    """B2, R26: named with plugin, distribution, hook and what to do; the others are as ever."""
    made = [add_good(shelf)]
    for number, body in enumerate(BROKEN.values()):
        text = f"@hookimpl\ndef {hook}():\n    {body}\n"
        made.append(shelf.add(f"bad{number}", text, rights=hook != "aula_permissions"))
    host = start_host(made)
    refused = {refusal.plugin: refusal for refusal in host.refusals}
    assert set(refused) == {f"bad{number}" for number in range(len(BROKEN))}
    for name, refusal in refused.items():
        assert refusal.distribution == f"dist-made_{name}"
        assert hook in refusal.problem
        assert refusal.remedy
        is_stopped = failure_policy(hook) == "stop"
        assert (name in host.accepted, refusal.hook) == (not is_stopped, "" if is_stopped else hook)
    assert_good_is_whole(host)


def assert_good_is_whole(host: Host) -> None:
    """The neighbour has contributed everything that it has."""
    assert {type(item).__name__ for item in host.accepted["good"].contributions} >= {
        "Action", "DemoData", "Job", "NavItem", "RoleDefault", "Routes", "Subscriber", "Widget",
    }  # fmt: skip


CONTRIBUTIONS = sorted(
    {kind for name in hook_names() for kind in getattr(hookspecs, name).yields},
    key=lambda kind: str(kind.__name__),
)
AWAITED = [
    (kind, field, found)
    for kind in CONTRIBUTIONS
    for field, hint in hints_of(kind).items()
    if (found := awaited_hint(hint)) is not None
]


def make(kind: type, **given: Any) -> Any:
    """Return a contribution that has only these fields, whatever it asks for otherwise."""
    made: Any = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(made, field.name, given.get(field.name))
    return made


def test_the_host_can_look_into_whatever_a_hook_may_yield() -> None:
    """Contributions are dataclasses, and what is awaited in one is seen by its annotation."""
    assert all(is_dataclass(kind) for kind in CONTRIBUTIONS)
    for kind in CONTRIBUTIONS:
        for field, hint in hints_of(kind).items():
            promises = "Awaitable" in str(hint) or "AsyncIterator" in str(hint)
            assert promises == (awaited_hint(hint) is not None), f"{kind.__name__}.{field}"
    names = {(kind.__name__, field) for kind, field, _found in AWAITED}
    assert names >= {
        ("DemoData", "fill"), ("Job", "run"), ("NavItem", "badge"), ("Subscriber", "handle"),
        ("SubjectData", "erase"), ("SubjectData", "export"), ("Widget", "context"),
    }  # fmt: skip


_ASKED_FOR: dict[type, dict[str, Any]] = {
    RetentionSubject: {"least": 1, "months": 1, "most": 1, "formal": sa.true, "preserve": repr}
}
"""Without which a contribution of the kind is refused."""
ONLY_COUNTED = {DemoData, Job, RetentionSubject, SubjectData}


async def raises(*_given: Any) -> Any:
    raise RuntimeError("Mette Hansen")


async def hangs(*_given: Any) -> Any:
    await asyncio.sleep(3600)


async def does_not_listen(*_given: Any) -> Any:
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            continue


async def ends_the_process(*_given: Any) -> Any:
    raise SystemExit(4)


async def cancels_itself(*_given: Any) -> Any:
    raise asyncio.CancelledError


async def returns_something_else(*_given: Any) -> Any:
    return object()


def is_not_awaited(*_given: Any) -> Any:
    return {"words": 7}


WAYS: dict[Callable[..., Any], type[Exception]] = {
    raises: RuntimeError,
    hangs: TookTooLong,
    does_not_listen: TookTooLong,
    ends_the_process: Ended,
    cancels_itself: Ended,
    returns_something_else: WrongResult,
    is_not_awaited: WrongResult,
}


def as_items(way: Callable[..., Any]) -> Callable[..., AsyncIterator[Any]]:
    """Return the same as something that yields."""

    async def items(*given: Any) -> AsyncIterator[Any]:
        made = way(*given)
        yield (await made) if isinstance(made, Awaitable) else made

    return items


async def call(contribution: Any, field: str, *, yields: bool) -> None:
    """Call it as the platform would."""
    given = getattr(contribution, field)
    if yields:
        async for _item in given("one", "two"):
            pass
    else:
        await given("one", "two")


@pytest.mark.parametrize(
    ("kind", "field", "found"),
    AWAITED,
    ids=[f"{kind.__name__}.{field}" for kind, field, _ in AWAITED],
)
@pytest.mark.expects_fault(
    "plugin_quarantined|plugin_ignores_its_end", reason="coroutines that fail in every way"
)
async def test_a_broken_coroutine_ends_in_its_budget_with_a_name(
    kind: type, field: str, found: tuple[type, Any]
) -> None:
    """B2: whatever it does, it is over in time, counted under its plugin's name, and no more."""
    yields = found[0] is AsyncIterator
    budgets = BudgetSettings(**dict.fromkeys(BudgetSettings.__struct_fields__, BUDGET))
    for way, error in WAYS.items():
        guard = Guard(Faults(QuarantineSettings(failures=2)), budgets)
        broken = as_items(way) if yields else way
        given = {**_ASKED_FOR.get(kind, {}), "name": "it", field: broken}
        guarded = guard.exchange("bad", make(kind, **given))
        assert getattr(guarded, field) is not broken
        began = time.monotonic()
        with pytest.raises(error):
            await call(guarded, field, yields=yields)
        assert time.monotonic() - began < BUDGET + 1.5, way.__name__
        (fault,) = guard.faults
        assert fault.place == Place("bad", name_place(guarded, field))
        assert fault.failures == 1
        assert fault.error
        assert "Mette" not in fault.error, "what people are called does not leave in an error"
        assert BOARD.shown is None
        with pytest.raises(error):
            await call(guarded, field, yields=yields)
        is_left_alone = fault.until is not None
        assert is_left_alone == (kind not in ONLY_COUNTED), "these are called seldom"
        if is_left_alone:
            with pytest.raises(Quarantined):
                await call(guarded, field, yields=yields)


@pytest.mark.expects_fault(r"plugin_quarantined.*widget slow", reason="a widget that hangs")
async def test_a_hanging_part_holds_up_nobody_but_its_callers() -> None:
    """Two that wait at once wait at once, and a good one beside them is not late."""
    guard = Guard(Faults(), BudgetSettings(widget=0.4, badge=0.4))
    slow = guard.exchange("bad", make(Widget, name="slow", context=hangs))
    assert isinstance(slow, Widget)

    async def seven(*_given: Any) -> int:
        return 7

    good = guard.exchange("good", make(NavItem, name="quick", badge=seven))
    assert isinstance(good, NavItem)
    assert good.badge is not None
    nothing: Any = None
    began = time.monotonic()
    waiting = [
        asyncio.ensure_future(slow.context(nothing, nothing, nothing, nothing))
        for _each in range(3)
    ]
    await asyncio.sleep(0)
    assert await good.badge(nothing, nothing, nothing) == 7
    assert time.monotonic() - began < 0.3
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in ended] == [TookTooLong] * 3
    assert time.monotonic() - began < 1.2


async def test_the_board_names_whoever_runs_and_not_who_waits() -> None:
    """The name is right at each step, however many plugins wait in the loop at once."""
    guard, seen = Guard(Faults()), []

    async def look(*_given: Any) -> dict[str, Any]:
        for _step in range(3):
            seen.append(BOARD.shown)
            await asyncio.sleep(0)
        return {}

    nothing: Any = None
    made = [guard.exchange(name, make(Widget, name="w", context=look)) for name in ("one", "two")]
    await asyncio.gather(
        *(each.context(nothing, nothing, nothing, nothing) for each in made)  # type: ignore[attr-defined]
    )
    assert [place.plugin for place in seen if place] == ["one", "two"] * 3
    assert BOARD.shown is None
