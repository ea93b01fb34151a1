"""Fields that several Structs share: ids typed by their prefix, texts with a limit, a person."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import msgspec

from aula_plugins.posts.ids import COMMENT, POST, REPORT
from aula_plugins.posts.models import (
    MAX_ATTACHMENTS,
    MAX_COMMENT,
    MAX_HTML,
    MAX_TITLE,
    MAX_WORDS,
)
from aula_plugins.posts.service.choices import MAX_CHOICES, PATTERN
from aula_sdk.ids import FILE, GROUP, INSTITUTION, PROFILE
from aula_sdk.people import Kind
from aula_sdk.protocols import StoredFile

PostId = Annotated[str, msgspec.Meta(pattern=POST.pattern)]
CommentId = Annotated[str, msgspec.Meta(pattern=COMMENT.pattern)]
ReportId = Annotated[str, msgspec.Meta(pattern=REPORT.pattern)]
ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]
InstitutionId = Annotated[str, msgspec.Meta(pattern=INSTITUTION.pattern)]
FileId = Annotated[str, msgspec.Meta(pattern=FILE.pattern)]
AudienceId = Annotated[
    str,
    msgspec.Meta(
        pattern=PATTERN, description="The people of one kind in a group, `grp_…:guardian`."
    ),
]
Choices = Annotated[list[AudienceId], msgspec.Meta(max_length=MAX_CHOICES)]
Attachments = Annotated[list[FileId], msgspec.Meta(max_length=MAX_ATTACHMENTS)]
Title = Annotated[str, msgspec.Meta(max_length=MAX_TITLE)]
Html = Annotated[str, msgspec.Meta(max_length=MAX_HTML)]
CommentText = Annotated[str, msgspec.Meta(max_length=MAX_COMMENT)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment that programs send: with its time zone."""
Words = Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]


class Writer(msgspec.Struct, frozen=True):
    """Who wrote something, by the name that may be shown; no id when the person was erased."""

    id: ProfileId | None
    name: str
    kind: Kind
    title: str

    @classmethod
    def of(cls, profile_id: UUID | None, name: str | None, kind: Kind, title: str | None) -> Self:
        key = None if profile_id is None else PROFILE.format(profile_id)
        return cls(key, name or "", kind, title or "")


class Attachment(msgspec.Struct, frozen=True):
    """A file of a post; it is fetched from the platform's files."""

    id: FileId
    name: str
    media_type: str
    size: int
    has_preview: bool

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        return cls(FILE.format(file.id), file.name, file.media_type, file.size, file.has_preview)
