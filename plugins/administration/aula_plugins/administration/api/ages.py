"""Age limits of municipalities and institutions."""

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import PlacePath
from aula_plugins.administration.service import ages
from aula_sdk.age_limits import DECIDE_AGES
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE = needs(DECIDE_AGES)


class AgesApi(Controller):
    """``/api/v1/administration/ages``."""

    path = "/ages"
    tags = ("Administration",)

    @get("/{place_id:str}", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def read_ages(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
    ) -> schemas.Ages:
        """Read the age limits at a place, and what each rests on."""
        return await ages.read_ages(read, platform, actor, place_id)

    @put(
        "/{place_id:str}",
        opt=DECIDE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        data: JSONBody[schemas.AgesToDecide],
    ) -> None:
        """Decide both age limits at a place; they hold from the next request on."""
        await ages.decide(write, platform, actor, place_id, data)
