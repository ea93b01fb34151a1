"""Comments on a post, and answers to them: one level deep, in pages, with a visible trace."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.errors import AlreadyWithdrawn, CommentsClosed
from aula_plugins.posts.events import CommentEdited, CommentWithdrawn, CommentWritten
from aula_plugins.posts.models import WithdrawnBy, comment, post
from aula_plugins.posts.queries import comments as queries
from aula_plugins.posts.queries.comments import CommentRow
from aula_plugins.posts.service.heads import (
    comments_open,
    load_post,
    profile_at,
    reading_profiles,
)
from aula_plugins.posts.service.telling import tell_commenters
from aula_plugins.posts.service.words import clean_comment
from aula_sdk.errors import NotFound
from aula_sdk.ids import new_id
from aula_sdk.paging import Cursor, Page, page_of
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class CommentMay(msgspec.Struct, frozen=True):
    """What the reader may do to a comment as it stands now."""

    edit: bool
    withdraw: bool
    report: bool


class Said(msgspec.Struct, frozen=True):
    """A comment or an answer as it is shown; of a comment the newest answers too."""

    row: CommentRow
    is_own: bool
    may: CommentMay
    answers: "tuple[Said, ...]" = ()

    @property
    def hidden_answers(self) -> int:
        """How many answers are not among the shown ones."""
        return self.row.answer_count - len(self.answers)


async def list_comments(
    read: ReadUnit, platform: Platform, actor: Actor, post_id: UUID, after: Cursor | None = None
) -> Page[Said]:
    """Return the comments on a post, the newest first, each with its newest answers.

    The caller has made sure that the actor reads the post, or gets an empty page.
    """
    visible = platform.permissions.visible(actor, "posts.read_comment")
    rows = await read.structs(
        CommentRow,
        queries.comments(visible.clause, paged=after is not None),
        {**visible.params, "post_id": post_id, **(after.params if after else {})},
    )
    page = page_of(rows, queries.PAGE_SIZE, _place)
    _note_read(read, post_id, rows)
    parents = [row.id for row in page.items if row.answer_count]
    answers: Sequence[CommentRow] = ()
    if parents:
        answers = await read.structs(
            CommentRow,
            queries.newest_answers(visible.clause),
            {**visible.params, "parents": parents},
        )
    return Page(
        tuple(
            msgspec.structs.replace(
                _said(actor, row),
                answers=tuple(_said(actor, one) for one in answers if one.parent_id == row.id),
            )
            for row in page.items
        ),
        page.next,
    )


async def list_answers(
    read: ReadUnit, platform: Platform, actor: Actor, comment_id: UUID, after: Cursor | None = None
) -> Page[Said]:
    """Return the answers to a comment, the newest first; `NotFound` to who may not read it."""
    await load_comment(read, platform, actor, comment_id)
    visible = platform.permissions.visible(actor, "posts.read_comment")
    rows = await read.structs(
        CommentRow,
        queries.answers(visible.clause, paged=after is not None),
        {**visible.params, "parent_id": comment_id, **(after.params if after else {})},
    )
    page = page_of(rows, queries.PAGE_SIZE, _place)
    _note_read(read, comment_id, rows)
    return Page(tuple(_said(actor, row) for row in page.items), page.next)


def _note_read(read: ReadUnit, object_id: UUID, rows: Sequence[CommentRow]) -> None:
    """Have it in the audit that comments on a post, or answers to a comment, were read."""
    if rows:
        read.looked(
            "posts.read_comment",
            municipality_id=rows[0].municipality_id,
            object_id=object_id,
            details={"comments": len(rows)},
        )


def _place(row: CommentRow) -> Cursor:
    return Cursor(row.written_at, row.id)


def _said(actor: Actor, row: CommentRow) -> Said:
    """Return a comment with what may be done to it: whoever reads it may report it, and so on.

    The acts themselves ask the rights again, for this one comment.
    """
    is_own = row.author_id in reading_profiles(actor)
    stands = row.withdrawn_at is None
    return Said(
        row,
        is_own,
        CommentMay(
            edit=stands and is_own and actor.can("posts.edit_own_comment"),
            withdraw=stands and is_own and actor.can("posts.withdraw_own_comment"),
            report=stands and not is_own and actor.can("posts.report_comment"),
        ),
    )


async def load_comment(read: ReadUnit, platform: Platform, actor: Actor, comment_id: UUID) -> Said:
    """Return one comment; raise `NotFound` to whoever may not read it."""
    visible = platform.permissions.visible(actor, "posts.read_comment")
    found = await read.structs(
        CommentRow,
        queries.one_comment(visible.clause),
        {**visible.params, "comment_id": comment_id},
    )
    if not found:
        raise NotFound
    return _said(actor, found[0])


async def write_comment(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    post_id: UUID,
    text: str,
    *,
    key: str,
    parent_id: UUID | None = None,
) -> UUID:
    """Comment on a post, or answer a comment; return the comment's id.

    An answer to an answer stands below the same comment. The same ``key`` again returns the same
    comment. Raises `NotFound` to strangers, `Forbidden` to who only reads, `CommentsClosed`.
    """
    earlier = await write.once(f"posts.comment:{key}")
    if earlier is not None:
        return earlier
    await platform.permissions.require(write, actor, "posts.comment", post_id, sees="posts.read")
    opened = await load_post(write, platform, actor, post_id)
    if opened.head.row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    if not opened.may.comment or not comments_open(platform, opened.head):
        raise CommentsClosed
    clean = clean_comment(text)
    parent = await _parent(write, platform, actor, post_id, parent_id)
    row = opened.head.row
    author = profile_at(actor, "posts.comment", row.institution_id)
    comment_id = new_id()
    await write.execute(
        sa.insert(comment),
        {
            "id": comment_id,
            "post_id": post_id,
            "parent_id": parent,
            "municipality_id": row.municipality_id,
            "author_id": author.id,
            "author_kind": author.kind,
            "text": clean,
            "answer_count": 0,
            "written_at": write.now,
            "edited_at": None,
            "withdrawn_at": None,
            "withdrawn_by": None,
        },
    )
    await _count(write, post_id, parent)
    write.emit(
        CommentWritten(
            municipality_id=row.municipality_id,
            institution_id=row.institution_id,
            post_id=post_id,
            comment_id=comment_id,
            parent_id=parent,
            author_id=author.id,
        )
    )
    write.audit("posts.comment_written", municipality_id=row.municipality_id, object_id=comment_id)
    await tell_commenters(write, post_id)
    await write.remember(f"posts.comment:{key}", comment_id)
    return comment_id


async def _parent(
    write: WriteUnit, platform: Platform, actor: Actor, post_id: UUID, parent_id: UUID | None
) -> UUID | None:
    """Return the comment below which an answer stands; raise `NotFound` for another post's."""
    if parent_id is None:
        return None
    row = (await load_comment(write, platform, actor, parent_id)).row
    if row.post_id != post_id:
        raise NotFound
    return row.parent_id or row.id


