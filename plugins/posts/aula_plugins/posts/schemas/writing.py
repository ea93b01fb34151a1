"""What programs send to write, change and keep posts."""

import msgspec

from aula_plugins.posts.schemas.fields import (
    Attachments,
    Choices,
    Html,
    Moment,
    PostId,
    ProfileId,
    Title,
)
from aula_plugins.posts.service.publishing import Window


class Importance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when (else its publication) until when (else as set) it stands on top (POST-4)."""

    start: Moment | None = None
    end: Moment | None = None

    @property
    def window(self) -> Window:
        """The same for the service."""
        return Window(self.start, self.end)


class PostToCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new post (POST-1). ``sender`` is needed only of who belongs to several institutions."""

    title: Title
    html: Html
    audience: Choices
    attachments: Attachments = []
    comments_allowed: bool = True
    publish_at: Moment | None = None
    expire_at: Moment | None = None
    important: Importance | None = None
    sender: ProfileId | None = None


class CreatedPost(msgspec.Struct, frozen=True):
    """The post that was made."""

    post: PostId


class PostToChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a post says instead; what is left out is as if it had never been said."""

    title: Title
    html: Html
    comments_allowed: bool = True
    publish_at: Moment | None = None
    """None leaves the moment as it is."""
    expire_at: Moment | None = None
    important: Importance | None = None
    new_attachments: Attachments = []


class PostToKeep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a post is one's own to change; what is left out stays."""

    unread: bool | msgspec.UnsetType = msgspec.UNSET
    bookmarked: bool | msgspec.UnsetType = msgspec.UNSET
