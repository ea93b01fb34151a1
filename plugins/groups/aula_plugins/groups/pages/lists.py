"""Lists of groups: one's own, and all that one may see."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.groups import _
from aula_plugins.groups.api.declarations import AfterGroup, ShownKind, group_after
from aula_plugins.groups.pages import forms, wording
from aula_plugins.groups.service import reading, rolling, templates
from aula_plugins.groups.service.reading import Wanted
from aula_sdk.contributions import needs
from aula_sdk.i18n import Text
from aula_sdk.ids import GROUP
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell
from aula_sdk.stamdata_source import GroupKind

SEE = needs("groups.see")


class ListPages(Controller):
    """``/groups`` and ``/groups/all``."""

    path = "/"

    @get("/", opt=SEE)
    async def show_mine(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: AfterGroup = None,
    ) -> Response[Any]:
        """Show the groups that one or one's child belongs to, or that one looks after."""
        page = await reading.list_groups(
            read, platform, actor, Wanted(mine=True), group_after(after)
        )
        return await _page(shell, actor, page, _("Groups"), {"mine": True})

    @get("/all", opt=SEE)
    async def show_all(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        kind: ShownKind = None,
        after: AfterGroup = None,
    ) -> Response[Any]:
        """Show every group that one may see, or those of one kind."""
        page = await reading.list_groups(
            read, platform, actor, Wanted(kind=kind), group_after(after)
        )
        return await _page(shell, actor, page, _("All groups"), {"kind": kind})

    @post("/all", opt=SEE, status_code=200)
    async def find(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the groups whose names begin as it was typed."""
        words = forms.text(await request.form(), "q").strip()[:100]
        page = await reading.list_groups(read, platform, actor, Wanted(words=words))
        return await _page(shell, actor, page, _("All groups"), {"words": words})


async def _page(
    shell: Shell, actor: Actor, page: reading.GroupPage, title: Text, shown: dict[str, Any]
) -> Response[Any]:
    context = {
        "groups": page.items,
        "next": GROUP.format(page.next) if page.next and not shown.get("words") else None,
        "has_more": page.next is not None,
        "kinds": list(GroupKind),
        "may_create": actor.can("groups.create"),
        "may_decide": actor.can("groups.decide"),
        "may_handle_templates": actor.can(templates.HANDLE),
        "may_roll": actor.can(rolling.ROLL),
        "mine": False,
        "kind": None,
        "words": "",
        "say": wording,
        **shown,
    }
    return await shell.page("groups/list.html", context, title=title)
