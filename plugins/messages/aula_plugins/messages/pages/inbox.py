"""The list of conversations and the list of drafts."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from aula_plugins.messages import _
from aula_plugins.messages.api.declarations import After, Child, Origin, ShownBox
from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.pages import wording
from aula_plugins.messages.queries.inbox import Box
from aula_plugins.messages.service.drafting import list_drafts
from aula_plugins.messages.service.reading import Filter, list_threads
from aula_sdk.contributions import needs
from aula_sdk.ids import PERSON
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

READ = needs("messages.read")
Current = Annotated[str | None, QueryParameter(name="current", required=False, max_length=60)]


class Shown(msgspec.Struct, frozen=True):
    """Which conversations the address asks for."""

    box: Box = Box.ALL
    child: str | None = None
    origin: str | None = None

    @property
    def filter(self) -> Filter:
        """The same for the service; raises `WrongIdKind`."""
        child = PERSON.parse(self.child) if self.child else None
        origin = THREAD.parse(self.origin) if self.origin else None
        return Filter(self.box, child, origin)

    @property
    def query(self) -> str:
        """The same in an address."""
        values = {
            "box": self.box.value if self.box is not Box.ALL else None,
            "child": self.child,
            "origin": self.origin,
        }
        return "&".join(f"{name}={value}" for name, value in values.items() if value)


class InboxPages(Controller):
    """``/messages``: what is new, and what one is writing."""

    path = "/"

    @get("/", opt=READ)
    async def show_inbox(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        origin: Origin = None,
        after: After = None,
    ) -> Response[Any]:
        """Show the conversations, on wide screens beside the place for one of them."""
        context = await _listing(actor, read, platform, Shown(box, child, origin), after)
        return await shell.page("messages/inbox.html", context, title=_("Messages"))

    @get("/list", opt=READ)
    async def show_list(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        origin: Origin = None,
        current: Current = None,
    ) -> Response[Any]:
        """Show the list alone: beside a conversation, and anew when something has come."""
        context = await _listing(actor, read, platform, Shown(box, child, origin))
        context["current"] = current or ""
        return await shell.part("messages/list.html", context)

    @get("/drafts", opt=READ)
    async def show_drafts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show what one is writing: new messages and answers."""
        page = await list_drafts(read, platform, actor, Cursor.parse(after))
        context = {
            "drafts": page.items,
            "next": page.next,
            "may_create": actor.can("messages.create"),
            "shown": Shown(),
            "say": wording,
        }
        return await shell.page("messages/drafts.html", context, title=_("Drafts"))


async def _listing(
    actor: Actor, read: ReadUnit, platform: Platform, shown: Shown, after: str | None = None
) -> dict[str, Any]:
    page = await list_threads(read, platform, actor, shown.filter, Cursor.parse(after))
    return {
        "threads": page.items,
        "next": page.next,
        "shown": shown,
        "may_create": actor.can("messages.create"),
        "current": "",
        "say": wording,
    }
