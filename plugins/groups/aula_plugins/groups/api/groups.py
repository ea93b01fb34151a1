"""Groups: list, find, make, read, change, end."""

from uuid import uuid4

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.api.declarations import (
    AfterGroup,
    GroupPath,
    Mine,
    ShownKind,
    group_after,
    profile_of,
)
from aula_plugins.groups.errors import GroupEnded
from aula_plugins.groups.ids import TEMPLATE
from aula_plugins.groups.service import making, reading
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import GROUP, WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

SEE = needs("groups.see")


class GroupsApi(Controller):
    """``/api/v1/groups``."""

    path = "/"
    tags = ("Groups",)

    @get(opt=SEE, responses=problems(WrongIdKind, Invalid))
    async def list_groups(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        mine: Mine = False,
        kind: ShownKind = None,
        after: AfterGroup = None,
    ) -> schemas.Groups:
        """List the groups that one may see, by name."""
        wanted = reading.Wanted(mine, kind)
        page = await reading.list_groups(read, platform, actor, wanted, group_after(after))
        return schemas.Groups.of(page)

    @post("/search", opt=SEE, status_code=200, responses=problems(Invalid))
    async def find_groups(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.Search],
    ) -> schemas.Groups:
        """Find groups by how their names begin."""
        wanted = reading.Wanted(words=data.words)
        return schemas.Groups.of(await reading.list_groups(read, platform, actor, wanted))

    @post(opt=needs("groups.create"), responses=problems(WrongIdKind, NotFound, Invalid))
    async def make_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.GroupToMake],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.GroupMade:
        """Make a group that one looks after, from a template or as one says."""
        new = making.NewGroup(
            data.name, data.set_up, data.across, data.ends_on, profile_of(data.maker)
        )
        key = idempotency_key or uuid4().hex
        if data.template:
            template = TEMPLATE.parse(data.template)
            made = await making.create_from_template(write, platform, actor, new, template, key=key)
        else:
            made = await making.create_group(write, platform, actor, new, key=key)
        left_out = [schemas.RightOfKind.of(one) for one in made.left_out]
        return schemas.GroupMade(GROUP.format(made.id), left_out)

    @get("/{group_id:str}", opt=SEE, responses=problems(WrongIdKind, NotFound))
    async def read_group(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
    ) -> schemas.Group:
        """Read a group: who looks after it, its members as far as they may be shown."""
        found = await reading.open_group(read, platform, actor, GROUP.parse(group_id))
        return schemas.Group.of(found)

    @put(
        "/{group_id:str}",
        opt=SEE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, GroupEnded, Invalid),
    )
    async def change_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.GroupToKeep],
    ) -> None:
        """Change a group that was made here; of any other, what its page shows (GRP-4)."""
        change = making.Change(data.name, data.set_up, data.ends_on)
        await making.change_group(write, platform, actor, GROUP.parse(group_id), change)

    @post(
        "/{group_id:str}/end",
        opt=needs("groups.edit"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, GroupEnded),
    )
    async def end_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
    ) -> None:
        """End a group; what was shared in it stays with those who had it."""
        await making.end_group(write, platform, actor, GROUP.parse(group_id))
