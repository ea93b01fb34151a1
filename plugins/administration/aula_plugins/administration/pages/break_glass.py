"""Reading beyond one's rights: asking, deciding, ending, and reviewing."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _, _n
from aula_plugins.administration.api.declarations import After, GlassPath, ProfilePath
from aula_plugins.administration.pages.forms import (
    AnyRequest,
    Typed,
    errors_of,
    read_fields,
    read_word,
)
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import break_glass
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.ids import PROFILE
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit
from aula_sdk.support import APPROVE_GLASS, BREAK_GLASS, GlassWish

ADDRESS = "/administration/break-glass"
_PERIODS = (1, 2, 4, 8, 12)
"""Hours that are offered, as far as the setting allows."""
_FIELDS = ("area", "reason", "hours")


class BreakGlassPages(Controller):
    """``/administration/break-glass``."""

    path = "/break-glass"

    @get("/", opt=needs(OPEN))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show what was asked for, with what the reader can do about it."""
        found = await break_glass.list_glasses(read, platform, actor, Cursor.parse(after))
        context = {"found": found.items, "next": found.next, "say_hours": _say_hours}
        title = _("Special access")
        return await shell.page("administration/break_glass.html", context, title=title)

    @get("/people/{profile_id:str}", opt=needs(BREAK_GLASS, step_up=True))
    async def show_form(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Say what it means, and ask what is to be read, why, and for how long."""
        return await _form(read, platform, actor, shell, profile_id, Typed())

    @post("/people/{profile_id:str}", opt=needs(BREAK_GLASS, step_up=True))
    async def ask(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Ask; a second person decides."""
        typed = await read_fields(request, _FIELDS)
        offered = {str(one): one for one in _hours(platform)}
        # What was not offered is no period at all.
        wish = GlassWish(typed["area"], typed["reason"], offered.get(typed["hours"], 0))
        try:
            async with platform.write(actor) as write:
                await break_glass.ask(write, platform, actor, profile_id, wish)
        except Invalid as problem:
            errors = errors_of(problem, "reason")
            return await _form(read, platform, actor, shell, profile_id, Typed(typed, errors))
        return shell.see_other(ADDRESS, toast=_("Now a second person has to approve it"))

    @post("/{glass_id:str}/decision", opt=needs(APPROVE_GLASS, step_up=True), status_code=303)
    async def decide(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        glass_id: GlassPath,
    ) -> Response[Any]:
        """Approve or refuse what somebody else has asked for."""
        approved = await read_word(request, "decision") == "approve"
        await break_glass.decide(write, platform, actor, glass_id, approved=approved)
        toast = _("Approved: the access has begun") if approved else _("Refused")
        return shell.see_other(ADDRESS, toast=toast)

    @post("/{glass_id:str}/end", opt=needs(OPEN), status_code=303)
    async def end(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        glass_id: GlassPath,
    ) -> Response[Any]:
        """End an access before its time, or take back what nobody has decided about."""
        await break_glass.end(write, platform, actor, glass_id)
        return shell.see_other(ADDRESS, toast=_("It has ended"))


def _hours(platform: Platform) -> list[int]:
    longest = platform.support.most_hours
    return [*(one for one in _PERIODS if one < longest), longest]


def _say_hours(hours: int) -> str:
    return str(_n("%(count)s hour", "%(count)s hours", hours))


async def _form(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, profile_id: str, typed: Typed
) -> Response[Any]:
    name = await platform.support.name_of(read, actor, PROFILE.parse(profile_id))
    areas = platform.support.areas
    context = {
        "name": name,
        "profile": profile_id,
        "typed": typed,
        "areas": [{"value": one, "label": break_glass.title_of(platform, one)} for one in areas],
        "hours": [{"value": str(one), "label": _say_hours(one)} for one in _hours(platform)],
    }
    status = 422 if typed.errors else 200
    title = _("Ask for special access")
    return await shell.page("administration/ask.html", context, title=title, status_code=status)
