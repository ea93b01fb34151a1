"""Comments on posts, and answers to them."""

from uuid import uuid4

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.posts import schemas
from aula_plugins.posts.api.declarations import After, CommentPath, PostPath
from aula_plugins.posts.errors import AlreadyWithdrawn, CommentsClosed, OwnWords
from aula_plugins.posts.ids import COMMENT, POST, REPORT
from aula_plugins.posts.service import commenting, heads, reporting
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class CommentsApi(Controller):
    """``/api/v1/posts/{post}/comments`` and ``/api/v1/posts/comments``."""

    path = "/"
    tags = ("Posts",)

    @get(
        "/{post_id:str}/comments",
        opt=needs("posts.read_comment"),
        responses=problems(WrongIdKind, WrongCursor, NotFound),
    )
    async def list_comments(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        after: After = None,
    ) -> schemas.CommentPage:
        """List the comments on a post, the newest first, each with its newest answers."""
        wanted = POST.parse(post_id)
        await heads.load_post(read, platform, actor, wanted)
        return schemas.CommentPage.of(
            await commenting.list_comments(read, platform, actor, wanted, Cursor.parse(after))
        )

    @post(
        "/{post_id:str}/comments",
        opt=needs("posts.comment"),
        responses=problems(WrongIdKind, NotFound, CommentsClosed, AlreadyWithdrawn, Invalid),
    )
    async def write_comment(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        data: JSONBody[schemas.CommentToWrite],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.WrittenComment:
        """Comment on a post, or answer a comment."""
        comment_id = await commenting.write_comment(
            write,
            platform,
            actor,
            POST.parse(post_id),
            data.text,
            key=idempotency_key or uuid4().hex,
            parent_id=COMMENT.parse(data.parent) if data.parent else None,
        )
        return schemas.WrittenComment(COMMENT.format(comment_id))

    @get(
        "/comments/{comment_id:str}/answers",
        opt=needs("posts.read_comment"),
        responses=problems(WrongIdKind, WrongCursor, NotFound),
    )
    async def list_answers(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        comment_id: CommentPath,
        after: After = None,
    ) -> schemas.CommentPage:
        """List all answers to a comment, the newest first."""
        return schemas.CommentPage.of(
            await commenting.list_answers(
                read, platform, actor, COMMENT.parse(comment_id), Cursor.parse(after)
            )
        )

    @patch(
        "/comments/{comment_id:str}",
        opt=needs("posts.edit_own_comment"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn, Invalid),
    )
    async def change_comment(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        comment_id: CommentPath,
        data: JSONBody[schemas.OtherText],
    ) -> None:
        """Put other words into an own comment; everybody sees that it was changed."""
        await commenting.edit_comment(write, platform, actor, COMMENT.parse(comment_id), data.text)

    @delete(
        "/comments/{comment_id:str}",
        opt=needs("posts.withdraw_own_comment"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn),
    )
    async def withdraw_comment(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        comment_id: CommentPath,
    ) -> None:
        """Take an own comment back; everybody sees that there was one."""
        await commenting.withdraw_comment(write, platform, actor, COMMENT.parse(comment_id))

    @post(
        "/comments/{comment_id:str}/reports",
        opt=needs("posts.report_comment"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn, OwnWords, Invalid),
    )
    async def report_comment(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        comment_id: CommentPath,
        data: JSONBody[schemas.ReportToSend],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.SentReport:
        """Tell those who handle reports that a comment should not stand there."""
        report_id = await reporting.report_comment(
            write,
            platform,
            actor,
            COMMENT.parse(comment_id),
            data.complaint,
            key=idempotency_key or uuid4().hex,
        )
        return schemas.SentReport(REPORT.format(report_id))
