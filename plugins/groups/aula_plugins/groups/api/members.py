"""Who is in a group and who looks after it: list, find, add, remove, join, leave."""

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.groups import schemas
from aula_plugins.groups.api.declarations import (
    AfterMember,
    GroupPath,
    PartPath,
    ProfilePath,
    profile_of,
)
from aula_plugins.groups.errors import (
    AlreadyAsked,
    AlreadyMember,
    GroupEnded,
    NoMember,
    ThroughAnotherGroup,
)
from aula_plugins.groups.ids import APPLICATION
from aula_plugins.groups.service import finding, joining, members, reading
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import GROUP, PROFILE, WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

MANAGE = needs("groups.manage_members")
GONE = problems(WrongIdKind, NotFound, NoMember, ThroughAnotherGroup, GroupEnded, Invalid)


class MembersApi(Controller):
    """``/api/v1/groups/grp_…/members`` and beside it."""

    path = "/{group_id:str}"
    tags = ("Groups",)

    @get("/members", opt=needs("groups.see_members"), responses=problems(WrongIdKind, NotFound))
    async def list_members(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        *,
        after: AfterMember = None,
    ) -> schemas.Members:
        """List who is in a group, by name."""
        group = GROUP.parse(group_id)
        await platform.permissions.require(
            read, actor, "groups.see_members", group, sees="groups.see"
        )
        page = await reading.list_members(read, platform, actor, group, profile_of(after))
        return schemas.Members.of(page)

    @post(
        "/people",
        opt=needs("groups.add_person"),
        status_code=200,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def find_people(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.Search],
    ) -> schemas.FoundItems:
        """Find people and groups that can be added, by how their names begin."""
        group = GROUP.parse(group_id)
        found = await finding.find_people(
            read, platform, actor, group, data.words, employees=data.editors
        )
        return schemas.FoundItems.of(found)

    @post(
        "/members",
        opt=MANAGE,
        status_code=200,
        responses=problems(WrongIdKind, NotFound, GroupEnded, Invalid),
    )
    async def add_people(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.PeopleToAdd],
    ) -> schemas.MembersChanged:
        """Add people, and the people of other groups as they come and go; adding again is nothing
        new.
        """
        choices = members.parse_choices(data.people)
        group = GROUP.parse(group_id)
        done = await members.add_people(write, platform, actor, group, choices)
        return schemas.MembersChanged.of(done)

    @delete("/members/{profile_id:str}", opt=MANAGE, responses=GONE)
    async def remove_person(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        profile_id: ProfilePath,
    ) -> None:
        """Remove somebody who was added or has joined."""
        group, profile = GROUP.parse(group_id), PROFILE.parse(profile_id)
        await members.remove_person(write, platform, actor, group, profile)

    @delete("/parts/{part_id:str}", opt=MANAGE, status_code=200, responses=GONE)
    async def remove_part(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        part_id: PartPath,
    ) -> schemas.MembersChanged:
        """Take another group's people out, unless they are members for another reason."""
        (one,) = members.parse_choices([part_id]).parts or (None,)
        if one is None:
            raise NotFound
        done = await members.remove_part(write, platform, actor, GROUP.parse(group_id), one)
        return schemas.MembersChanged.of(done)

    @put(
        "/editors/{profile_id:str}",
        opt=needs("groups.edit"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, GroupEnded, Invalid),
    )
    async def add_editor(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        profile_id: ProfilePath,
    ) -> None:
        """Let an employee look after the group too."""
        group, profile = GROUP.parse(group_id), PROFILE.parse(profile_id)
        await members.add_editor(write, platform, actor, group, profile)

    @delete(
        "/editors/{profile_id:str}",
        opt=needs("groups.edit"),
        responses=problems(WrongIdKind, NotFound, GroupEnded),
    )
    async def remove_editor(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        profile_id: ProfilePath,
    ) -> None:
        """Let somebody look after the group no longer."""
        group, profile = GROUP.parse(group_id), PROFILE.parse(profile_id)
        await members.remove_editor(write, platform, actor, group, profile)

    @post(
        "/join",
        opt=needs("groups.join"),
        status_code=200,
        responses=problems(WrongIdKind, NotFound, GroupEnded, AlreadyMember, AlreadyAsked, Invalid),
    )
    async def join_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.Joiner],
    ) -> schemas.Joined:
        """Join, or let a child join; where others decide, ask for it."""
        group, who = GROUP.parse(group_id), PROFILE.parse(data.who)
        made = await joining.join_group(write, platform, actor, group, who, data.words)
        return schemas.Joined(APPLICATION.format(made) if made else None)

    @post("/leave", opt=needs("groups.leave"), status_code=204, responses=GONE)
    async def leave_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.Joiner],
    ) -> None:
        """Leave, or take a child out."""
        group, who = GROUP.parse(group_id), PROFILE.parse(data.who)
        await members.leave_group(write, platform, actor, group, who)

    @post(
        "/withdraw",
        opt=needs("groups.join"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def withdraw_application(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        group_id: GroupPath,
        data: JSONBody[schemas.Joiner],
    ) -> None:
        """Take back what one has asked."""
        group, who = GROUP.parse(group_id), PROFILE.parse(data.who)
        await joining.withdraw_application(write, platform, actor, group, who)
