"""Roles, what they hold, and why somebody may do something."""

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import PlacePath, ProfilePath, RolePath
from aula_plugins.administration.service import rights
from aula_sdk.contributions import needs
from aula_sdk.errors import Forbidden, Invalid, NotFound
from aula_sdk.grants import EXPLAIN, GRANT, NotYoursToGive, RightLocked
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

DECIDE, ASK = needs(GRANT), needs(EXPLAIN)


class RightsApi(Controller):
    """``/api/v1/administration/rights``."""

    path = "/rights"
    tags = ("Administration",)

    @get("/{place_id:str}/roles", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def list_roles(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
    ) -> schemas.Roles:
        """List the roles at a place, and who has been given one."""
        return await rights.list_roles(read, platform, actor, place_id)

    @post("/{place_id:str}/roles", opt=DECIDE, responses=problems(WrongIdKind, NotFound, Invalid))
    async def make_role(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        data: JSONBody[schemas.RoleToMake],
    ) -> schemas.RoleMade:
        """Make a role without rights."""
        key = await rights.make_role(write, platform, actor, place_id, data.name)
        return schemas.RoleMade(key)

    @get("/{place_id:str}/roles/{role:str}", opt=DECIDE, responses=problems(WrongIdKind, NotFound))
    async def show_role(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        role: RolePath,
    ) -> schemas.RoleView:
        """Show a role with every right: what holds, who decided it, and what can be changed."""
        return await rights.open_role(read, platform, actor, place_id, role)

    @delete(
        "/{place_id:str}/roles/{role:str}",
        opt=DECIDE,
        responses=problems(WrongIdKind, NotFound, Forbidden),
    )
    async def drop_role(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        role: RolePath,
    ) -> None:
        """Remove a role that was made at this place, from everybody who has it."""
        await rights.drop_role(write, platform, actor, place_id, role)

    @put(
        "/{place_id:str}/roles/{role:str}/right",
        opt=DECIDE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid, NotYoursToGive, RightLocked),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        role: RolePath,
        data: JSONBody[schemas.RightToDecide],
    ) -> None:
        """Decide one right of a role; it holds from everybody's next request on."""
        wanted = {(data.action, data.relation): data.decided}
        await rights.decide(write, platform, actor, place_id, role, wanted)

    @get("/people/{profile_id:str}", opt=ASK, responses=problems(WrongIdKind, NotFound))
    async def explain(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
    ) -> schemas.PersonRights:
        """List what a person may do, each with the role and the levels that decided it."""
        return await rights.explain(read, platform, actor, profile_id)

    @post(
        "/people/{profile_id:str}/why",
        opt=ASK,
        status_code=200,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def explain_thing(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        profile_id: ProfilePath,
        data: JSONBody[schemas.ThingToExplain],
    ) -> schemas.Why:
        """Say why a person may or may not do this to a thing; the asking is audited."""
        return await rights.explain_thing(
            write, platform, actor, profile_id, data.action, data.thing
        )
