"""Telling open pages and other plugins that a post can be read: once, when it becomes visible."""

from uuid import UUID

import sqlalchemy as sa

from aula_plugins.posts.events import PostPublished
from aula_plugins.posts.models import post
from aula_plugins.posts.queries.audience import REACHED
from aula_plugins.posts.queries.comments import COMMENTERS
from aula_sdk.protocols import Platform, WriteUnit

LIVE_TOPIC = "posts"
_AT_ONCE = 50


async def announce(write: WriteUnit, post_id: UUID) -> bool:
    """Tell that a post can be read from now on; return False when it has been told already.

    The row itself decides: of two that try at once, one changes it.
    """
    claimed = await write.execute(
        sa.update(post)
        .where(post.c.id == post_id, post.c.announced_at.is_(None))
        .values(announced_at=write.now)
    )
    if not claimed.rowcount:
        return False
    row = await write.first(
        sa.select(post.c.municipality_id, post.c.institution_id, post.c.author_id).where(
            post.c.id == post_id
        )
    )
    if row is None or row.author_id is None:
        return False
    write.emit(
        PostPublished(
            municipality_id=row.municipality_id,
            institution_id=row.institution_id,
            post_id=post_id,
            author_id=row.author_id,
        )
    )
    await tell_audience(write, post_id)
    return True


async def announce_due(platform: Platform) -> None:
    """Announce the posts whose time has come: the plugin's job, some at a time."""
    active = platform.active_municipalities("posts")
    while True:
        async with platform.write() as write:
            due = sa.select(post.c.id).where(
                post.c.announced_at.is_(None),
                post.c.publish_at <= write.now,
                post.c.withdrawn_at.is_(None),
                post.c.municipality_id.in_(active),
            )
            rows = await write.rows(due.order_by(post.c.publish_at).limit(_AT_ONCE))
            for row in rows:
                await announce(write, row.id)
        if len(rows) < _AT_ONCE:
            return


async def tell_audience(write: WriteUnit, post_id: UUID) -> None:
    """Let the open pages of everybody whom the post reaches fetch their posts again."""
    rows = await write.rows(REACHED, {"post_id": post_id, "now": write.now})
    write.changed(LIVE_TOPIC, [row.profile_id for row in rows])


async def tell_commenters(write: WriteUnit, post_id: UUID) -> None:
    """Let the open pages of those who take part in the talk about a post fetch it again.

    Not of the whole audience: a comment is of interest to few, and a post can be for a school.
    """
    rows = await write.rows(sa.select(COMMENTERS.subquery()), {"post_id": post_id})
    write.changed(LIVE_TOPIC, [row[0] for row in rows])
