"""How posts end (DEL-R1): some time after their school year; formal ones are archived (DEL-R3)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.posts import _
from aula_plugins.posts.ids import POST
from aula_plugins.posts.models import audience, comment, draft, mark, metadata, post, report
from aula_sdk import stamdata
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.retention import KeptOtherwise, Link, RetentionSubject


def _published_before(before: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return post.c.publish_at < before


def _is_formal() -> sa.ColumnElement[bool]:
    """What the institution tells parents (DEL-6); the talk below it is none."""
    to_parents = sa.exists().where(
        audience.c.post_id == post.c.id, audience.c.role == Kind.GUARDIAN
    )
    by_staff = post.c.author_kind == Kind.EMPLOYEE
    return sa.and_(by_staff, post.c.withdrawn_at.is_(None), to_parents.correlate(post))


async def preserve_post(post_id: UUID, read: ReadUnit) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield the post with its writer's name, and the groups that it was for by theirs."""
    author, group = stamdata.profile, stamdata.group
    told = (post.c.id, post.c.institution_id, post.c.title, post.c.html, post.c.publish_at)
    words = (
        sa.select(*told, post.c.edited_at, author.c.name.label("author_name"))
        .outerjoin(author, author.c.id == post.c.author_id)
        .where(post.c.id == post_id)
    )
    for row in await read.rows(words):
        yield post.name, dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
    readers = (
        sa.select(audience.c.group_id, audience.c.role, group.c.name.label("group_name"))
        .outerjoin(group, group.c.id == audience.c.group_id)
        .where(audience.c.post_id == post_id)
        .order_by(audience.c.position)
    )
    for row in await read.rows(readers):
        yield audience.name, dict(row._mapping)  # noqa: SLF001


async def remove_posts(ids: Sequence[UUID], write: WriteUnit) -> int:
    """Remove posts with their comments, reports and what readers kept; return how many rows."""
    touched = 0
    for statement in (
        *(sa.delete(table).where(table.c.post_id.in_(ids)) for table in (report, mark, audience)),
        # Answers refer to what they answer.
        sa.delete(comment).where(comment.c.post_id.in_(ids), comment.c.parent_id.is_not(None)),
        sa.delete(comment).where(comment.c.post_id.in_(ids)),
        sa.delete(post).where(post.c.id.in_(ids)),
    ):
        touched += (await write.execute(statement)).rowcount
    return touched


RETENTION: tuple[RetentionSubject | KeptOtherwise, ...] = (
    RetentionSubject(
        "posts.posts",
        _("Posts"),
        _("after the school year in which they were published"),
        POST,
        post,
        12,
        1,
        60,
        _published_before,
        remove_posts,
        tuple(name for name in metadata.tables if name != draft.name),
        people=(
            Link(post.c.id, post.c.author_id),
            Link(comment.c.post_id, comment.c.author_id),
            Link(report.c.post_id, report.c.reporter_id),
            Link(report.c.post_id, report.c.author_id),
        ),
        groups=(Link(audience.c.post_id, audience.c.group_id),),
        action="posts.read",
        href="/posts",
        by_school_year=True,
        formal=_is_formal,
        preserve=preserve_post,
    ),
    KeptOtherwise(
        "posts.drafts",
        (draft.name,),
        _("A job removes what nobody has gone on writing for a year"),
    ),
)
