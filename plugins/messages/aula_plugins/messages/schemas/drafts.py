"""What programs keep while somebody writes."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.messages.ids import MESSAGE
from aula_plugins.messages.models import ReplyTo
from aula_plugins.messages.queries.drafts import DraftRow
from aula_plugins.messages.schemas.fields import (
    Attachments,
    Children,
    DraftId,
    FileId,
    Html,
    MessageId,
    ProfileId,
    RecipientId,
    Recipients,
    Subject,
    ThreadId,
    key_of,
)
from aula_sdk.ids import PROFILE


class DraftToKeep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new message as it stands."""

    subject: Subject = ""
    html: Html = ""
    recipients: Recipients = []
    regarding: Children = []
    attachments: Attachments = []
    sender: ProfileId | None = None


class AnswerToKeep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer as it stands; an empty one throws the draft away."""

    html: Html = ""
    to: ReplyTo = ReplyTo.SENDER
    message: MessageId | None = None
    attachments: Attachments = []


class Draft(msgspec.Struct, frozen=True):
    """What one is writing: an answer when there is a ``thread``, else a new message."""

    id: DraftId
    thread: ThreadId | None
    to: ReplyTo
    message: MessageId | None
    subject: str
    html: str
    recipients: list[RecipientId]
    regarding: list[ProfileId]
    attachments: list[FileId]
    sender: ProfileId
    updated_at: datetime

    @classmethod
    def of(cls, row: DraftRow) -> Self:
        return cls(
            id=row.key,
            thread=row.thread_key or None,
            to=row.reply_to,
            message=key_of(MESSAGE, row.answered_id),
            subject=row.thread_subject or row.subject,
            html=row.html,
            recipients=row.recipients,
            regarding=row.regarding,
            attachments=row.attachments,
            sender=PROFILE.format(row.profile_id),
            updated_at=row.updated_at,
        )


class DraftPage(msgspec.Struct, frozen=True):
    """Some drafts, the newest first."""

    items: list[Draft]
    next: str | None
