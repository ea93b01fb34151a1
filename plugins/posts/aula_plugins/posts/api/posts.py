"""Posts: list, write, read, change, withdraw, keep, report, take off a group."""

from uuid import uuid4

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET

from aula_plugins.posts import schemas
from aula_plugins.posts.api.declarations import (
    After,
    Child,
    GroupPath,
    InGroup,
    PostPath,
    ShownBox,
    files_of,
    profile_of,
)
from aula_plugins.posts.errors import (
    AlreadyPublished,
    AlreadyWithdrawn,
    OwnWords,
    TooOldForUnread,
)
from aula_plugins.posts.ids import POST, REPORT
from aula_plugins.posts.queries.feed import Box
from aula_plugins.posts.service import editing, keeping, publishing, reading, reporting
from aula_plugins.posts.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import GROUP, PERSON, WrongIdKind
from aula_sdk.openapi import IdempotencyKey, problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class PostsApi(Controller):
    """``/api/v1/posts``."""

    path = "/"
    tags = ("Posts",)

    @get(opt=needs("posts.follow"), responses=problems(WrongIdKind, WrongCursor, Invalid))
    async def list_posts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        box: ShownBox = Box.ALL,
        child: Child = None,
        group: InGroup = None,
        after: After = None,
    ) -> schemas.PostPage:
        """List one's posts, the newest first; the important ones whose time it is stand apart."""
        wanted = reading.Filter(
            box,
            PERSON.parse(child) if child else None,
            GROUP.parse(group) if group else None,
        )
        page = await reading.list_posts(read, platform, actor, wanted, Cursor.parse(after))
        pinned: tuple[reading.Listed, ...] = ()
        if box is Box.ALL and after is None:
            pinned = await reading.list_pinned(read, platform, actor, wanted)
        return schemas.PostPage.of(page, pinned)

    @post(opt=needs("posts.create"), responses=problems(WrongIdKind, Invalid))
    async def create_post(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.PostToCreate],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.CreatedPost:
        """Write a post for the people of groups, to be read now or from a later moment."""
        post_id = await publishing.create_post(
            write,
            platform,
            actor,
            publishing.NewPost(
                title=data.title,
                html=data.html,
                audience=parse_choices(data.audience),
                attachments=files_of(data.attachments),
                comments_allowed=data.comments_allowed,
                publish_at=data.publish_at,
                expire_at=data.expire_at,
                important=data.important.window if data.important else None,
                sender=profile_of(data.sender),
            ),
            key=idempotency_key or uuid4().hex,
        )
        return schemas.CreatedPost(POST.format(post_id))

    @get("/{post_id:str}", opt=needs("posts.read"), responses=problems(WrongIdKind, NotFound))
    async def read_post(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
    ) -> schemas.Post:
        """Read a post with one's rights to it; it stays unread until it is kept as read."""
        return schemas.Post.of(await reading.open_post(read, platform, actor, POST.parse(post_id)))

    @put(
        "/{post_id:str}",
        opt=needs("posts.edit_own"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn, AlreadyPublished, Invalid),
    )
    async def change_post(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        data: JSONBody[schemas.PostToChange],
    ) -> None:
        """Put other words into an own post; once it is out everybody sees that it was changed."""
        change = editing.Change(
            title=data.title,
            html=data.html,
            comments_allowed=data.comments_allowed,
            publish_at=data.publish_at,
            expire_at=data.expire_at,
            important=data.important.window if data.important else None,
            new_attachments=files_of(data.new_attachments),
        )
        await editing.edit_post(write, platform, actor, POST.parse(post_id), change)

    @delete(
        "/{post_id:str}",
        opt=needs("posts.withdraw_own"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn),
    )
    async def withdraw_post(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
    ) -> None:
        """Take an own post back; everybody sees that there was one."""
        await editing.withdraw_post(write, platform, actor, POST.parse(post_id))

    @patch(
        "/{post_id:str}",
        opt=needs("posts.read"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, TooOldForUnread),
    )
    async def keep_post(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        data: JSONBody[schemas.PostToKeep],
    ) -> None:
        """Mark a post as read or unread, bookmark it or not: for oneself alone."""
        await keeping.keep_post(
            write,
            platform,
            actor,
            POST.parse(post_id),
            unread=None if data.unread is UNSET else data.unread,
            bookmarked=None if data.bookmarked is UNSET else data.bookmarked,
        )

    @post(
        "/{post_id:str}/reports",
        opt=needs("posts.report"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn, OwnWords, Invalid),
    )
    async def report_post(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        data: JSONBody[schemas.ReportToSend],
        *,
        idempotency_key: IdempotencyKey = None,
    ) -> schemas.SentReport:
        """Tell those who handle reports that a post should not stand there."""
        report_id = await reporting.report_post(
            write,
            platform,
            actor,
            POST.parse(post_id),
            data.complaint,
            key=idempotency_key or uuid4().hex,
        )
        return schemas.SentReport(REPORT.format(report_id))

    @delete(
        "/{post_id:str}/groups/{group_id:str}",
        opt=needs("posts.remove_from_group"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn),
    )
    async def remove_from_group(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        post_id: PostPath,
        group_id: GroupPath,
    ) -> None:
        """Take a post off a group (POST-6); the author can see that."""
        await editing.remove_from_group(
            write, platform, actor, POST.parse(post_id), GROUP.parse(group_id)
        )
