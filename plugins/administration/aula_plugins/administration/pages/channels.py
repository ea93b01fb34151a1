"""Who can write to whom at a place."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import PlacePath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.pages.forms import AnyRequest, read_channels
from aula_plugins.administration.service import channels
from aula_sdk.contributions import needs
from aula_sdk.grants import GRANT
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

DECIDE = needs(GRANT)


class ChannelPages(Controller):
    """``/administration/channels/…``."""

    path = "/channels/{place_id:str}"

    @get("/", opt=DECIDE)
    async def show_channels(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Show each kind of person with those they can write to."""
        found = await channels.list_channels(read, platform, actor, place_id)
        context = {"found": found, "say": wording}
        title = _("Who can write to whom")
        return await shell.page("administration/channels.html", context, title=title)

    @post("/", opt=DECIDE)
    async def decide(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Close what was unticked and open what was ticked."""
        await channels.list_channels(write, platform, actor, place_id)
        wanted = await read_channels(request)
        await channels.decide(write, platform, actor, place_id, wanted)
        toast = _("It holds from the next message on") if wanted else _("Nothing was changed")
        return shell.see_other(f"/administration/channels/{place_id}", toast=toast)
