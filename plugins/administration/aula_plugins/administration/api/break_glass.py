"""Reading beyond one's rights: asked for, decided by a second person, ended, reviewed.

Whoever may open the administration comes to the list; which of it they see, and what they may end,
the desk says, since asking, deciding and reviewing are three rights.
"""

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration.api.declarations import After, GlassPath, ProfilePath
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.schemas import support as schemas
from aula_plugins.administration.service import break_glass
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.support import (
    APPROVE_GLASS,
    BREAK_GLASS,
    DecidedAlready,
    GlassWish,
    WishLapsed,
)


class BreakGlassApi(Controller):
    """``/api/v1/administration/break-glass``."""

    path = "/break-glass"
    tags = ("Administration",)

    @get(opt=needs(OPEN), responses=problems(WrongCursor))
    async def list_glasses(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        after: After = None,
    ) -> schemas.GlassList:
        """List who has asked to read whose data, why, and what became of it, the latest first."""
        return await break_glass.list_glasses(read, platform, actor, Cursor.parse(after))

    @post(
        "/people/{profile_id:str}",
        opt=needs(BREAK_GLASS, step_up=True),
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def ask(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.GlassToAsk],
    ) -> schemas.GlassAsked:
        """Ask to read what a person reads in one part of the site; a second person decides."""
        wish = GlassWish(data.area, data.reason, data.hours)
        return schemas.GlassAsked(await break_glass.ask(write, platform, actor, profile_id, wish))

    @put(
        "/{glass_id:str}/decision",
        opt=needs(APPROVE_GLASS, step_up=True),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, DecidedAlready, WishLapsed),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        glass_id: GlassPath,
        data: JSONBody[schemas.GlassToDecide],
    ) -> None:
        """Approve or refuse what somebody else has asked for; approved, it begins at once."""
        await break_glass.decide(write, platform, actor, glass_id, approved=data.approved)

    @post(
        "/{glass_id:str}/end",
        opt=needs(OPEN),
        status_code=204,
        responses=problems(WrongIdKind, NotFound),
    )
    async def end(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        glass_id: GlassPath,
    ) -> None:
        """End an access before its time: what is read by it is closed at the next request.

        Of what one has asked for oneself and nobody has decided: take it back.
        """
        await break_glass.end(write, platform, actor, glass_id)
