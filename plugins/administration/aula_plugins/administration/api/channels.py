"""Communication channels between kinds of people."""

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import PlacePath
from aula_plugins.administration.service import channels
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import GRANT
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE = needs(GRANT)


class ChannelsApi(Controller):
    """``/api/v1/administration/rights/…/channels``."""

    path = "/rights/{place_id:str}/channels"
    tags = ("Administration",)

    @get("/", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def list_channels(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
    ) -> schemas.Channels:
        """List which kinds of people can write to which at a place."""
        return await channels.list_channels(read, platform, actor, place_id)

    @put("/", opt=DECIDE, status_code=204, responses=problems(WrongIdKind, NotFound, Invalid))
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        data: JSONBody[schemas.ChannelToDecide],
    ) -> None:
        """Close a channel at a place, or open it again; it holds from the next message on."""
        await channels.decide(write, platform, actor, place_id, [data])
