"""A post as it is to one reader: read, unread, bookmarked. Nobody else is told."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from aula_plugins.posts.errors import TooOldForUnread
from aula_plugins.posts.models import mark
from aula_plugins.posts.queries import feed as queries
from aula_plugins.posts.service.heads import load_post, profile_at, reading_profiles
from aula_plugins.posts.service.reading import COUNTS_AS_UNREAD, PostView
from aula_plugins.posts.service.telling import LIVE_TOPIC
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

_INSERT = postgresql.insert(mark).on_conflict_do_nothing()
"""Two windows that open a post at once mark it once; SQLite has the same words for it."""


async def keep_post(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    post_id: UUID,
    *,
    unread: bool | None = None,
    bookmarked: bool | None = None,
) -> None:
    """Count a post as read or unread, bookmark it or not; None stays as it is.

    Raises `NotFound` to strangers and `TooOldForUnread` for what never counts as unread.
    """
    row = (await load_post(write, platform, actor, post_id)).head.row
    if unread and row.publish_at <= write.now - COUNTS_AS_UNREAD:
        raise TooOldForUnread
    values: dict[str, object] = {}
    if unread is not None:
        values["read_at"] = None if unread else write.now
    if bookmarked is not None:
        values["bookmarked_at"] = write.now if bookmarked else None
    if not values:
        return
    mine = reading_profiles(actor)
    changed = await write.execute(
        sa.update(mark).where(mark.c.post_id == post_id, mark.c.profile_id.in_(mine)).values(values)
    )
    if not changed.rowcount:
        profile = profile_at(actor, "posts.read", row.institution_id)
        await _insert(write, [(profile.id, post_id, row.municipality_id)], values)
    write.changed(LIVE_TOPIC, mine)


async def mark_shown(write: WriteUnit, actor: Actor, view: PostView) -> None:
    """Count a post that has just been shown as read, without asking again who may."""
    row = view.row
    mine = reading_profiles(actor)
    known = await write.execute(
        sa.update(mark)
        .where(mark.c.post_id == row.id, mark.c.profile_id.in_(mine))
        .values(read_at=write.now)
    )
    if not known.rowcount:
        profile = profile_at(actor, "posts.read", row.institution_id)
        new = [(profile.id, row.id, row.municipality_id)]
        await _insert(write, new, {"read_at": write.now})
    write.changed(LIVE_TOPIC, mine)


async def read_all(write: WriteUnit, platform: Platform, actor: Actor) -> int:
    """Count every post that waits as read; return how many those were."""
    visible = platform.permissions.visible(actor, "posts.follow")
    mine = reading_profiles(actor)
    waiting = await write.rows(
        queries.unread(visible.clause),
        {
            **visible.params,
            "mine": mine,
            "now": write.now,
            "since": write.now - COUNTS_AS_UNREAD,
        },
    )
    if not waiting:
        return 0
    posts = [row.id for row in waiting]
    known = await _marked(write, mine, posts)
    await write.execute(
        sa.update(mark)
        .where(mark.c.profile_id.in_(mine), mark.c.post_id.in_(posts))
        .values(read_at=write.now)
    )
    new = [
        (profile_at(actor, "posts.read", row.institution_id).id, row.id, row.municipality_id)
        for row in waiting
        if row.id not in known
    ]
    await _insert(write, new, {"read_at": write.now})
    write.changed(LIVE_TOPIC, mine)
    return len(posts)


async def _marked(unit: ReadUnit, mine: Sequence[UUID], posts: Sequence[UUID]) -> set[UUID]:
    rows = await unit.rows(
        sa.select(mark.c.post_id).where(mark.c.profile_id.in_(mine), mark.c.post_id.in_(posts))
    )
    return {row.post_id for row in rows}


async def _insert(
    write: WriteUnit, rows: Sequence[tuple[UUID, UUID, UUID]], values: dict[str, object]
) -> None:
    if rows:
        await write.execute(
            _INSERT,
            [
                {
                    "profile_id": profile_id,
                    "post_id": post_id,
                    "municipality_id": municipality_id,
                    "read_at": None,
                    "bookmarked_at": None,
                }
                | values
                for profile_id, post_id, municipality_id in rows
            ],
        )
