"""What programs read: posts, and what one may do to each (POST-5)."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.posts.models import WithdrawnBy
from aula_plugins.posts.queries.feed import Label
from aula_plugins.posts.schemas.fields import (
    Attachment,
    AudienceId,
    FileId,
    GroupId,
    InstitutionId,
    PostId,
    ProfileId,
    Writer,
)
from aula_plugins.posts.service.choices import Choice
from aula_plugins.posts.service.heads import May
from aula_plugins.posts.service.reading import Listed, PostView
from aula_sdk.ids import INSTITUTION, PROFILE
from aula_sdk.paging import Page
from aula_sdk.people import Kind


class ForWhom(msgspec.Struct, frozen=True):
    """The people of one kind in a group. ``removed``: the post was taken off it (POST-6)."""

    audience: AudienceId
    group: GroupId
    name: str
    role: Kind
    removed: bool

    @classmethod
    def of(cls, label: Label) -> Self:
        role = Kind(label.role)
        key = Choice(label.target_id, role).key
        return cls(key, label.group_key, label.name or "", role, label.is_removed)


class Child(msgspec.Struct, frozen=True):
    """An own child on whose account one reads the post."""

    id: ProfileId
    name: str


class ImportantWindow(msgspec.Struct, frozen=True):
    """From when until when it stands on top (POST-4)."""

    start: datetime
    end: datetime | None


class PostItem(msgspec.Struct, frozen=True):
    """A post in a list."""

    id: PostId
    institution: InstitutionId
    author: Writer
    title: str
    excerpt: str
    audience: list[ForWhom]
    children: list[Child]
    publish_at: datetime
    expire_at: datetime | None
    important: ImportantWindow | None
    pinned: bool
    unread: bool
    bookmarked: bool
    own: bool
    comments_allowed: bool
    comment_count: int
    attachment_count: int
    pictures: list[FileId]
    edited_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: WithdrawnBy | None

    @classmethod
    def of(cls, listed: Listed) -> Self:
        row = listed.row
        return cls(
            id=row.key,
            institution=INSTITUTION.format(row.institution_id),
            author=Writer.of(row.author_id, row.author_name, row.author_kind, row.author_title),
            title=row.title,
            excerpt=row.excerpt,
            audience=[ForWhom.of(label) for label in listed.audience],
            children=[
                Child(PROFILE.format(one.target_id), one.name or "") for one in listed.children
            ],
            publish_at=row.publish_at,
            expire_at=row.expire_at,
            important=(
                ImportantWindow(row.important_from, row.important_to)
                if row.important_from
                else None
            ),
            pinned=listed.is_pinned,
            unread=listed.is_unread,
            bookmarked=row.is_bookmarked,
            own=listed.is_own,
            comments_allowed=row.comments_allowed,
            comment_count=row.comment_count,
            attachment_count=row.attachment_count,
            pictures=row.pictures,
            edited_at=row.edited_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=row.withdrawn_by,
        )


class PostPage(msgspec.Struct, frozen=True):
    """Some posts; ``next`` is the cursor of those that follow.

    ``pinned`` are the important posts whose time it is: on the first page of ``all`` only, where
    they are not among ``items``.
    """

    items: list[PostItem]
    pinned: list[PostItem]
    next: str | None

    @classmethod
    def of(cls, page: Page[Listed], pinned: tuple[Listed, ...]) -> Self:
        return cls(
            [PostItem.of(one) for one in page.items],
            [PostItem.of(one) for one in pinned],
            str(page.next) if page.next else None,
        )


class PostRights(msgspec.Struct, frozen=True):
    """What one may do to a post as it stands; programs need not compute it (POST-5)."""

    comment: bool
    edit: bool
    withdraw: bool
    report: bool
    remove_from_group: bool

    @classmethod
    def of(cls, may: May) -> Self:
        return cls(may.comment, may.edit, may.withdraw, may.report, may.remove_from_group)


class Post(msgspec.Struct, frozen=True):
    """A post with its words, its attachments and one's rights to it."""

    post: PostItem
    html: str
    attachments: list[Attachment]
    may: PostRights

    @classmethod
    def of(cls, view: PostView) -> Self:
        return cls(
            PostItem.of(view.listed),
            view.opened.head.html,
            [Attachment.of(file) for file in view.files],
            PostRights.of(view.opened.may),
        )
