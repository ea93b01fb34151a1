"""Reviewing support."""

from litestar import Controller, get
from litestar.di import NamedDependency

from aula_plugins.administration.api.declarations import After
from aula_plugins.administration.schemas import support as schemas
from aula_plugins.administration.service import support
from aula_sdk.contributions import needs
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.support import READ_SUPPORT


class SupportApi(Controller):
    """``/api/v1/administration/support``."""

    path = "/support"
    tags = ("Administration",)

    @get(opt=needs(READ_SUPPORT), responses=problems(WrongCursor))
    async def list_impersonations(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        after: After = None,
    ) -> schemas.SupportList:
        """List who has seen the site as whom, and why, the latest first."""
        return await support.list_impersonations(read, platform, actor, Cursor.parse(after))
