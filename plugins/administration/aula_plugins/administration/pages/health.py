"""How the installation is, and letting parked deliveries go on."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.pages.forms import AnyRequest, read_parked
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import health
from aula_sdk.contributions import needs
from aula_sdk.health import STREAM
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

ENTER = needs(OPEN)
_HERE = "/administration/health"


class HealthPages(Controller):
    """``/administration/health``."""

    path = "/health"

    @get("/", opt=ENTER)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show what is wrong now and what to do, then what has been."""
        found = await health.look(read, platform, actor)
        context = {
            "view": found,
            "now": [one for one in found.troubles if not one.is_past],
            "past": [one for one in found.troubles if one.is_past],
        }
        return await shell.page("administration/health.html", context, title=_("Is all well?"))

    @post("/replay", opt=ENTER)
    async def replay(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Let parked deliveries go on."""
        meant = await read_parked(request)
        stream = STREAM.parse(meant.stream)
        await health.replay(write, platform, actor, meant.subscriber, stream)
        toast = _("They are delivered now. What fails again comes back to this list.")
        return shell.see_other(_HERE, toast=toast)

    @post("/skip", opt=ENTER)
    async def skip(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Give up the delivery on which they stopped."""
        meant = await read_parked(request)
        stream = STREAM.parse(meant.stream)
        await health.skip(write, platform, actor, meant.subscriber, stream)
        return shell.see_other(_HERE, toast=_("It was left out, and the others are delivered now."))
