"""A group's own page: what it is, who is in it, joining and leaving, and why one sees it."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import AfterMember, GroupPath, profile_of
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.permissions import ACTIONS, GROUPS
from aula_plugins.groups.service import joining, matrix, members, reading
from aula_plugins.groups.service.making import last_day
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, Invalid
from aula_sdk.grants import GRANT_IN_GROUP
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

SEE, JOIN = needs("groups.see"), needs("groups.join")
AnyRequest = Request[Any, Any, Any]


class GroupPages(Controller):
    """``/groups/grp_…``."""

    path = "/{group_id:str}"

    @get("/", opt=SEE)
    async def show_group(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
        after: AfterMember = None,
    ) -> Response[Any]:
        """Show the group; with ``after`` the members that follow."""
        opened = await reading.open_group(read, platform, actor, GROUP.parse(group_id))
        page = opened.members
        if after and opened.head.may_see_members:
            page = await reading.list_members(
                read, platform, actor, opened.head.id, profile_of(after)
            )
        return await _page(shell, read, opened, page, {})

    @post("/join", opt=JOIN)
    async def join(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Join, or ask to, for oneself or a child."""
        form = await request.form()
        group, who = GROUP.parse(group_id), PROFILE.parse(forms.text(form, "who"))
        words = forms.text(form, "words")
        try:
            async with platform.write(actor) as write:
                asked = await joining.join_group(write, platform, actor, group, who, words)
        except (Invalid, Conflict) as problem:
            opened = await reading.open_group(read, platform, actor, group)
            errors = forms.errors_of(problem, "who")
            return await _page(shell, read, opened, opened.members, errors, words)
        toast = _("It has been asked for; you are told when it is decided")
        return shell.see_other(
            f"/groups/{group_id}", toast=toast if asked else _("Welcome to the group")
        )

    @post("/leave", opt=needs("groups.leave"))
    async def leave(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Leave, or take a child out."""
        who = PROFILE.parse(forms.text(await request.form(), "who"))
        await members.leave_group(write, platform, actor, GROUP.parse(group_id), who)
        return shell.see_other("/groups", toast=_("The group has been left"))

    @post("/withdraw", opt=JOIN)
    async def withdraw(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Take back what one has asked."""
        who = PROFILE.parse(forms.text(await request.form(), "who"))
        await joining.withdraw_application(write, platform, actor, GROUP.parse(group_id), who)
        return shell.see_other(f"/groups/{group_id}", toast=_("You no longer ask to join"))

    @get("/rights", opt=SEE)
    async def show_rights(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Explain what one may do in the group, through what, and who decided it."""
        head = await reading.load_head(read, platform, actor, GROUP.parse(group_id))
        rights = platform.permissions
        explained = [
            (action.title, await rights.explain(read, actor, action.name, head.id))
            for action in ACTIONS
            if action.resource == GROUPS.name and actor.can(action.name)
        ]
        context = {
            "head": head,
            "explained": explained,
            "matrix": await matrix.matrix_of(read, platform, actor, head.id),
            "say": wording,
        }
        return await shell.page("groups/rights.html", context, title=_("What I may do here"))

    @post("/rights", opt=needs(GRANT_IN_GROUP))
    async def decide_rights(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        group_id: GroupPath,
    ) -> Response[Any]:
        """Keep what was changed in the matrix of rights; all of it, or nothing."""
        wanted = forms.read_matrix(await request.form())
        await matrix.decide(write, platform, actor, GROUP.parse(group_id), wanted)
        toast = _("The rights in the group are kept") if wanted else _("Nothing was changed")
        return shell.see_other(f"/groups/{group_id}/rights", toast=toast)


async def _page(
    shell: Shell,
    read: ReadUnit,
    opened: reading.Opened,
    page: reading.MemberPage,
    errors: dict[str, str],
    words: str = "",
) -> Response[Any]:
    context = {
        "head": opened.head,
        "opened": opened,
        "members": page.items,
        "next": PROFILE.format(page.next) if page.next else None,
        "is_over": reading.is_over(opened.head, read.now),
        "last_day": last_day(opened.head.valid_to),
        "joiners": [one for one in opened.joiners if one.id not in opened.waiting],
        "waiting": [one for one in opened.joiners if one.id in opened.waiting],
        "errors": errors,
        "words": words,
        "say": wording,
    }
    status = 422 if errors else 200
    return await shell.page(
        "groups/group.html", context, title=opened.head.name, status_code=status
    )
