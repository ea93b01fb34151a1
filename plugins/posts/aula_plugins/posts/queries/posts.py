"""Posts as one reader sees them: the columns, shared by the list, the pinned ones and a page."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.ids import POST
from aula_plugins.posts.models import WithdrawnBy, mark, post
from aula_plugins.posts.queries import params
from aula_plugins.posts.queries.people import name_of, title_of
from aula_sdk.ids import PROFILE
from aula_sdk.people import Kind


class PostRow(msgspec.Struct, frozen=True):
    """A post as it stands in one reader's list."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    author_id: UUID | None
    author_kind: Kind
    author_name: str | None
    author_title: str | None
    title: str
    excerpt: str
    attachment_count: int
    pictures: list[str]
    comments_allowed: bool
    comment_count: int
    publish_at: datetime
    announced_at: datetime | None
    expire_at: datetime | None
    important_from: datetime | None
    important_to: datetime | None
    edited_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None
    is_read: bool
    is_bookmarked: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return POST.format(self.id)

    @property
    def author_key(self) -> str:
        """The author's id on the wire."""
        return PROFILE.format(self.author_id) if self.author_id else ""

    def is_pinned(self, now: datetime) -> bool:
        """Whether it stands on top at this moment (POST-4)."""
        if self.important_from is None or self.withdrawn_at is not None:
            return False
        return self.important_from <= now and (self.important_to is None or now < self.important_to)


def _kept(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether one of the reader's profiles has marked the post so."""
    own = mark.alias(name)
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(own)
        .where(
            own.c.post_id == post.c.id,
            own.c.profile_id.in_(params.mine()),
            own.c[column.name].is_not(None),
        )
        .correlate(post)
    )


def is_read() -> sa.ColumnElement[bool]:
    """The reader has read the post. Parameter: ``mine``."""
    return _kept(mark.c.read_at, "read_mark")


def is_bookmarked() -> sa.ColumnElement[bool]:
    """The reader has bookmarked the post. Parameter: ``mine``."""
    return _kept(mark.c.bookmarked_at, "bookmark")


def is_unread() -> sa.ColumnElement[bool]:
    """The post counts as unread: somebody else's, of the last month (``since``), and not read."""
    return sa.and_(
        post.c.publish_at > params.moment("since"),
        post.c.withdrawn_at.is_(None),
        sa.or_(post.c.author_id.is_(None), post.c.author_id.not_in(params.mine())),
        sa.not_(is_read()),
    )


def is_pinned() -> sa.ColumnElement[bool]:
    """The post stands on top at ``now`` (POST-4)."""
    return sa.and_(
        post.c.important_from <= params.now(),
        sa.or_(post.c.important_to.is_(None), post.c.important_to > params.now()),
        post.c.withdrawn_at.is_(None),
    )


def select_posts(*further: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return a select of the columns of `PostRow`, and further ones. Parameter: ``mine``."""
    return sa.select(
        post.c.id,
        post.c.municipality_id,
        post.c.institution_id,
        post.c.author_id,
        post.c.author_kind,
        name_of(post.c.author_id),
        title_of(post.c.author_id),
        post.c.title,
        post.c.excerpt,
        post.c.attachment_count,
        post.c.pictures,
        post.c.comments_allowed,
        post.c.comment_count,
        post.c.publish_at,
        post.c.announced_at,
        post.c.expire_at,
        post.c.important_from,
        post.c.important_to,
        post.c.edited_at,
        post.c.withdrawn_at,
        post.c.withdrawn_by,
        is_read().label("is_read"),
        is_bookmarked().label("is_bookmarked"),
        *further,
    )
