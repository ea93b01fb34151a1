"""Changing and withdrawing what one has posted."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import PostPath, files_of
from aula_plugins.posts.ids import POST
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.pages.clock import write_moment
from aula_plugins.posts.service import editing, reading
from aula_plugins.posts.service.drafting import DraftContent
from aula_plugins.posts.service.reading import PostView
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit
from aula_sdk.richtext import plain_text

EDIT = needs("posts.edit_own")
WITHDRAW = needs("posts.withdraw_own")


class OwnPostPages(Controller):
    """``/posts/pst_…/edit`` and ``/withdraw``."""

    path = "/{post_id:str}"

    @get("/edit", opt=EDIT)
    async def show_edit(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Show an own post in the editor."""
        view = await _own(read, platform, actor, post_id)
        return await _edit_page(shell, view, _content(view))

    @post("/edit", opt=EDIT)
    async def edit(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Put the new words into the post."""
        form = await forms.read_compose(request)
        view = await _own(read, platform, actor, post_id)
        try:
            uploaded = await forms.store_uploads(
                platform, actor, form.uploads, view.row.municipality_id
            )
            change = forms.change_of(form.content, files_of((*form.content.attachments, *uploaded)))
            async with platform.write(actor) as write:
                await editing.edit_post(write, platform, actor, view.row.id, change)
        except Invalid as problem:
            return await _edit_page(shell, view, form.content, forms.errors_of(problem))
        return shell.see_other(f"/posts/{post_id}", toast=_("Your post has been changed"))

    @get("/withdraw", opt=WITHDRAW)
    async def ask_to_withdraw(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Ask before the words go, because they cannot be brought back."""
        view = await _own(read, platform, actor, post_id)
        context = {
            "place": f"/posts/{post_id}",
            "back": f"/posts/{post_id}",
            "about": view.row.title,
            "html": view.opened.head.html,
        }
        title = _("Withdraw the post?")
        return await shell.page("posts/withdraw.html", context, title=title)

    @post("/withdraw", opt=WITHDRAW)
    async def withdraw(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Withdraw it."""
        await editing.withdraw_post(write, platform, actor, POST.parse(post_id))
        return shell.see_other("/posts", toast=_("Your post has been withdrawn"))


async def _own(read: ReadUnit, platform: Platform, actor: Actor, post_id: str) -> PostView:
    """Return an own post; raise `NotFound` for any other. The act itself asks the rights."""
    view = await reading.open_post(read, platform, actor, POST.parse(post_id))
    if not view.opened.is_own:
        raise NotFound
    return view


def _content(view: PostView) -> DraftContent:
    row = view.row
    return DraftContent(
        title=row.title,
        html=view.opened.head.html,
        comments_allowed=row.comments_allowed,
        publish=write_moment(row.publish_at) if view.listed.is_scheduled else "",
        expire=write_moment(row.expire_at),
        important=row.important_from is not None,
        important_from=write_moment(row.important_from),
        important_to=write_moment(row.important_to),
    )


async def _edit_page(
    shell: Shell, view: PostView, content: DraftContent, errors: dict[str, str] | None = None
) -> Response[Any]:
    context = {
        "view": view,
        "listed": view.listed,
        "content": content,
        "text": plain_text(content.html),
        "errors": errors or {},
        "say": wording,
    }
    title = _("Change your post")
    status = 422 if errors else 200
    return await shell.page("posts/edit.html", context, title=title, status_code=status)
