"""Aldersgrænser: from which age pupils consent themselves, and get to what is sensitive."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import PlacePath
from aula_plugins.administration.pages import ages_wording
from aula_plugins.administration.pages.forms import (
    AnyRequest,
    Typed,
    ages_to_decide,
    errors_of,
    read_fields,
)
from aula_plugins.administration.service import ages
from aula_sdk.age_limits import DECIDE_AGES
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

DECIDE = needs(DECIDE_AGES)
_HERE = "/administration/ages"


class AgePages(Controller):
    """``/administration/ages``."""

    path = "/ages"

    @get("/", opt=DECIDE)
    async def show_places(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show where one decides; who has one place only goes there at once."""
        places = await ages.list_places(read, platform, actor)
        if len(places) == 1:
            return shell.see_other(f"{_HERE}/{places[0].id}")
        title = _("Age limits")
        return await shell.page("administration/age_places.html", {"places": places}, title=title)

    @get("/{place_id:str}", opt=DECIDE)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Show both age limits, and what each rests on."""
        return await _page(read, platform, actor, shell, place_id, Typed())

    @post("/{place_id:str}", opt=DECIDE)
    async def decide(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Keep both age limits."""
        sent = await read_fields(request, ("consent", "secure_area"))
        try:
            wanted = ages_to_decide(sent)
            async with platform.write(actor) as write:
                await ages.decide(write, platform, actor, place_id, wanted)
        except Invalid as problem:
            typed = Typed(sent, errors_of(problem, "consent"))
            return await _page(read, platform, actor, shell, place_id, typed)
        toast = _("The age limits hold from now on")
        return shell.see_other(f"{_HERE}/{place_id}", toast=toast)


async def _page(
    read: ReadUnit, platform: Platform, actor: Actor, shell: Shell, place_id: str, typed: Typed
) -> Response[Any]:
    found = await ages.read_ages(read, platform, actor, place_id)
    return await shell.page(
        "administration/ages.html",
        {"found": found, "typed": typed, "say": ages_wording},
        title=_("Age limits"),
        status_code=422 if typed.errors else 200,
    )
