"""Applications that wait for the reader."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.api.declarations import ApplicationPath
from aula_plugins.groups.errors import AlreadyDecided, GroupEnded
from aula_plugins.groups.ids import APPLICATION
from aula_plugins.groups.service import joining
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE = needs("groups.decide")


class ApplicationsApi(Controller):
    """``/api/v1/groups/applications``."""

    path = "/applications"
    tags = ("Groups",)

    @get(opt=DECIDE, responses=problems())
    async def list_applications(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.Applications:
        """List the applications that wait, the oldest first, at most fifty."""
        found = await joining.list_waiting(read, platform, actor)
        return schemas.Applications([schemas.Application.of(row) for row in found])

    @post(
        "/{application_id:str}/decision",
        opt=DECIDE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, AlreadyDecided, GroupEnded, Invalid),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        application_id: ApplicationPath,
        data: JSONBody[schemas.Decision],
    ) -> None:
        """Accept or reject."""
        key = APPLICATION.parse(application_id)
        await joining.decide(write, platform, actor, key, accept=data.accept)
