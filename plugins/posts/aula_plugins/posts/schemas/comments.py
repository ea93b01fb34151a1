"""Comments as programs read and send them."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.posts.models import WithdrawnBy
from aula_plugins.posts.schemas.fields import CommentId, CommentText, PostId, Writer
from aula_plugins.posts.service.commenting import Said
from aula_sdk.paging import Page


class CommentRights(msgspec.Struct, frozen=True):
    """What one may do to a comment as it stands (POST-5)."""

    edit: bool
    withdraw: bool
    report: bool


class CommentItem(msgspec.Struct, frozen=True):
    """A comment with its newest answers, in the order of reading, or an answer."""

    id: CommentId
    post: PostId
    parent: CommentId | None
    author: Writer
    text: str
    written_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None
    own: bool
    may: CommentRights
    answer_count: int
    answers: "list[CommentItem]" = []

    @classmethod
    def of(cls, said: Said) -> Self:
        row = said.row
        return cls(
            id=row.key,
            post=row.post_key,
            parent=row.parent_key or None,
            author=Writer.of(row.author_id, row.author_name, row.author_kind, row.author_title),
            text=row.text,
            written_at=row.written_at,
            edited_at=row.edited_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=row.withdrawn_by,
            own=said.is_own,
            may=CommentRights(said.may.edit, said.may.withdraw, said.may.report),
            answer_count=row.answer_count,
            answers=[cls.of(answer) for answer in said.answers],
        )


class CommentPage(msgspec.Struct, frozen=True):
    """Some comments, the newest first; ``next`` is the cursor of the ones before them."""

    items: list[CommentItem]
    next: str | None

    @classmethod
    def of(cls, page: Page[Said]) -> Self:
        return cls(
            [CommentItem.of(said) for said in page.items], str(page.next) if page.next else None
        )


class CommentToWrite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment; ``parent``: the comment that it answers."""

    text: CommentText
    parent: CommentId | None = None


class OtherText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a comment says instead."""

    text: CommentText


class WrittenComment(msgspec.Struct, frozen=True):
    """The comment that was written."""

    comment: CommentId
