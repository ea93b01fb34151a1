"""What the plugin tells others: ids only, one committed schema each in ``event_schemas/``."""

from typing import ClassVar
from uuid import UUID

from aula_sdk.events import Event


class PostPublished(Event, frozen=True, kw_only=True):
    """A post can be read from now on; told once, when it becomes visible."""

    name: ClassVar[str] = "posts.post_published.v1"
    institution_id: UUID
    post_id: UUID
    author_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class PostEdited(Event, frozen=True, kw_only=True):
    """The words or attachments of a published post have changed."""

    name: ClassVar[str] = "posts.post_edited.v1"
    post_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class PostWithdrawn(Event, frozen=True, kw_only=True):
    """A post has lost its words and attachments."""

    name: ClassVar[str] = "posts.post_withdrawn.v1"
    post_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class PostRemovedFromGroup(Event, frozen=True, kw_only=True):
    """An administrator has taken a post off a group (POST-6); the author may want to know."""

    name: ClassVar[str] = "posts.post_removed_from_group.v1"
    post_id: UUID
    group_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class CommentWritten(Event, frozen=True, kw_only=True):
    """Somebody has commented on a post, or answered a comment (``parent_id``)."""

    name: ClassVar[str] = "posts.comment_written.v1"
    institution_id: UUID
    post_id: UUID
    comment_id: UUID
    parent_id: UUID | None
    author_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class CommentEdited(Event, frozen=True, kw_only=True):
    """The words of a comment have changed."""

    name: ClassVar[str] = "posts.comment_edited.v1"
    post_id: UUID
    comment_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class CommentWithdrawn(Event, frozen=True, kw_only=True):
    """A comment has lost its words."""

    name: ClassVar[str] = "posts.comment_withdrawn.v1"
    post_id: UUID
    comment_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class Reported(Event, frozen=True, kw_only=True):
    """Somebody has reported a post, or a comment of it; who that was is nobody's to tell."""

    name: ClassVar[str] = "posts.reported.v1"
    institution_id: UUID
    report_id: UUID
    post_id: UUID
    comment_id: UUID | None

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


class ReportDecided(Event, frozen=True, kw_only=True):
    """Somebody has decided whether reported words stay."""

    name: ClassVar[str] = "posts.report_decided.v1"
    report_id: UUID
    post_id: UUID

    @property
    def stream(self) -> UUID:
        """In order for each post."""
        return self.post_id


EVENTS: tuple[type[Event], ...] = (
    PostPublished,
    PostEdited,
    PostWithdrawn,
    PostRemovedFromGroup,
    CommentWritten,
    CommentEdited,
    CommentWithdrawn,
    Reported,
    ReportDecided,
)
