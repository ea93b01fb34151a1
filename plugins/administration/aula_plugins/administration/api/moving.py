"""What happens when somebody moves or stops, and handing over."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import ProfilePath
from aula_plugins.administration.service import moving
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import GRANT, NotYoursToGive, RightLocked, RoleFromLogin
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE = needs(GRANT)


class MovingApi(Controller):
    """``/api/v1/administration/rights/people/pro_…``."""

    path = "/rights/people/{profile_id:str}"
    tags = ("Administration",)

    @get("/moving", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def show_moving(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
    ) -> schemas.MovingView:
        """Show which changes can be looked at beforehand, and what can be handed over to whom."""
        return await moving.open_moving(read, platform, actor, profile_id)

    @post(
        "/moving/preview",
        opt=DECIDE,
        status_code=200,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def preview_change(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.ChangeToPreview],
    ) -> schemas.ConsequencesView:
        """Show what a change of belonging would do; nothing is changed."""
        return await moving.preview_change(read, platform, actor, profile_id, data)

    @post(
        "/hand-over/preview",
        opt=DECIDE,
        status_code=200,
        responses=problems(
            WrongIdKind, NotFound, Invalid, NotYoursToGive, RightLocked, RoleFromLogin
        ),
    )
    async def preview_hand_over(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.HandOverToPreview],
    ) -> schemas.HandOverView:
        """Show what a successor would have by it; nothing is changed."""
        return await moving.preview_hand_over(read, platform, actor, profile_id, data)

    @post(
        "/hand-over",
        opt=DECIDE,
        status_code=204,
        responses=problems(
            WrongIdKind, NotFound, Invalid, NotYoursToGive, RightLocked, RoleFromLogin
        ),
    )
    async def hand_over(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.HandOverToDo],
    ) -> None:
        """End what somebody has been given, and give it to a successor."""
        await moving.hand_over(write, platform, actor, profile_id, data)
