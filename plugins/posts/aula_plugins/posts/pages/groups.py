"""Taking a post off a group, for those who look after the institution's posts (POST-6)."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import PostPath
from aula_plugins.posts.ids import POST
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.service import editing, reading
from aula_sdk.contributions import needs
from aula_sdk.errors import Forbidden
from aula_sdk.ids import GROUP
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

OVERSEE = needs("posts.remove_from_group")


class GroupPages(Controller):
    """``/posts/pst_…/groups``."""

    path = "/{post_id:str}/groups"

    @get("/", opt=OVERSEE)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Show which groups a post is in, each with a button that takes it off."""
        view = await reading.open_post(read, platform, actor, POST.parse(post_id))
        if not view.opened.may.remove_from_group:
            raise Forbidden
        groups = {label.target_id: label for label in view.listed.audience}
        context = {"row": view.row, "groups": tuple(groups.values()), "say": wording}
        title = _("Take the post off a group")
        return await shell.page("posts/groups.html", context, title=title)

    @post("/", opt=OVERSEE)
    async def remove(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Take it off one group."""
        group = GROUP.parse(await forms.read_value(request, "group"))
        await editing.remove_from_group(write, platform, actor, POST.parse(post_id), group)
        return shell.see_other(
            f"/posts/{post_id}/groups", toast=_("The post has been taken off the group")
        )
