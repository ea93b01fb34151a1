"""One post: read it, comment on it, keep it, report it."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import PostPath
from aula_plugins.posts.ids import COMMENT, POST
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.service import commenting, heads, keeping, reading, reporting
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

READ = needs("posts.read")
REPORT = needs("posts.report")
Before = Annotated[str | None, QueryParameter(name="before", required=False, max_length=100)]


class PostPages(Controller):
    """``/posts/pst_…``."""

    path = "/{post_id:str}"

    @get("/", opt=READ)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
        before: Before = None,
    ) -> Response[Any]:
        """Show a post with its newest comments; it is read from now on."""
        view = await reading.open_post(read, platform, actor, POST.parse(post_id))
        if view.listed.is_unread:
            await keeping.mark_shown(write, actor, view)
        return await _page(read, platform, actor, shell, view, before=before)

    @get("/comments", opt=READ)
    async def show_comments(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Show the newest comments alone, when something has been written."""
        opened = await heads.load_post(read, platform, actor, POST.parse(post_id))
        context = await _comments(read, platform, actor, opened)
        return await shell.part("posts/comments.html", context)

    @post("/comments", opt=needs("posts.comment"))
    async def comment(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Write a comment. When it cannot be taken, the words are kept and the page says why."""
        form = await forms.read_text(request)
        wanted = POST.parse(post_id)
        try:
            async with platform.write(actor) as write:
                comment_id = await commenting.write_comment(
                    write, platform, actor, wanted, form.text, key=form.key
                )
        except Invalid as problem:
            view = await reading.open_post(read, platform, actor, wanted)
            errors = forms.errors_of(problem, "text")
            return await _page(read, platform, actor, shell, view, errors=errors, text=form.text)
        place = f"/posts/{post_id}#{COMMENT.format(comment_id)}"
        return shell.see_other(place, toast=_("Your comment is there"))

    @post("/bookmark", opt=READ)
    async def bookmark(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Keep it among the bookmarks, or no longer."""
        kept = await forms.read_value(request, "bookmarked") == "1"
        await keeping.keep_post(write, platform, actor, POST.parse(post_id), bookmarked=kept)
        toast = _("Bookmarked") if kept else _("No longer bookmarked")
        return shell.see_other(f"/posts/{post_id}", toast=toast)

    @post("/unread", opt=READ)
    async def mark_unread(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Show it as unread again, in the list."""
        await keeping.keep_post(write, platform, actor, POST.parse(post_id), unread=True)
        return shell.see_other("/posts", toast=_("Marked as unread"))

    @get("/report", opt=REPORT)
    async def ask_why(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Ask why it should not stand there."""
        view = await reading.open_post(read, platform, actor, POST.parse(post_id))
        return await report_page(shell, f"/posts/{post_id}", str(wording.title(view.row)))

    @post("/report", opt=REPORT)
    async def report(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        post_id: PostPath,
    ) -> Response[Any]:
        """Tell those who handle reports."""
        reason, words, key = await forms.read_complaint(request)
        wanted = POST.parse(post_id)
        try:
            async with platform.write(actor) as write:
                complaint = forms.complaint_of(reason, words)
                await reporting.report_post(write, platform, actor, wanted, complaint, key=key)
        except Invalid as problem:
            view = await reading.open_post(read, platform, actor, wanted)
            title = str(wording.title(view.row))
            errors = forms.errors_of(problem, "words")
            return await report_page(shell, f"/posts/{post_id}", title, (reason, words), errors)
        return shell.see_other(f"/posts/{post_id}", toast=THANKS)


THANKS = _("Thank you. Somebody at the institution will look at it.")


async def report_page(
    shell: Shell,
    place: str,
    about: str,
    typed: tuple[str, str] = ("", ""),
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    """Show the form of a report about what stands at ``place``."""
    context = {
        "place": place,
        "about": about,
        "reason": typed[0],
        "words": typed[1],
        "errors": errors or {},
        "say": wording,
    }
    status = 422 if errors else 200
    return await shell.page("posts/report.html", context, title=_("Report it"), status_code=status)


async def _comments(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    opened: heads.Opened,
    before: str | None = None,
) -> dict[str, Any]:
    row = opened.head.row
    page = await commenting.list_comments(read, platform, actor, row.id, Cursor.parse(before))
    return {
        "post_key": row.key,
        "comments": tuple(reversed(page.items)),
        "earlier": page.next,
        "is_newest": before is None,
        "may_comment": opened.may.comment,
        "say": wording,
    }


async def _page(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    shell: Shell,
    view: reading.PostView,
    *,
    before: str | None = None,
    errors: dict[str, str] | None = None,
    text: str = "",
) -> Response[Any]:
    context = await _comments(read, platform, actor, view.opened, before)
    context |= {
        "view": view,
        "listed": view.listed,
        "row": view.row,
        "may": view.opened.may,
        "comments_open": heads.comments_open(platform, view.opened.head),
        "errors": errors or {},
        "text": text,
    }
    title = wording.title(view.row)
    status = 422 if errors else 200
    return await shell.page("posts/post.html", context, title=title, status_code=status)
