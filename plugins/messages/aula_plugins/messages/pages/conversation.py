"""One conversation: read it, answer it, keep it."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.messages import _
from aula_plugins.messages.api.declarations import ThreadPath, files_of
from aula_plugins.messages.ids import MESSAGE, THREAD
from aula_plugins.messages.models import ReplyTo
from aula_plugins.messages.pages import forms, wording
from aula_plugins.messages.pages.composer import compose_answer
from aula_plugins.messages.pages.inbox import Shown
from aula_plugins.messages.service import drafting, joining, keeping, reading, replying
from aula_plugins.messages.service.heads import load_head
from aula_plugins.messages.service.sending import Sent
from aula_sdk.contributions import needs
from aula_sdk.errors import Problem
from aula_sdk.i18n import ngettext_for
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

_n = ngettext_for("messages")
READ = needs("messages.read")
REPLY = needs("messages.reply")
Before = Annotated[str | None, QueryParameter(name="before", required=False, max_length=100)]
ReplyWanted = Annotated[str | None, QueryParameter(name="reply", required=False, max_length=60)]


class ConversationPages(Controller):
    """``/messages/thr_…``."""

    path = "/{thread_id:str}"

    @get("/", opt=READ)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
        before: Before = None,
        reply_to: ReplyWanted = None,
    ) -> Response[Any]:
        """Show a conversation; what was unread in it is read from now on."""
        found = await reading.open_conversation(
            read, platform, actor, THREAD.parse(thread_id), Cursor.parse(before)
        )
        if found.head.unread:
            await keeping.mark_shown(write, found.head)
        return await _page(shell, actor, found, reply_to)

    @get("/latest", opt=READ)
    async def show_latest(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Show the newest messages alone, when something has come; nothing counts as read."""
        found = await reading.open_conversation(read, platform, actor, THREAD.parse(thread_id))
        context = {"conversation": found, "head": found.head, "say": wording}
        return await shell.part("messages/latest.html", context)

    @post("/reply", opt=REPLY)
    async def reply(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Send an answer. When it cannot be sent, the words are kept and the page says why."""
        form = await forms.read_answer(request)
        thread = THREAD.parse(thread_id)
        try:
            sent = await _send(platform, actor, thread_id, form)
        except Problem as problem:
            found = await reading.open_conversation(read, platform, actor, thread)
            wanted = ReplyTo.ALL.value if form.content.to is ReplyTo.ALL else None
            errors = forms.errors_of(problem)
            return await _page(
                shell,
                actor,
                found,
                wanted,
                errors=errors,
                html=form.content.html,
                status=problem.status,
            )
        toast = _("Your answer has been sent")
        place = f"{THREAD.format(sent.thread_id)}#{MESSAGE.format(sent.message_id)}"
        return shell.see_other(f"/messages/{place}", toast=toast)

    @post("/draft", opt=REPLY, status_code=204)
    async def keep_answer(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        *,
        thread_id: ThreadPath,
    ) -> None:
        """Keep an answer while one writes it."""
        form = await forms.read_answer(request)
        thread = THREAD.parse(thread_id)
        await drafting.save_answer(write, platform, actor, thread, form.content)

    @post("/mute", opt=READ)
    async def mute(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Be told of new messages in it no more, or again."""
        muted = await forms.read_flag(request, "muted")
        thread = THREAD.parse(thread_id)
        await keeping.keep_thread(write, platform, actor, thread, muted=muted)
        toast = _("You will not be told of new messages") if muted else _("You will be told again")
        return shell.see_other(f"/messages/{thread_id}", toast=toast)

    @post("/unread", opt=READ)
    async def mark_unread(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Show it as unread again, in the list."""
        thread = THREAD.parse(thread_id)
        await keeping.keep_thread(write, platform, actor, thread, unread=True)
        return shell.see_other("/messages", toast=_("Marked as unread"))

    @get("/leave", opt=needs("messages.leave"))
    async def ask_to_leave(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Ask before leaving, because one cannot come back by oneself."""
        head = await load_head(read, platform, actor, THREAD.parse(thread_id))
        title = _("Leave the conversation?")
        return await shell.page("messages/leave.html", {"head": head, "say": wording}, title=title)

    @post("/leave", opt=needs("messages.leave"))
    async def leave(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        thread_id: ThreadPath,
    ) -> Response[Any]:
        """Leave it."""
        await joining.leave(write, platform, actor, THREAD.parse(thread_id))
        return shell.see_other("/messages", toast=_("You have left the conversation"))


async def _send(platform: Platform, actor: Actor, thread_id: str, form: forms.AnswerForm) -> Sent:
    """Keep the answer, then send it: whatever happens in between, the words are there."""
    thread = THREAD.parse(thread_id)
    async with platform.write(actor) as write:
        earlier = await replying.sent_before(write, platform, actor, form.key)
        if earlier is not None:
            return earlier
        head = await load_head(write, platform, actor, thread)
        await drafting.save_answer(write, platform, actor, thread, form.content)
    uploaded = await forms.store_uploads(platform, actor, form.uploads, head.municipality_id)
    content = form.content
    answer = replying.Answer(
        content.html,
        content.to,
        content.message_id,
        files_of((*content.attachments, *uploaded)),
    )
    async with platform.write(actor) as write:
        return await replying.reply(write, platform, actor, thread, answer, key=form.key)


async def _page(
    shell: Shell,
    actor: Actor,
    found: reading.Conversation,
    reply_to: str | None,
    *,
    errors: dict[str, str] | None = None,
    html: str | None = None,
    status: int = 200,
) -> Response[Any]:
    context = {
        "conversation": found,
        "head": found.head,
        "composer": compose_answer(found, reply_to, html),
        "shown": Shown(),
        "may_create": actor.can("messages.create"),
        "errors": errors or {},
        "say": wording,
    }
    title = wording.subject(found.head.subject)
    return await shell.page("messages/thread.html", context, title=title, status_code=status)
