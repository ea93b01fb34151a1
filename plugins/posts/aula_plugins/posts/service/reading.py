"""Reading: the list of posts, those on top, how many are unread, one post."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field
from aula_plugins.posts.queries import feed as queries
from aula_plugins.posts.queries.feed import Box, Label
from aula_plugins.posts.queries.posts import PostRow
from aula_plugins.posts.service.heads import Opened, load_post, reading_profiles
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, StoredFile

COUNTS_AS_UNREAD = timedelta(days=30)
"""What is older is never counted as unread: who joins a group does not meet its whole past."""
_OVERSEE = "posts.remove_from_group"


class Listed(msgspec.Struct, frozen=True):
    """A row of the list with the names that belong to it."""

    row: PostRow
    audience: tuple[Label, ...]
    children: tuple[Label, ...]
    """On account of which own children a guardian reads it."""
    is_own: bool
    is_unread: bool
    is_pinned: bool
    is_scheduled: bool
    """Whether it waits to be published."""
    is_expired: bool
    is_recent: bool
    """Whether it can count as unread at all."""


class Filter(msgspec.Struct, frozen=True):
    """Which posts to list; enumerations and opaque ids only, so it can stand in a URL."""

    box: Box = Box.ALL
    child: UUID | None = None
    """One of the actor's own children, by person: all its profiles are meant."""
    group: UUID | None = None


async def list_posts(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    wanted: Filter,
    after: Cursor | None = None,
) -> Page[Listed]:
    """Return a page of posts, the newest first; raise `Forbidden` for a box that is not theirs."""
    action = _OVERSEE if wanted.box is Box.INSTITUTION else "posts.follow"
    if not actor.can(action):
        raise Forbidden
    visible = platform.permissions.visible(actor, action)
    rows = await read.structs(
        PostRow,
        queries.feed(
            visible.clause,
            wanted.box,
            of_child=wanted.child is not None,
            of_group=wanted.group is not None,
            paged=after is not None,
        ),
        {
            **visible.params,
            **_params(read, actor, wanted),
            **(after.params if after else {}),
        },
    )
    page = page_of(rows, queries.PAGE_SIZE, lambda row: Cursor(row.publish_at, row.id))
    return Page(await _listed(read, actor, page.items), page.next)


async def list_pinned(
    read: ReadUnit, platform: Platform, actor: Actor, wanted: Filter
) -> tuple[Listed, ...]:
    """Return the important posts whose time it is, which stand above the others (POST-4)."""
    visible = platform.permissions.visible(actor, "posts.follow")
    rows = await read.structs(
        PostRow,
        queries.pinned(
            visible.clause,
            of_child=wanted.child is not None,
            of_group=wanted.group is not None,
        ),
        {**visible.params, **_params(read, actor, wanted)},
    )
    return await _listed(read, actor, rows)


def _params(read: ReadUnit, actor: Actor, wanted: Filter) -> dict[str, object]:
    return {
        "mine": reading_profiles(actor),
        "now": read.now,
        "since": read.now - COUNTS_AS_UNREAD,
        "children": _profiles_of(actor, wanted.child),
        "group": wanted.group,
    }


def _profiles_of(actor: Actor, child: UUID | None) -> list[UUID]:
    """Return the profiles of one of the actor's own children; raise `Invalid` for another's."""
    profiles = [one.profile_id for one in actor.children if one.person_id == child]
    if child is not None and not profiles:
        raise wrong_field("child", _("This is not one of your children"), "not-yours")
    return profiles


async def _listed(read: ReadUnit, actor: Actor, rows: Sequence[PostRow]) -> tuple[Listed, ...]:
    labels = await load_labels(read, actor, [row.id for row in rows])
    mine = set(reading_profiles(actor))
    for municipality_id, count in Counter(row.municipality_id for row in rows).items():
        read.looked("posts.read", municipality_id=municipality_id, details={"listed": count})
    return tuple(describe(read.now, row, labels, is_own=row.author_id in mine) for row in rows)


async def load_labels(read: ReadUnit, actor: Actor, posts: Sequence[UUID]) -> Sequence[Label]:
    """Return for whom some posts are that the actor has been found to see."""
    if not posts:
        return ()
    return await read.structs(
        Label,
        queries.labels(with_children=actor.role is Kind.GUARDIAN),
        {"posts": posts, "mine": reading_profiles(actor), "now": read.now},
    )


def describe(now: datetime, row: PostRow, labels: Sequence[Label], *, is_own: bool) -> Listed:
    """Return a row with what is to be said of it at this moment."""
    own = [label for label in labels if label.post_id == row.id]
    is_recent = row.publish_at > now - COUNTS_AS_UNREAD
    return Listed(
        row,
        tuple(label for label in own if label.what == "audience"),
        tuple({label.target_id: label for label in own if label.what == "child"}.values()),
        is_own=is_own,
        is_unread=not (is_own or row.is_read or row.withdrawn_at) and is_recent,
        is_pinned=row.is_pinned(now),
        is_scheduled=row.publish_at > now,
        is_expired=row.expire_at is not None and row.expire_at <= now,
        is_recent=is_recent,
    )


async def count_unread(read: ReadUnit, platform: Platform, actor: Actor) -> int:
    """Return how many posts of the last month wait to be read."""
    visible = platform.permissions.visible(actor, "posts.follow")
    return int(
        await read.scalar(
            queries.unread_count(visible.clause),
            {**visible.params, **_params(read, actor, Filter())},
        )
    )


async def name_group(read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID) -> str:
    """Return the name of a group whose posts the actor has; raise `NotFound` for any other."""
    visible = platform.permissions.visible(actor, "posts.follow")
    name = await read.scalar(
        queries.group_name(visible.clause), {**visible.params, "group": group_id}
    )
    if name is None:
        raise NotFound
    return str(name)


class PostView(msgspec.Struct, frozen=True):
    """One post with everything that its page shows above the comments."""

    listed: Listed
    opened: Opened
    files: tuple[StoredFile, ...]

    @property
    def row(self) -> PostRow:
        """The post itself."""
        return self.opened.head.row


async def open_post(read: ReadUnit, platform: Platform, actor: Actor, post_id: UUID) -> PostView:
    """Return a post; raise `NotFound` to whoever may not read it. Reading marks nothing."""
    opened = await load_post(read, platform, actor, post_id)
    row = opened.head.row
    labels = await load_labels(read, actor, [row.id])
    read.looked("posts.read", municipality_id=row.municipality_id, object_id=post_id)
    files: Sequence[StoredFile] = ()
    if row.attachment_count:
        files = (await platform.files.attached(read, row.id)).get(row.id, ())
    return PostView(describe(read.now, row, labels, is_own=opened.is_own), opened, tuple(files))
