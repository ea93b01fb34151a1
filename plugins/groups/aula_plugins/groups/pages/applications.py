"""Applications that wait for the reader."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import ApplicationPath
from aula_plugins.groups.ids import APPLICATION
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.service import joining
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Invalid
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

DECIDE = needs("groups.decide")


class ApplicationPages(Controller):
    """``/groups/applications``."""

    path = "/applications"

    @get("/", opt=DECIDE)
    async def show_applications(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show who asks to join which group, the oldest first."""
        return await _page(actor, read, platform, shell)

    @post("/{application_id:str}", opt=DECIDE)
    async def decide(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        application_id: ApplicationPath,
    ) -> Response[Any]:
        """Accept or reject."""
        accept = forms.text(await request.form(), "decision") == "accept"
        key = APPLICATION.parse(application_id)
        try:
            async with platform.write(actor) as write:
                await joining.decide(write, platform, actor, key, accept=accept)
        except (Invalid, Conflict) as problem:
            return await _page(actor, read, platform, shell, forms.errors_of(problem, "list"))
        toast = _("Is a member of the group now") if accept else _("The application was rejected")
        return shell.see_other("/groups/applications", toast=toast)


async def _page(
    actor: Actor,
    read: ReadUnit,
    platform: Platform,
    shell: Shell,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    found = await joining.list_waiting(read, platform, actor)
    context = {"applications": found, "errors": errors or {}, "say": wording}
    title = _("Applications to groups")
    status = 422 if errors else 200
    return await shell.page("groups/applications.html", context, title=title, status_code=status)
