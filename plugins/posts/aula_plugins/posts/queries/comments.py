"""Comments on a post and answers to them, in pages, with what the reader may do to each."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.ids import COMMENT, POST
from aula_plugins.posts.models import WithdrawnBy, comment, post
from aula_plugins.posts.queries import params
from aula_plugins.posts.queries.people import name_of, title_of
from aula_sdk.ids import PROFILE
from aula_sdk.paging import beyond
from aula_sdk.people import Kind

PAGE_SIZE = 20
SHOWN_ANSWERS = 3
"""How many of the newest answers stand below a comment before one asks for all."""


class CommentRow(msgspec.Struct, frozen=True):
    """A comment or an answer."""

    id: UUID
    post_id: UUID
    parent_id: UUID | None
    municipality_id: UUID
    author_id: UUID | None
    author_name: str | None
    author_kind: Kind
    author_title: str | None
    text: str
    answer_count: int
    written_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None

    @property
    def key(self) -> str:
        """The id on the wire."""
        return COMMENT.format(self.id)

    @property
    def post_key(self) -> str:
        """The post's id on the wire."""
        return POST.format(self.post_id)

    @property
    def parent_key(self) -> str:
        """The id on the wire of the comment that this one answers."""
        return COMMENT.format(self.parent_id) if self.parent_id else ""

    @property
    def author_key(self) -> str:
        """The author's id on the wire."""
        return PROFILE.format(self.author_id) if self.author_id else ""


def _columns() -> sa.Select[Any]:
    return sa.select(
        comment.c.id,
        comment.c.post_id,
        comment.c.parent_id,
        comment.c.municipality_id,
        comment.c.author_id,
        name_of(comment.c.author_id),
        comment.c.author_kind,
        title_of(comment.c.author_id),
        comment.c.text,
        comment.c.answer_count,
        comment.c.written_at,
        comment.c.edited_at,
        comment.c.withdrawn_at,
        comment.c.withdrawn_by,
    )


@cache
def comments(visible: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    """Comments on a post, the newest first. Parameters: ``post_id``, the cursor's, the right's."""
    return (
        _columns()
        .where(comment.c.post_id == params.post_id(), comment.c.parent_id.is_(None), visible)
        .where(*([beyond(comment.c.written_at, comment.c.id)] if paged else []))
        .order_by(comment.c.written_at.desc(), comment.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )


@cache
def answers(visible: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    """Answers to one comment, the newest first. Parameters as of `comments`, by ``parent_id``."""
    return (
        _columns()
        .where(comment.c.parent_id == params.one("parent_id"), visible)
        .where(*([beyond(comment.c.written_at, comment.c.id)] if paged else []))
        .order_by(comment.c.written_at.desc(), comment.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )


@cache
def newest_answers(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The newest `SHOWN_ANSWERS` answers to each of ``parents``, in the order of reading."""
    ranked = (
        sa.select(
            comment.c.id,
            sa.func.row_number()
            .over(
                partition_by=comment.c.parent_id,
                order_by=(comment.c.written_at.desc(), comment.c.id.desc()),
            )
            .label("place"),
        )
        .where(comment.c.parent_id.in_(params.many("parents")), visible)
        .subquery("ranked")
    )
    shown = sa.select(ranked.c.id).where(ranked.c.place <= SHOWN_ANSWERS)
    return _columns().where(comment.c.id.in_(shown)).order_by(comment.c.written_at, comment.c.id)


@cache
def one_comment(visible: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One comment. Parameters: ``comment_id`` and those of ``visible``."""
    return _columns().where(comment.c.id == params.one("comment_id"), visible)


COMMENTERS = sa.union(
    sa.select(comment.c.author_id).where(
        comment.c.post_id == params.post_id(), comment.c.author_id.is_not(None)
    ),
    sa.select(post.c.author_id).where(post.c.id == params.post_id(), post.c.author_id.is_not(None)),
)
"""Who takes part in the talk about a post: its author and whoever has commented."""
