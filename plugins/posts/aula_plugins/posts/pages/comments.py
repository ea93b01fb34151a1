"""One comment with all its answers; changing, withdrawing and reporting it."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import CommentPath
from aula_plugins.posts.ids import COMMENT, POST
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.pages.post import THANKS, report_page
from aula_plugins.posts.queries.comments import CommentRow
from aula_plugins.posts.service import commenting, heads, reporting
from aula_plugins.posts.service.commenting import Said
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

READ = needs("posts.read_comment")
EDIT = needs("posts.edit_own_comment")
WITHDRAW = needs("posts.withdraw_own_comment")
REPORT = needs("posts.report_comment")
Before = Annotated[str | None, QueryParameter(name="before", required=False, max_length=100)]


class CommentPages(Controller):
    """``/posts/comments/cmt_…``."""

    path = "/comments/{comment_id:str}"

    @get("/", opt=READ)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
        before: Before = None,
    ) -> Response[Any]:
        """Show a comment with its answers, and the place to write one."""
        said = await _load(read, platform, actor, comment_id)
        return await _page(read, platform, actor, shell, said, before=before)

    @post("/answer", opt=needs("posts.comment"))
    async def answer(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Answer it. When that cannot be taken, the words are kept and the page says why."""
        form = await forms.read_text(request)
        said = await _load(read, platform, actor, comment_id)
        try:
            async with platform.write(actor) as write:
                answer_id = await commenting.write_comment(
                    write,
                    platform,
                    actor,
                    said.row.post_id,
                    form.text,
                    key=form.key,
                    parent_id=said.row.id,
                )
        except Invalid as problem:
            errors = forms.errors_of(problem, "text")
            return await _page(read, platform, actor, shell, said, errors=errors, text=form.text)
        key = said.row.parent_key or said.row.key
        place = f"/posts/comments/{key}#{COMMENT.format(answer_id)}"
        return shell.see_other(place, toast=_("Your answer is there"))

    @get("/edit", opt=EDIT)
    async def show_edit(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Show an own comment to be changed."""
        row = await _own(read, platform, actor, comment_id)
        return await _edit_page(shell, row, row.text)

    @post("/edit", opt=EDIT)
    async def edit(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Put the new words into it."""
        form = await forms.read_text(request)
        try:
            async with platform.write(actor) as write:
                row = await commenting.edit_comment(
                    write, platform, actor, COMMENT.parse(comment_id), form.text
                )
        except Invalid as problem:
            row = await _own(read, platform, actor, comment_id)
            return await _edit_page(shell, row, form.text, forms.errors_of(problem, "text"))
        return shell.see_other(_place(row), toast=_("Your comment has been changed"))

    @get("/withdraw", opt=WITHDRAW)
    async def ask_to_withdraw(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Ask before the words go, because they cannot be brought back."""
        row = await _own(read, platform, actor, comment_id)
        context = {
            "place": f"/posts/comments/{row.key}",
            "back": _place(row),
            "prose": wording.paragraphs(row.text),
        }
        title = _("Withdraw the comment?")
        return await shell.page("posts/withdraw.html", context, title=title)

    @post("/withdraw", opt=WITHDRAW)
    async def withdraw(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Withdraw it."""
        row = await commenting.withdraw_comment(write, platform, actor, COMMENT.parse(comment_id))
        return shell.see_other(_place(row), toast=_("Your comment has been withdrawn"))

    @get("/report", opt=REPORT)
    async def ask_why(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Ask why it should not stand there."""
        said = await _load(read, platform, actor, comment_id)
        return await report_page(shell, f"/posts/comments/{comment_id}", said.row.text)

    @post("/report", opt=REPORT)
    async def report(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        comment_id: CommentPath,
    ) -> Response[Any]:
        """Tell those who handle reports."""
        reason, words, key = await forms.read_complaint(request)
        said = await _load(read, platform, actor, comment_id)
        try:
            async with platform.write(actor) as write:
                complaint = forms.complaint_of(reason, words)
                await reporting.report_comment(
                    write, platform, actor, said.row.id, complaint, key=key
                )
        except Invalid as problem:
            errors = forms.errors_of(problem, "words")
            place = f"/posts/comments/{comment_id}"
            return await report_page(shell, place, said.row.text, (reason, words), errors)
        return shell.see_other(_place(said.row), toast=THANKS)


def _place(row: CommentRow) -> str:
    """Return where the comment stands."""
    if row.parent_id is not None:
        return f"/posts/comments/{row.parent_key}#{row.key}"
    return f"/posts/{row.post_key}#{row.key}"


async def _load(read: ReadUnit, platform: Platform, actor: Actor, comment_id: str) -> Said:
    return await commenting.load_comment(read, platform, actor, COMMENT.parse(comment_id))


async def _own(read: ReadUnit, platform: Platform, actor: Actor, comment_id: str) -> CommentRow:
    """Return an own comment; raise `NotFound` for any other. The act itself asks the rights."""
    said = await _load(read, platform, actor, comment_id)
    if not said.is_own:
        raise NotFound
    return said.row


async def _edit_page(
    shell: Shell, row: CommentRow, text: str, errors: dict[str, str] | None = None
) -> Response[Any]:
    context = {"row": row, "back": _place(row), "text": text, "errors": errors or {}}
    title = _("Change your comment")
    status = 422 if errors else 200
    return await shell.page("posts/edit_comment.html", context, title=title, status_code=status)


async def _page(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    shell: Shell,
    said: Said,
    *,
    before: str | None = None,
    errors: dict[str, str] | None = None,
    text: str = "",
) -> Response[Any]:
    opened = await heads.load_post(read, platform, actor, said.row.post_id)
    page = await commenting.list_answers(read, platform, actor, said.row.id, Cursor.parse(before))
    context = {
        "said": said,
        "post_key": POST.format(said.row.post_id),
        "post_title": str(wording.title(opened.head.row)),
        "answers": tuple(reversed(page.items)),
        "earlier": page.next,
        "may_comment": opened.may.comment,
        "errors": errors or {},
        "text": text,
        "say": wording,
    }
    status = 422 if errors else 200
    return await shell.page(
        "posts/comment_page.html", context, title=_("Answers"), status_code=status
    )
