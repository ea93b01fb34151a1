"""How the installation is, and what needs somebody now."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import attention, health
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.health import STREAM
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

ENTER = needs(OPEN)


class HealthApi(Controller):
    """``/api/v1/administration/health`` and ``…/attention``."""

    path = "/"
    tags = ("Administration",)

    @get("/attention", opt=ENTER, responses=problems())
    async def read_attention(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.Attention:
        """List what needs somebody now, as far as one may know."""
        return await attention.what_needs_somebody(read, platform, actor)

    @get("/health", opt=ENTER, responses=problems())
    async def read_health(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.HealthView:
        """Read how the installation is, and what is parked of one's municipalities."""
        return await health.look(read, platform, actor)

    @post(
        "/health/parked/replay",
        opt=ENTER,
        status_code=204,
        responses=problems(WrongIdKind, NotFound),
    )
    async def replay(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.ParkedToRelease],
    ) -> None:
        """Let parked deliveries go on, beginning with the one on which they stopped."""
        stream = STREAM.parse(data.stream)
        await health.replay(write, platform, actor, data.subscriber, stream)

    @post(
        "/health/parked/skip",
        opt=ENTER,
        status_code=204,
        responses=problems(WrongIdKind, NotFound),
    )
    async def skip(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.ParkedToRelease],
    ) -> None:
        """Give up the delivery on which they stopped, for good, and let the others go on."""
        stream = STREAM.parse(data.stream)
        await health.skip(write, platform, actor, data.subscriber, stream)
