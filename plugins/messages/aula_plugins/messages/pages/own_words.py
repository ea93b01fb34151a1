"""Changing and withdrawing what one has sent."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.messages import _
from aula_plugins.messages.api.declarations import MessagePath
from aula_plugins.messages.ids import MESSAGE, THREAD
from aula_plugins.messages.pages import forms
from aula_plugins.messages.queries.messages import MessageRow
from aula_plugins.messages.service import editing, reading
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit
from aula_sdk.richtext import plain_text

EDIT = needs("messages.edit_own")
WITHDRAW = needs("messages.withdraw_own")


class OwnWordsPages(Controller):
    """``/messages/sent/msg_…``."""

    path = "/sent/{message_id:str}"

    @get("/edit", opt=EDIT)
    async def show_edit(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        message_id: MessagePath,
    ) -> Response[Any]:
        """Show an own message in the editor."""
        row = await _own_message(read, platform, actor, message_id)
        return await _edit_page(shell, row, row.html)

    @post("/edit", opt=EDIT)
    async def edit(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        message_id: MessagePath,
    ) -> Response[Any]:
        """Put the new words into the message."""
        html = await forms.read_html(request)
        try:
            async with platform.write(actor) as write:
                row = await editing.edit_message(
                    write, platform, actor, MESSAGE.parse(message_id), html
                )
        except Invalid as problem:
            row = await _own_message(read, platform, actor, message_id)
            return await _edit_page(shell, row, html, forms.errors_of(problem))
        toast = _("Your message has been changed")
        return shell.see_other(f"/messages/{THREAD.format(row.thread_id)}", toast=toast)

    @get("/withdraw", opt=WITHDRAW)
    async def ask_to_withdraw(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        message_id: MessagePath,
    ) -> Response[Any]:
        """Ask before the words go, because they cannot be brought back."""
        row = await _own_message(read, platform, actor, message_id)
        context = {"message": row, "thread_key": THREAD.format(row.thread_id)}
        title = _("Withdraw the message?")
        return await shell.page("messages/withdraw.html", context, title=title)

    @post("/withdraw", opt=WITHDRAW)
    async def withdraw(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        message_id: MessagePath,
    ) -> Response[Any]:
        """Withdraw it."""
        row = await editing.withdraw_message(write, platform, actor, MESSAGE.parse(message_id))
        toast = _("Your message has been withdrawn")
        return shell.see_other(f"/messages/{THREAD.format(row.thread_id)}", toast=toast)


async def _own_message(
    read: ReadUnit, platform: Platform, actor: Actor, message_id: str
) -> MessageRow:
    """Return an own message; raise `NotFound` for any other. The act itself asks the rights."""
    row = await reading.load_message(read, platform, actor, MESSAGE.parse(message_id))
    if row is None or row.author_id not in {profile.id for profile in actor.profiles}:
        raise NotFound
    return row


async def _edit_page(
    shell: Shell, row: MessageRow, html: str, errors: dict[str, str] | None = None
) -> Response[Any]:
    context = {
        "message": row,
        "thread_key": THREAD.format(row.thread_id),
        "html": html,
        "text": plain_text(html),
        "errors": errors or {},
    }
    title = _("Change your message")
    status = 422 if errors else 200
    return await shell.page("messages/edit.html", context, title=title, status_code=status)
