"""What programs send to write, answer, change, add; and where it has gone."""

from typing import Annotated, Self

import msgspec

from aula_plugins.messages.ids import MESSAGE, THREAD
from aula_plugins.messages.models import ReplyTo
from aula_plugins.messages.schemas.fields import (
    Attachments,
    Children,
    Html,
    MessageId,
    ProfileId,
    Recipients,
    Subject,
    ThreadId,
)
from aula_plugins.messages.service.sending import Sent


class ThreadToStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new message (MSG-7). ``sender`` is needed only of who belongs to several institutions."""

    subject: Subject
    html: Html
    recipients: Recipients
    regarding: Children = []
    attachments: Attachments = []
    sender: ProfileId | None = None


class AnswerToSend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer: to who wrote ``message`` (without it: the newest) unless ``to`` is ``all``."""

    html: Html
    to: ReplyTo = ReplyTo.SENDER
    message: MessageId | None = None
    attachments: Attachments = []


class WhereSent(msgspec.Struct, frozen=True):
    """Where what was written has gone; an answer can be in another conversation (MSG-11)."""

    thread: ThreadId
    message: MessageId | None = None

    @classmethod
    def of(cls, sent: Sent) -> Self:
        return cls(THREAD.format(sent.thread_id), MESSAGE.format(sent.message_id))


class OtherWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says instead."""

    html: Html


class ThreadChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a conversation is one's own to change; what is left out stays."""

    unread: bool | msgspec.UnsetType = msgspec.UNSET
    muted: bool | msgspec.UnsetType = msgspec.UNSET


class PeopleToAdd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes into a conversation."""

    recipients: Annotated[Recipients, msgspec.Meta(min_length=1)]


class PeopleAdded(msgspec.Struct, frozen=True):
    """How many came in; those of a group who were there already are not counted."""

    added: int
