"""Reviewing support, and logging somebody out everywhere."""

from litestar import Controller, get, post
from litestar.di import NamedDependency

from aula_plugins.administration.api.declarations import After, ProfilePath
from aula_plugins.administration.schemas import support as schemas
from aula_plugins.administration.service import support
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.support import END_SESSIONS, READ_SUPPORT


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

    @post(
        "/people/{profile_id:str}/log-out",
        opt=needs(END_SESSIONS, step_up=True),
        status_code=200,
        responses=problems(WrongIdKind, NotFound),
    )
    async def log_out(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
    ) -> schemas.LoggedOut:
        """Log somebody who belongs there now out everywhere and take their access keys away, at
        once; they are told where they see their devices.
        """
        return await support.end_sessions(write, platform, actor, profile_id)
