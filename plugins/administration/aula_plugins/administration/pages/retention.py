"""Sletteregler: how long things are kept, what is exempt, and runs, of one municipality."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import (
    FreezePath,
    MunicipalityPath,
    RunPath,
    SubjectPath,
)
from aula_plugins.administration.pages import retention_wording
from aula_plugins.administration.pages.forms import AnyRequest, Typed, errors_of, read_fields
from aula_plugins.administration.schemas import retention as schemas
from aula_plugins.administration.service import retention
from aula_plugins.administration.service.places import item_of
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, FieldError, Invalid, NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit
from aula_sdk.retention import DECIDE_RETENTION, LEAST_NOTICE, MOST_NOTICE, RunState

SEE = needs(DECIDE_RETENTION)
DECIDE = needs(DECIDE_RETENTION, step_up=True)
_HERE = "/administration/retention"
_ID = re.compile(r"\b[a-z]{3}_[0-9a-f]{32}\b")
_ZONE = ZoneInfo("Europe/Copenhagen")
_NOTICE = 30


class RetentionPages(Controller):
    """``/administration/retention``."""

    path = "/retention"

    @get("/", opt=SEE)
    async def show_places(
        self,
        actor: NamedDependency[Actor],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the municipalities in which one decides; of one municipality go there at once."""
        places = [item_of(place) for place in retention.list_places(platform, actor)]
        if len(places) == 1:
            return shell.see_other(f"{_HERE}/{places[0].id}")
        title = _("Deletion rules")
        return await shell.page(
            "administration/retention_places.html", {"places": places}, title=title
        )

    @get("/{municipality_id:str}", opt=SEE)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        municipality_id: MunicipalityPath,
    ) -> Response[Any]:
        """Show runs, what is exempt, and how long everything is kept."""
        return await _page(read, platform, actor, shell, municipality_id, Typed())

    @post("/{municipality_id:str}/runs", opt=DECIDE)
    async def plan(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        municipality_id: MunicipalityPath,
    ) -> Response[Any]:
        """Plan a run."""
        made = await retention.plan(write, platform, actor, municipality_id)
        toast = _("It is being counted. Nothing is deleted by that.")
        return shell.see_other(f"{_HERE}/runs/{made.id}", toast=toast)

    @post("/{municipality_id:str}/freezes", opt=DECIDE)
    async def freeze(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        municipality_id: MunicipalityPath,
    ) -> Response[Any]:
        """Exempt something from deletion, by its address or id."""
        typed = await read_fields(request, ("target", "reason", "until"))

        async def keep() -> None:
            found = _ID.search(typed["target"])
            wanted = schemas.ThingToFreeze(
                found[0] if found else "", typed["reason"], _morning_after(typed["until"])
            )
            async with platform.write(actor) as write:
                await retention.freeze(write, platform, actor, municipality_id, wanted)

        wrong = await _kept(keep, typed, "target")
        if wrong is not None:
            return await _page(read, platform, actor, shell, municipality_id, wrong)
        toast = _("It is exempt from deletion now")
        return shell.see_other(f"{_HERE}/{municipality_id}#freezes", toast=toast)

    @get("/{municipality_id:str}/policies/{subject:str}", opt=SEE)
    async def show_policy(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        municipality_id: MunicipalityPath,
        subject: SubjectPath,
    ) -> Response[Any]:
        """Show how long one kind of thing is kept, with a form to change it."""
        return await _policy_page(read, platform, actor, shell, municipality_id, subject, Typed())

    @post("/{municipality_id:str}/policies/{subject:str}", opt=DECIDE)
    async def decide(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        municipality_id: MunicipalityPath,
        subject: SubjectPath,
    ) -> Response[Any]:
        """Decide how long it is kept; without a number as from the start."""
        typed = await read_fields(request, ("months", "back"))

        async def keep() -> None:
            months = None if typed["back"] else _number(typed["months"], "months")
            async with platform.write(actor) as write:
                await retention.decide(write, platform, actor, municipality_id, subject, months)

        wrong = await _kept(keep, typed, "months")
        if wrong is not None:
            found = read, platform, actor, shell, municipality_id, subject, wrong
            return await _policy_page(*found)
        toast = _("It holds from now on, also for what is announced already")
        return shell.see_other(f"{_HERE}/{municipality_id}#policies", toast=toast)


