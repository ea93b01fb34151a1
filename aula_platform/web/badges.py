"""The number on a place in the navigation by itself, for when its topic has changed."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from aula_platform.web.authentication import platform_of
from aula_platform.web.navigation import items_for, place_of
from aula_platform.web.overview import USE
from aula_platform.web.shell import WebShell
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit


@get("/badges/{plugin:str}/{name:str}", opt=needs(USE), include_in_schema=False)
async def show_badge(
    request: Request[Any, Any, Any],
    plugin: FromPath[str],
    name: FromPath[str],
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    shell: NamedDependency[WebShell],
) -> Response[Any]:
    """Show how much waits at a place that the actor may go to."""
    state = request.app.state
    for owner, item in items_for(state.host, actor):
        if (owner, item.name) == (plugin, name):
            place = await place_of(owner, item, actor, read, platform_of(request))
            return await shell.part("aula/badge.html", {"item": place})
    raise NotFound
