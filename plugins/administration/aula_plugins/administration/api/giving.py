"""What one person has been given, giving and taking back."""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import GivenPath, ProfilePath
from aula_plugins.administration.service import giving
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.grants import GRANT, NotYoursToGive, RightLocked, RoleFromLogin, RoleGiven
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE = needs(GRANT)


class GivingApi(Controller):
    """``/api/v1/administration/rights/people/pro_…``."""

    path = "/rights"
    tags = ("Administration",)

    @get("/people/{profile_id:str}/given", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def show_given(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
    ) -> schemas.Given:
        """Show which roles and rights a person has been given."""
        return await giving.open_person(read, platform, actor, profile_id)

    @post(
        "/people/{profile_id:str}/roles/preview",
        opt=DECIDE,
        status_code=200,
        responses=problems(WrongIdKind, NotFound, Invalid, NotYoursToGive),
    )
    async def preview_role(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.RoleToPreview],
    ) -> schemas.Preview:
        """Show what a person would have by a role; nothing is changed."""
        return await giving.preview_role(read, platform, actor, profile_id, data)

    @post(
        "/people/{profile_id:str}/roles",
        opt=DECIDE,
        responses=problems(WrongIdKind, NotFound, Invalid, NotYoursToGive, RoleGiven),
    )
    async def give_role(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.RoleToGive],
    ) -> schemas.GivenMade:
        """Give a person a role, for a period and as a deputy where that is said."""
        return schemas.GivenMade(await giving.give_role(write, platform, actor, profile_id, data))

    @post(
        "/people/{profile_id:str}/rights",
        opt=DECIDE,
        responses=problems(WrongIdKind, NotFound, Invalid, NotYoursToGive, RightLocked),
    )
    async def give_right(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.RightForPerson],
    ) -> schemas.GivenMade:
        """Decide a right for one person, in the stead of what was decided for them before."""
        return schemas.GivenMade(await giving.give_right(write, platform, actor, profile_id, data))

    @delete(
        "/given/{given_id:str}",
        opt=DECIDE,
        responses=problems(WrongIdKind, NotFound, NotYoursToGive, RoleFromLogin),
    )
    async def take_back(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        given_id: GivenPath,
    ) -> None:
        """End a role that somebody was given, or forget what was decided for them alone."""
        await giving.take_back(write, platform, actor, given_id)
