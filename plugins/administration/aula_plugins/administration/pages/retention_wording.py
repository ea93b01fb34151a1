"""How periods, freezes and runs are said to people."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from aula_plugins.administration import _, _n
from aula_plugins.administration.schemas.retention import CountItem, PolicyItem, RunItem
from aula_sdk.i18n import Text
from aula_sdk.retention import FreezeKind, RunState

RUN_STATES: dict[RunState, Text] = {
    RunState.PLANNED: _("Is being counted"),
    RunState.PREVIEWED: _("Counted, not announced"),
    RunState.ANNOUNCED: _("Announced"),
    RunState.EXECUTING: _("Being deleted"),
    RunState.DONE: _("Carried out"),
    RunState.CANCELLED: _("Called off"),
}
RUN_KINDS: dict[RunState, str] = {
    RunState.ANNOUNCED: "warning",
    RunState.EXECUTING: "warning",
    RunState.DONE: "success",
}
FREEZE_KINDS: dict[FreezeKind, Text] = {
    FreezeKind.MUNICIPALITY: _("The whole municipality"),
    FreezeKind.INSTITUTION: _("Institution"),
    FreezeKind.GROUP: _("Group"),
    FreezeKind.PERSON: _("Person"),
    FreezeKind.THING: _("A single thing"),
}
OPEN = (RunState.PLANNED, RunState.PREVIEWED, RunState.ANNOUNCED, RunState.EXECUTING)
_YEAR = 12


class KindCounts(NamedTuple):
    """What a run has found, and done, of one kind of thing."""

    title: str
    places: list[CountItem]
    found: int
    frozen: int
    deleted: int
    preserved: int
    spared: int
    failed: int


def period(months: int) -> str:
    """Return a time in words: in whole years where it is."""
    if months % _YEAR == 0:
        years = months // _YEAR
        return str(_n("%(count)s year", "%(count)s years", years) % {"count": years})
    return str(_n("%(count)s month", "%(count)s months", months) % {"count": months})


def rule(item: PolicyItem) -> str:
    """Return how long something is kept: "5 years after the last message"."""
    return f"{period(item.months)} {item.counts_from}"


def by_kind(counts: Sequence[CountItem]) -> list[KindCounts]:
    """Return the counts by kind of thing, with their sums."""
    found = []
    for title, group in groupby(counts, key=lambda one: one.title):
        places = list(group)
        sums = [
            sum(getattr(one, name) for one in places)
            for name in ("found", "frozen", "deleted", "preserved", "spared", "failed")
        ]
        found.append(KindCounts(title, places, *sums))
    return found


def steps(run: RunItem) -> list[tuple[Text, datetime]]:
    """Return what has happened with a run, or will, with its moment."""
    found = (
        (_("Planned"), run.planned_at),
        (_("Counted"), run.previewed_at),
        (_("Announced"), run.announced_at),
        (_("Deleted from"), run.deletes_from),
        (_("Begun"), run.began_at),
        (_("Over"), run.finished_at),
    )
    return [(label, at) for label, at in found if at is not None]


def is_open(run: RunItem) -> bool:
    """Whether it is not over."""
    return run.state in OPEN