class RetentionRunPages(Controller):
    """``/administration/retention/runs`` and ``…/freezes``."""

    path = "/retention"

    @get("/runs/{run_id:str}", opt=SEE)
    async def show_run(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        run_id: RunPath,
    ) -> Response[Any]:
        """Show what a run would delete, or has deleted, and what can be done with it."""
        return await _run_page(read, platform, actor, shell, run_id, Typed())

    @post("/runs/{run_id:str}/announce", opt=DECIDE)
    async def announce(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        run_id: RunPath,
    ) -> Response[Any]:
        """Tell those whose things go."""
        typed = await read_fields(request, ("days",))

        async def keep() -> None:
            days = _number(typed["days"], "days")
            async with platform.write(actor) as write:
                await retention.announce(write, platform, actor, run_id, days)

        wrong = await _kept(keep, typed, "days")
        if wrong is not None:
            return await _run_page(read, platform, actor, shell, run_id, wrong)
        toast = _("Those whose things go are told now")
        return shell.see_other(f"{_HERE}/runs/{run_id}", toast=toast)

    @post("/runs/{run_id:str}/cancel", opt=DECIDE)
    async def cancel(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        run_id: RunPath,
    ) -> Response[Any]:
        """Call a run off."""
        await retention.cancel(write, platform, actor, run_id)
        return shell.see_other(f"{_HERE}/runs/{run_id}", toast=_("The deletion is called off"))

    @post("/freezes/{freeze_id:str}/lift", opt=DECIDE)
    async def lift(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        freeze_id: FreezePath,
    ) -> Response[Any]:
        """Let something be deleted again."""
        await retention.lift(write, platform, actor, freeze_id)
        toast = _("It can be deleted again when its time is over")
        return shell.see_other(_HERE, toast=toast)


async def _page(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, key: str, typed: Typed
) -> Response[Any]:
    policies = await retention.list_policies(read, platform, actor, key)
    runs = (await retention.list_runs(read, platform, actor, key)).items
    context = {
        "place": policies.place,
        "policies": policies.items,
        "freezes": (await retention.list_freezes(read, platform, actor, key)).items,
        "runs": runs,
        "has_open": any(retention_wording.is_open(one) for one in runs),
        "typed": typed,
        "errors": typed.errors,
        "say": retention_wording,
    }
    return await shell.page(
        "administration/retention.html",
        context,
        title=_("Deletion rules"),
        status_code=422 if typed.errors else 200,
    )


async def _policy_page(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    shell: Shell,
    key: str,
    subject: str,
    typed: Typed,
) -> Response[Any]:
    policies = await retention.list_policies(read, platform, actor, key)
    found = next((one for one in policies.items if one.subject == subject), None)
    if found is None:
        raise NotFound
    context = {
        "place": policies.place,
        "policy": found,
        "typed": typed,
        "errors": typed.errors,
        "say": retention_wording,
    }
    status = 422 if typed.errors else 200
    return await shell.page(
        "administration/retention_policy.html", context, title=found.title, status_code=status
    )


async def _run_page(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, key: str, typed: Typed
) -> Response[Any]:
    view = await retention.open_run(read, platform, actor, key)
    kinds = retention_wording.by_kind(view.counts)
    context = {
        "run": view.run,
        "kinds": kinds,
        "found": sum(one.found for one in kinds),
        "can_announce": view.run.state == RunState.PREVIEWED and any(one.found for one in kinds),
        "is_open": retention_wording.is_open(view.run),
        "least": LEAST_NOTICE,
        "most": MOST_NOTICE,
        "notice": _NOTICE,
        "typed": typed,
        "errors": typed.errors,
        "say": retention_wording,
    }
    status = 422 if typed.errors else 200
    return await shell.page(
        "administration/retention_run.html", context, title=_("Deletion"), status_code=status
    )


async def _kept(keep: Callable[[], Awaitable[None]], values: Any, field: str) -> Typed | None:
    """Keep what was typed; return it with what is wrong where it cannot be."""
    try:
        await keep()
    except (Invalid, Conflict) as problem:
        return Typed(values, errors_of(problem, field))
    return None


def _number(value: str, field: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= len("9999")):
        raise Invalid(fields=(FieldError(field, str(_("Write a whole number"))),))
    return int(value)


def _morning_after(value: str) -> datetime | None:
    """Return when a freeze ends of which somebody typed the last day; None where none was."""
    if not value:
        return None
    try:
        last = date.fromisoformat(value)
        return datetime.combine(last + timedelta(days=1), time(), _ZONE).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(fields=(FieldError("until", str(_("This is not a date"))),)) from error
