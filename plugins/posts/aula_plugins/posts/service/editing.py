"""Changing and withdrawing an own post, with a trace that all can see; taking one off a group."""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.errors import AlreadyPublished, AlreadyWithdrawn
from aula_plugins.posts.events import PostEdited, PostRemovedFromGroup, PostWithdrawn
from aula_plugins.posts.models import MOST_PICTURES, WithdrawnBy, audience, post
from aula_plugins.posts.queries.heads import Head
from aula_plugins.posts.queries.posts import PostRow
from aula_plugins.posts.service.heads import load_post
from aula_plugins.posts.service.publishing import (
    NewPost,
    Window,
    attach,
    check_attachment_count,
    pictures_of,
    settle_times,
)
from aula_plugins.posts.service.telling import LIVE_TOPIC, announce, tell_audience
from aula_plugins.posts.service.words import clean_html, clean_title, excerpt_of
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit


class Change(msgspec.Struct, frozen=True):
    """What a post says instead. For whom it is stays: that has been shown to the writer."""

    title: str
    html: str
    comments_allowed: bool
    publish_at: datetime | None = None
    """None leaves the moment as it is; it can be moved until the post is out."""
    expire_at: datetime | None = None
    important: Window | None = None
    new_attachments: tuple[UUID, ...] = ()


async def edit_post(
    write: WriteUnit, platform: Platform, actor: Actor, post_id: UUID, change: Change
) -> None:
    """Put other words into an own post; of a published one it shows from then on.

    Raises `NotFound` to strangers, `Forbidden` to readers, `AlreadyWithdrawn`, `AlreadyPublished`
    when another moment is wanted for what is out, and `Invalid` naming a field.
    """
    head = await _own(write, platform, actor, post_id, "posts.edit_own")
    row = head.row
    is_out = row.announced_at is not None or row.publish_at <= write.now
    if is_out and change.publish_at not in {None, row.publish_at}:
        raise AlreadyPublished
    count = row.attachment_count + len(change.new_attachments)
    check_attachment_count(count)
    title = clean_title(change.title)
    html = clean_html(change.html, has_attachments=bool(count))
    times = settle_times(
        platform,
        row.municipality_id,
        write.now,
        NewPost(
            title,
            html,
            (),
            publish_at=change.publish_at or row.publish_at,
            expire_at=change.expire_at,
            important=change.important,
        ),
        row.publish_at if is_out else None,
    )
    new = change.new_attachments
    added = await platform.files.waiting(write, actor, new) if new else ()
    await write.execute(
        sa.update(post)
        .where(post.c.id == post_id)
        .values(
            title=title,
            html=html,
            excerpt=excerpt_of(html),
            comments_allowed=change.comments_allowed,
            attachment_count=count,
            pictures=[*row.pictures, *pictures_of(added)][:MOST_PICTURES],
            edited_at=write.now if is_out else None,
            **msgspec.structs.asdict(times),
        )
    )
    await attach(write, platform, actor, new, post_id, row.municipality_id)
    if not is_out:
        await _move(write, post_id, times.publish_at)
    write.audit("posts.post_edited", municipality_id=row.municipality_id, object_id=post_id)
    if is_out:
        write.emit(PostEdited(municipality_id=row.municipality_id, post_id=post_id))
        await tell_audience(write, post_id)


async def _move(write: WriteUnit, post_id: UUID, publish_at: datetime) -> None:
    """Let a post that is not out yet be published at another moment, perhaps now."""
    await write.execute(
        sa.update(audience).where(audience.c.post_id == post_id).values(publish_at=publish_at)
    )
    if publish_at <= write.now:
        await announce(write, post_id)


async def withdraw_post(write: WriteUnit, platform: Platform, actor: Actor, post_id: UUID) -> None:
    """Take an own post back: words and attachments are gone, that there was one stays to see."""
    head = await _own(write, platform, actor, post_id, "posts.withdraw_own")
    await blank_post(write, platform, head.row, WithdrawnBy.AUTHOR)
    write.audit("posts.post_withdrawn", municipality_id=head.row.municipality_id, object_id=post_id)


async def _own(
    write: WriteUnit, platform: Platform, actor: Actor, post_id: UUID, action: str
) -> Head:
    """Return an own post that still has its words."""
    await platform.permissions.require(write, actor, action, post_id, sees="posts.read")
    head = (await load_post(write, platform, actor, post_id)).head
    if head.row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    return head


async def blank_post(write: WriteUnit, platform: Platform, row: PostRow, by: WithdrawnBy) -> None:
    """Remove a post's words and attachments for everybody, and tell those who had it."""
    await write.execute(
        sa.update(post)
        .where(post.c.id == row.id)
        .values(
            title="",
            html="",
            excerpt="",
            attachment_count=0,
            pictures=[],
            withdrawn_at=write.now,
            withdrawn_by=by,
        )
    )
    if row.attachment_count:
        await platform.files.detach(write, row.id)
    write.emit(PostWithdrawn(municipality_id=row.municipality_id, post_id=row.id))
    await tell_audience(write, row.id)


async def remove_from_group(
    write: WriteUnit, platform: Platform, actor: Actor, post_id: UUID, group_id: UUID
) -> None:
    """Take a post off a group (POST-6): its people no longer see it, unless another group has it.

    Raises `NotFound` to strangers and for a group that the post is not in, `Forbidden` to readers.
    """
    await platform.permissions.require(
        write, actor, "posts.remove_from_group", post_id, sees="posts.read"
    )
    row = (await load_post(write, platform, actor, post_id)).head.row
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    await tell_audience(write, post_id)
    removed = await write.execute(
        sa.update(audience)
        .where(
            audience.c.post_id == post_id,
            audience.c.group_id == group_id,
            audience.c.removed_at.is_(None),
        )
        .values(removed_at=write.now)
    )
    if not removed.rowcount:
        raise NotFound
    write.emit(
        PostRemovedFromGroup(
            municipality_id=row.municipality_id, post_id=post_id, group_id=group_id
        )
    )
    write.audit(
        "posts.post_removed_from_group",
        municipality_id=row.municipality_id,
        object_id=post_id,
        details={"group": group_id.hex},
    )
    if row.author_id is not None:
        write.changed(LIVE_TOPIC, [row.author_id])
