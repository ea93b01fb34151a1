"""The list of posts."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import After, Child, InGroup, ShownBox
from aula_plugins.posts.pages import wording
from aula_plugins.posts.queries.feed import Box
from aula_plugins.posts.service import keeping, reading, reporting
from aula_sdk.contributions import needs
from aula_sdk.ids import GROUP, PERSON
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

FOLLOW = needs("posts.follow")


class Shown(msgspec.Struct, frozen=True):
    """Which posts the address asks for."""

    box: Box = Box.ALL
    child: str | None = None
    group: str | None = None

    @property
    def filter(self) -> reading.Filter:
        """The same for the service; raises `WrongIdKind`."""
        return reading.Filter(
            self.box,
            PERSON.parse(self.child) if self.child else None,
            GROUP.parse(self.group) if self.group else None,
        )

    @property
    def query(self) -> str:
        """The same in an address."""
        return self.with_box(self.box.value)

    def with_box(self, box: str) -> str:
        """The same with another box, for the row of filters."""
        values = {
            "box": box if box != Box.ALL else None,
            "child": self.child,
            "group": self.group,
        }
        return "&".join(f"{name}={value}" for name, value in values.items() if value)


class FeedPages(Controller):
    """``/posts``."""

    path = "/"

    @get("/", opt=FOLLOW)
    async def show_feed(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        group: InGroup = None,
        after: After = None,
    ) -> Response[Any]:
        """Show the posts, the important ones whose time it is on top."""
        shown = Shown(box, child, group)
        context = await _listing(actor, read, platform, shown, after)
        context |= {
            "boxes": _boxes(actor),
            "group_name": (
                await reading.name_group(read, platform, actor, GROUP.parse(group)) if group else ""
            ),
            "may_create": actor.can("posts.create"),
            "handles_reports": actor.can("posts.handle_reports"),
            "reports": await reporting.count_waiting(read, platform, actor),
        }
        return await shell.page("posts/feed.html", context, title=_("Posts"))

    @get("/list", opt=FOLLOW)
    async def show_list(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        group: InGroup = None,
    ) -> Response[Any]:
        """Show the list alone, anew when something has been posted."""
        context = await _listing(actor, read, platform, Shown(box, child, group))
        return await shell.part("posts/list.html", context)

    @post("/read-all", opt=FOLLOW)
    async def read_all(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Count everything as read."""
        await keeping.read_all(write, platform, actor)
        return shell.see_other("/posts", toast=_("Everything counts as read"))


def _boxes(actor: Actor) -> tuple[Box, ...]:
    """Return the filters that make sense for the reader (POST-3)."""
    everybody = (Box.ALL, Box.UNREAD, Box.IMPORTANT, Box.BOOKMARKED)
    own = (Box.OWN,) if actor.can("posts.create") else ()
    overseen = (Box.INSTITUTION,) if actor.can("posts.remove_from_group") else ()
    return (*everybody, *own, Box.STAFF, Box.PARENTS, Box.PUPILS, *overseen)


async def _listing(
    actor: Actor, read: ReadUnit, platform: Platform, shown: Shown, after: str | None = None
) -> dict[str, Any]:
    wanted = shown.filter
    page = await reading.list_posts(read, platform, actor, wanted, Cursor.parse(after))
    pinned: tuple[reading.Listed, ...] = ()
    if shown.box is Box.ALL and after is None:
        pinned = await reading.list_pinned(read, platform, actor, wanted)
    return {
        "pinned": pinned,
        "posts": page.items,
        "next": page.next,
        "shown": shown,
        "may_create": actor.can("posts.create"),
        "say": wording,
    }
