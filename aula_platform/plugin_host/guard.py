"""Every call of a plugin's coroutine: named, within its budget, counted, and left alone when it
keeps failing.

The callables inside contributions are exchanged for guarded ones when a contribution is accepted.
Which they are is read off the annotations, so a contribution type of a later hook is guarded too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from dataclasses import is_dataclass, replace
from typing import Any, TypeVar

import structlog

from aula_platform.events.failures import describe
from aula_platform.plugin_host.faults import Faults
from aula_platform.plugin_host.running import BOARD, Place, show_while_running
from aula_platform.plugin_host.shapes import awaited_hint, fits, hints_of
from aula_platform.settings import BudgetSettings
from aula_sdk.contributions import DemoData, Job, NavItem, SubjectData, Widget
from aula_sdk.errors import SwitchedOff
from aula_sdk.events import Subscriber
from aula_sdk.retention import RetentionSubject

T = TypeVar("T")
_GRACE_SECONDS = 0.5
_END = object()
_log = structlog.get_logger("aula.plugins")

KINDS: dict[tuple[type, str], str] = {
    (Widget, "context"): "widget",
    (NavItem, "badge"): "badge",
    (Subscriber, "handle"): "subscriber",
    (Job, "run"): "job",
    (DemoData, "fill"): "demo_data",
    (SubjectData, "export"): "subject_data",
    (SubjectData, "erase"): "subject_data",
    (RetentionSubject, "remove"): "retention",
    (RetentionSubject, "preserve"): "subject_data",
}
"""The budget of each callable, by the name that it has in the settings; others have ``other``."""

_ONLY_COUNTED = frozenset({"job", "demo_data", "subject_data", "retention"})
"""What fails without being left alone: it is called seldom, by a schedule or by somebody."""


class TookTooLong(Exception):
    """A plugin's code waited for longer than its budget and was ended."""


class WrongResult(Exception):
    """A plugin's code returned something else than its annotation says."""


class Ended(Exception):
    """A plugin's code tried to end the process, or ended itself."""


class Guard:
    """Calls into plugins."""

    def __init__(self, faults: Faults, budgets: BudgetSettings | None = None) -> None:
        self.faults = faults
        self.budgets = budgets or BudgetSettings()
        self._ignoring: set[asyncio.Task[Any]] = set()

    def exchange(self, plugin: str, contribution: object) -> object:
        """Return the contribution with every callable that is awaited exchanged for a guarded one.

        Where a callable is missing (None), it stays so.
        """
        if not is_dataclass(contribution) or isinstance(contribution, type):
            return contribution
        guarded = {}
        for name, hint in hints_of(type(contribution)).items():
            promised, given = awaited_hint(hint), getattr(contribution, name)
            if promised is not None and given is not None:
                kind = KINDS.get((type(contribution), name), "other")
                place = Place(plugin, name_place(contribution, name))
                make = self._items if promised[0] is AsyncIterator else self._call
                guarded[name] = make(place, kind, given, promised[1])
        return replace(contribution, **guarded) if guarded else contribution

    async def run(
        self,
        place: Place,
        kind: str,
        work: Callable[[], Awaitable[T]],
        *,
        wanted: Any = Any,
        key: Hashable = None,
    ) -> T:
        """Await the work within the budget of its kind and return its result.

        Raises `Quarantined` while the place is left alone, `TookTooLong`, `WrongResult`, or what
        the work raises; each counts as a failure of the place, but for `SwitchedOff`.
        """
        self.faults.enter(place)
        try:
            found = await self._within(place, getattr(self.budgets, kind), work)
            _check_result(found, wanted)
        except (asyncio.CancelledError, SwitchedOff):
            self.faults.left(place)
            raise
        except Exception as error:
            told = (
                str(error)
                if isinstance(error, TookTooLong | WrongResult | Ended)
                else describe(error)
            )
            self.faults.failed(place, told, key=key, closes=kind not in _ONLY_COUNTED)
            raise
        self.faults.worked(place)
        return found

    def run_now(self, place: Place, work: Callable[[], T]) -> T:
        """Do what does not wait, such as filling a template: named, counted and left alone as in
        `run`; nothing but the watchdog can end it.
        """
        self.faults.enter(place)
        before = BOARD.show(place.label)
        try:
            found = work()
        except Exception as error:
            self.faults.failed(place, describe(error))
            raise
        finally:
            BOARD.show(before)
        self.faults.worked(place)
        return found

    async def _within(self, place: Place, seconds: float, work: Callable[[], Awaitable[T]]) -> T:
        """Await the work in a task of its own, so that it can be left behind.

        What does not even listen when it is told to end is abandoned: it may go on in its task, and
        nobody waits for it.
        """
        task = asyncio.create_task(_contain(place, work))
        try:
            await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task}, timeout=_GRACE_SECONDS)
            raise
        if task.done():
            if task.cancelled():
                raise Ended("cancelled itself")
            return task.result()
        task.cancel()
        await asyncio.wait({task}, timeout=_GRACE_SECONDS)
        if not task.done():
            self._abandon(place, task)
        elif not task.cancelled():
            # Asked for, so that nobody complains that it was not; it came too late.
            task.exception()
        raise TookTooLong(f"took longer than {seconds:g} s")

    def _abandon(self, place: Place, task: asyncio.Task[Any]) -> None:
        _log.error("plugin_ignores_its_end", plugin=place.plugin, place=place.name)
        self._ignoring.add(task)
        task.add_done_callback(self._ignoring.discard)

    def _call(self, place: Place, kind: str, given: Any, wanted: Any) -> Callable[..., Any]:
        async def call(*values: Any, **named: Any) -> Any:
            key = getattr(values[0], "stream", None) if kind == "subscriber" else None
            return await self.run(
                place, kind, lambda: given(*values, **named), wanted=wanted, key=key
            )

        return call

    def _items(self, place: Place, kind: str, given: Any, wanted: Any) -> Callable[..., Any]:
        async def items(*values: Any, **named: Any) -> AsyncIterator[Any]:
            found: AsyncIterator[Any] | None = None

            async def step() -> Any:
                nonlocal found
                found = found or aiter(given(*values, **named))
                item = await anext(found, _END)
                if item is not _END:
                    _check_result(item, wanted)
                return item

            while (item := await self.run(place, kind, step)) is not _END:
                yield item

        return items


def _check_result(found: object, wanted: Any) -> None:
    if not fits(found, wanted):
        raise WrongResult(f"returned {type(found).__name__}")


def name_place(contribution: object, field: str) -> str:
    """Return the name of a callable in a contribution: ``widget newest``."""
    kind = KINDS.get((type(contribution), field), f"{type(contribution).__name__}.{field}")
    return f"{kind} {getattr(contribution, 'name', '')}".strip()


async def _contain(place: Place, work: Callable[[], Awaitable[T]]) -> T:
    async def step() -> T:
        made = work()
        if not isinstance(made, Awaitable):
            raise WrongResult(f"returned {type(made).__name__}, which cannot be awaited")
        return await made

    try:
        return await show_while_running(place.label, step())
    except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        # The loop would pass these on and end the process.
        raise Ended(f"raised {type(error).__name__}") from error
