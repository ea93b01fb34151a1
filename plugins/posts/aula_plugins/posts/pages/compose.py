"""Writing a post. The page is always that of a draft, so nothing typed is lost."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import (
    After,
    DraftPath,
    files_of,
    profile_of,
)
from aula_plugins.posts.ids import DRAFT, POST
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.pages.clock import read_moment
from aula_plugins.posts.pages.desk import Desk, lay_out
from aula_plugins.posts.pages.feed import Shown
from aula_plugins.posts.service import audience, drafting, finding, publishing
from aula_plugins.posts.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Problem
from aula_sdk.ids import new_id
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

CREATE = needs("posts.create")
Sender = Annotated[str | None, QueryParameter(name="sender", required=False, max_length=60)]
For = Annotated[str | None, QueryParameter(name="to", required=False, max_length=60)]


class ComposePages(Controller):
    """``/posts/new`` and ``/posts/drafts/pdr_…``."""

    path = "/"

    @get("/new", opt=CREATE)
    async def show_new(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        to: For = None,
    ) -> Response[Any]:
        """Show an empty post, perhaps with an audience (``to``) that a link has named."""
        content = drafting.DraftContent(audience=(to,) if to else ())
        sender = audience.choose_sender(actor)
        key = DRAFT.format(new_id())
        return await _page(shell, await lay_out(read, platform, actor, key, content, sender))

    @post("/groups", opt=CREATE, status_code=200)
    async def find_groups(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        sender: Sender = None,
    ) -> Response[Any]:
        """Show which groups the words find, for the list that comes while one types."""
        words = await forms.read_value(request, "q")
        profile = audience.choose_sender(actor, profile_of(sender))
        found = await finding.find_groups(read, platform, actor, profile, words)
        context = {"found": found, "words": words, "chosen_keys": (), "say": wording}
        return await shell.part("posts/group_results.html", context)

    @get("/drafts", opt=CREATE)
    async def show_drafts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show what one is writing."""
        page = await drafting.list_drafts(read, actor, Cursor.parse(after))
        context = {"drafts": page.items, "next": page.next, "shown": Shown(), "say": wording}
        return await shell.page("posts/drafts.html", context, title=_("Drafts"))

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
        """Show a post that one has begun."""
        return await _page(shell, await _kept_desk(read, platform, actor, draft_id))

    @post("/drafts/{draft_id:str}/autosave", opt=CREATE, status_code=204)
    async def keep(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        *,
        draft_id: DraftPath,
    ) -> None:
        """Keep the post while one writes it."""
        form = await forms.read_compose(request)
        await drafting.save_draft(write, actor, DRAFT.parse(draft_id), form.content, form.sender)

    @post("/drafts/{draft_id:str}", opt=CREATE)
    async def take(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Keep what was written, then do what the button said: post, search, remove, save."""
        form = await forms.read_compose(request)
        draft = DRAFT.parse(draft_id)
        async with platform.write(actor) as write:
            earlier = await publishing.posted_before(write, form.key)
            if earlier is None:
                await drafting.save_draft(write, actor, draft, form.content, form.sender)
        if earlier is not None:
            return shell.see_other(f"/posts/{POST.format(earlier)}")
        try:
            await _keep_uploads(platform, actor, draft, form)
            if not form.is_to_be_posted:
                return shell.see_other(f"/posts/drafts/{draft_id}")
            return await _publish(platform, actor, shell, draft_id, form.key, confirmed=False)
        except Problem as problem:
            sender = audience.choose_sender(actor, form.sender)
            desk = await lay_out(read, platform, actor, draft_id, form.content, sender)
            return await _page(shell, desk, forms.errors_of(problem, "attachment"))

    @get("/drafts/{draft_id:str}/confirm", opt=CREATE)
    async def ask_to_publish(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Show how many it reaches and who they are, before it goes to more than a class."""
        desk = await _kept_desk(read, platform, actor, draft_id)
        context = {"desk": desk, "say": wording}
        return await shell.page("posts/confirm.html", context, title=_("Post to so many?"))

    @post("/drafts/{draft_id:str}/publish", opt=CREATE)
    async def publish(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        draft_id: DraftPath,
    ) -> Response[Any]:
        """Publish a kept post whose audience one has seen."""
        form = await forms.read_compose(request)
        try:
            return await _publish(platform, actor, shell, draft_id, form.key, confirmed=True)
        except Problem as problem:
            desk = await _kept_desk(read, platform, actor, draft_id)
            return await _page(shell, desk, forms.errors_of(problem, "attachment"))

    @post("/drafts/{draft_id:str}/drop", opt=CREATE)
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
        return shell.see_other("/posts/drafts", toast=_("The draft is gone"))


async def _kept_desk(read: ReadUnit, platform: Platform, actor: Actor, draft_id: str) -> Desk:
    draft = await drafting.load_draft(read, actor, DRAFT.parse(draft_id))
    sender = audience.choose_sender(actor, draft.profile_id)
    return await lay_out(read, platform, actor, draft_id, draft.content, sender)


async def _keep_uploads(
    platform: Platform, actor: Actor, draft: UUID, form: forms.ComposeForm
) -> None:
    if not form.uploads:
        return
    sender = audience.choose_sender(actor, form.sender)
    files = await forms.store_uploads(platform, actor, form.uploads, sender.municipality_id)
    async with platform.write(actor) as write:
        await drafting.add_attachments(write, actor, draft, files)


async def _publish(
    platform: Platform, actor: Actor, shell: Shell, draft_id: str, key: str, *, confirmed: bool
) -> Response[Any]:
    """Publish the draft as it is kept, or ask first when it reaches more than a class."""
    async with platform.write(actor) as write:
        earlier = await publishing.posted_before(write, key)
        if earlier is not None:
            return shell.see_other(f"/posts/{POST.format(earlier)}")
        draft = await drafting.load_draft(write, actor, DRAFT.parse(draft_id))
        content = draft.content
        choices = parse_choices(content.audience)
        sender = audience.choose_sender(actor, draft.profile_id)
        reached = await audience.resolve(write, platform, actor, sender, choices)
        if audience.is_large(platform, sender, reached) and not confirmed:
            return shell.see_other(f"/posts/drafts/{draft_id}/confirm")
        new = publishing.NewPost(
            title=content.title,
            html=content.html,
            audience=choices,
            attachments=files_of(content.attachments),
            comments_allowed=content.comments_allowed,
            publish_at=read_moment(content.publish, "publish"),
            expire_at=read_moment(content.expire, "expire"),
            important=forms.window_of(content),
            sender=sender.id,
        )
        post_id = await publishing.create_post(
            write, platform, actor, new, key=key, draft_id=draft.id
        )
        waits = new.publish_at is not None and new.publish_at > write.now
    toast = _("The post waits for its time") if waits else _("The post is out")
    return shell.see_other(f"/posts/{POST.format(post_id)}", toast=toast)


async def _page(shell: Shell, desk: Desk, errors: dict[str, str] | None = None) -> Response[Any]:
    context = {
        "desk": desk,
        "content": desk.content,
        "found": desk.found,
        "words": desk.content.search,
        "chosen_keys": desk.chosen_keys,
        "errors": errors or {},
        "say": wording,
    }
    status = 422 if errors else 200
    return await shell.page("posts/compose.html", context, title=_("New post"), status_code=status)