async def _count(write: WriteUnit, post_id: UUID, parent: UUID | None) -> None:
    await write.execute(
        sa.update(post).where(post.c.id == post_id).values(comment_count=post.c.comment_count + 1)
    )
    if parent is not None:
        await write.execute(
            sa.update(comment)
            .where(comment.c.id == parent)
            .values(answer_count=comment.c.answer_count + 1)
        )


async def edit_comment(
    write: WriteUnit, platform: Platform, actor: Actor, comment_id: UUID, text: str
) -> CommentRow:
    """Put other words into an own comment; it shows from then on that it was changed."""
    row = await _own(write, platform, actor, comment_id, "posts.edit_own_comment")
    clean = clean_comment(text)
    await write.execute(
        sa.update(comment).where(comment.c.id == comment_id).values(text=clean, edited_at=write.now)
    )
    write.emit(
        CommentEdited(
            municipality_id=row.municipality_id, post_id=row.post_id, comment_id=comment_id
        )
    )
    write.audit("posts.comment_edited", municipality_id=row.municipality_id, object_id=comment_id)
    await tell_commenters(write, row.post_id)
    return row


async def withdraw_comment(
    write: WriteUnit, platform: Platform, actor: Actor, comment_id: UUID
) -> CommentRow:
    """Take an own comment back: its words are gone, that there was one stays to see."""
    row = await _own(write, platform, actor, comment_id, "posts.withdraw_own_comment")
    await blank_comment(write, row, WithdrawnBy.AUTHOR)
    write.audit(
        "posts.comment_withdrawn", municipality_id=row.municipality_id, object_id=comment_id
    )
    return row


async def _own(
    write: WriteUnit, platform: Platform, actor: Actor, comment_id: UUID, action: str
) -> CommentRow:
    await platform.permissions.require(write, actor, action, comment_id, sees="posts.read_comment")
    row = (await load_comment(write, platform, actor, comment_id)).row
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    return row


async def blank_comment(write: WriteUnit, row: CommentRow, by: WithdrawnBy) -> None:
    """Remove a comment's words; its place stays, so that answers still have one."""
    await write.execute(
        sa.update(comment)
        .where(comment.c.id == row.id)
        .values(text="", withdrawn_at=write.now, withdrawn_by=by)
    )
    await write.execute(
        sa.update(post)
        .where(post.c.id == row.post_id)
        .values(comment_count=post.c.comment_count - 1)
    )
    write.emit(
        CommentWithdrawn(
            municipality_id=row.municipality_id, post_id=row.post_id, comment_id=row.id
        )
    )
    await tell_commenters(write, row.post_id)
