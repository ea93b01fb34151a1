"""The groups that concern the reader."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.contacts import _
from aula_plugins.contacts.api.declarations import AfterGroup
from aula_plugins.contacts.pages import wording
from aula_plugins.contacts.service.listing import list_groups
from aula_sdk.contributions import needs
from aula_sdk.ids import GROUP
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell


class GroupPages(Controller):
    """``/contacts``."""

    path = "/"

    @get("/", opt=needs("contacts.see_group"))
    async def show_groups(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: AfterGroup = None,
    ) -> Response[Any]:
        """Show the groups to choose from: the own ones, then others where one works."""
        page = await list_groups(read, platform, actor, GROUP.parse(after) if after else None)
        context = {
            "mine": [group for group in page.items if group.is_mine],
            "others": [group for group in page.items if not group.is_mine],
            "next": page.next,
            "may_choose": actor.can("contacts.choose_sharing"),
            "say": wording,
        }
        return await shell.page("contacts/groups.html", context, title=_("Contacts"))
