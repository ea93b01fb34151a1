"""Writing a new message. The page is always that of a draft, so nothing typed is lost (MSG-16)."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.messages import _
from aula_plugins.messages.api.declarations import (
    DraftPath,
    files_of,
    profile_of,
    profiles_of,
)
from aula_plugins.messages.ids import DRAFT, THREAD
from aula_plugins.messages.pages import forms, wording
from aula_plugins.messages.pages.desk import Desk, lay_out
from aula_plugins.messages.queries.drafts import DraftRow
from aula_plugins.messages.service import audience, drafting, finding, sending
from aula_plugins.messages.service.choices import parse_choices
from aula_plugins.messages.settings import settings_of
from aula_sdk.contributions import needs
from aula_sdk.errors import Problem
from aula_sdk.i18n import ngettext_for
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

_n = ngettext_for("messages")
CREATE = needs("messages.create")
Sender = Annotated[str | None, QueryParameter(name="sender", required=False, max_length=60)]
Recipient = Annotated[str | None, QueryParameter(name="to", required=False, max_length=60)]
AnyRequest = Request[Any, Any, Any]


class ComposePages(Controller):
    """``/messages/new`` and ``/messages/drafts/dft_…``."""

    path = "/"

    @get("/new", opt=CREATE)
    async def show_new(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        to: Recipient = None,
    ) -> Response[Any]:
        """Show an empty message, perhaps with recipients (``to``) that a link has named."""
        content = drafting.DraftContent(recipients=(to,) if to else ())
        desk = await lay_out(read, platform, actor, DRAFT.format(new_id()), content)
        return await _page(shell, desk)

    @post("/recipients", opt=CREATE, status_code=200)
    async def find_recipients(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sender: Sender = None,
    ) -> Response[Any]:
        """Show whom the words find, for the list that comes while one types."""
        words = await forms.read_words(request)
        profile = audience.choose_sender(actor, profile_of(sender))
        found = await finding.find_recipients(read, platform, actor, profile, words)
        context = {"found": found, "words": words, "chosen_keys": (), "say": wording}
        return await shell.part("messages/recipient_results.html", context)

    @get("/drafts/{draft_id:str}", opt=CREATE)
    async def show_draft(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Show a message that one has begun."""
        row = await drafting.load_draft(read, actor, DRAFT.parse(draft_id))
        return await _page(shell, await lay_out(read, platform, actor, draft_id, _content(row)))

    @post("/drafts/{draft_id:str}/autosave", opt=CREATE, status_code=204)
    async def keep(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        *,
        draft_id: DraftPath,
    ) -> None:
        """Keep the message while one writes it."""
        form = await forms.read_compose(request)
        await drafting.save_draft(write, actor, DRAFT.parse(draft_id), form.content)

    @post("/drafts/{draft_id:str}", opt=CREATE)
    async def take(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Keep what was written, then do what the button said: send, search, remove, save."""
        form = await forms.read_compose(request)
        draft = DRAFT.parse(draft_id)
        async with platform.write(actor) as write:
            earlier = await sending.sent_before(write, form.key)
            if earlier is None:
                await drafting.save_draft(write, actor, draft, form.content)
        if earlier is not None:
            return shell.see_other(f"/messages/{THREAD.format(earlier)}")
        try:
            await _keep_uploads(platform, actor, draft, form)
            if not form.is_to_be_sent:
                return shell.see_other(f"/messages/drafts/{draft_id}")
            return await _send(platform, actor, shell, draft_id, form.key, confirmed=False)
        except Problem as problem:
            desk = await lay_out(read, platform, actor, draft_id, form.content)
            return await _page(shell, desk, forms.errors_of(problem, "attachment"))

    @get("/drafts/{draft_id:str}/confirm", opt=CREATE)
    async def ask_to_send(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Show how many get it and who they are, before it goes to more than a class."""
        row = await drafting.load_draft(read, actor, DRAFT.parse(draft_id))
        desk = await lay_out(read, platform, actor, draft_id, _content(row), search=False)
        context = {"desk": desk, "say": wording}
        return await shell.page("messages/confirm.html", context, title=_("Send to so many?"))

    @post("/drafts/{draft_id:str}/send", opt=CREATE)
    async def send(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Send a kept message whose audience one has seen."""
        form = await forms.read_compose(request)
        try:
            return await _send(platform, actor, shell, draft_id, form.key, confirmed=True)
        except Problem as problem:
            row = await drafting.load_draft(read, actor, DRAFT.parse(draft_id))
            desk = await lay_out(read, platform, actor, draft_id, _content(row))
            return await _page(shell, desk, forms.errors_of(problem, "attachment"))

    @post("/drafts/{draft_id:str}/drop", opt=needs("messages.read"))
    async def drop(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Throw a draft away."""
        await drafting.drop_draft(write, actor, DRAFT.parse(draft_id))
        return shell.see_other("/messages/drafts", toast=_("The draft is gone"))


def _content(row: DraftRow) -> drafting.DraftContent:
    return drafting.DraftContent(
        subject=row.subject,
        html=row.html,
        search=row.search,
        recipients=tuple(row.recipients),
        regarding=tuple(row.regarding),
        attachments=tuple(row.attachments),
        sender=row.profile_id,
    )


async def _keep_uploads(
    platform: Platform, actor: Actor, draft: UUID, form: forms.ComposeForm
) -> None:
    if not form.uploads:
        return
    sender = audience.choose_sender(actor, form.content.sender)
    files = await forms.store_uploads(platform, actor, form.uploads, sender.municipality_id)
    async with platform.write(actor) as write:
        await drafting.add_attachments(write, actor, draft, files)


async def _send(
    platform: Platform, actor: Actor, shell: Shell, draft_id: str, key: str, *, confirmed: bool
) -> Response[Any]:
    """Send the draft as it is kept, or ask first when it goes to more than a class."""
    async with platform.write(actor) as write:
        earlier = await sending.sent_before(write, key)
        if earlier is not None:
            return shell.see_other(f"/messages/{THREAD.format(earlier)}")
        row = await drafting.load_draft(write, actor, DRAFT.parse(draft_id))
        content = _content(row)
        choices = parse_choices(content.recipients)
        sender = audience.choose_sender(actor, content.sender)
        reached = await audience.resolve(write, platform, actor, sender, choices)
        limit = settings_of(platform, sender.municipality_id).large_audience
        if len(reached.people) > limit and not confirmed:
            return shell.see_other(f"/messages/drafts/{draft_id}/confirm")
        new = sending.NewThread(
            subject=content.subject,
            html=content.html,
            recipients=choices,
            regarding=profiles_of(content.regarding),
            attachments=files_of(content.attachments),
            sender=sender.id,
        )
        thread_id = await sending.start_thread(
            write, platform, actor, new, key=key, draft_id=row.id
        )
    toast = _n("Sent to %(count)s person", "Sent to %(count)s people", len(reached.people))
    return shell.see_other(f"/messages/{THREAD.format(thread_id)}", toast=toast)


async def _page(shell: Shell, desk: Desk, errors: dict[str, str] | None = None) -> Response[Any]:
    context = {
        "desk": desk,
        "found": desk.found,
        "words": desk.content.search,
        "chosen_keys": desk.chosen_keys,
        "errors": errors or {},
        "say": wording,
    }
    status = 422 if errors else 200
    return await shell.page(
        "messages/compose.html", context, title=_("New message"), status_code=status
    )
