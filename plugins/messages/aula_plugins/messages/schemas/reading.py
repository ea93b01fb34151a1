"""What programs read: conversations, their messages, who takes part."""

from datetime import datetime
from typing import Self

import msgspec

from aula_plugins.messages.models import MessageKind, RecipientKind
from aula_plugins.messages.queries.inbox import Label
from aula_plugins.messages.queries.people import ParticipantRow
from aula_plugins.messages.schemas.fields import (
    FileId,
    InstitutionId,
    MessageId,
    RecipientId,
    ThreadId,
    Who,
)
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.service.reading import Conversation, Listed, Shown
from aula_sdk.ids import FILE, INSTITUTION
from aula_sdk.people import Kind
from aula_sdk.protocols import StoredFile


class Addressed(msgspec.Struct, frozen=True):
    """To whom the first message was addressed, and how many people that was."""

    recipient: RecipientId
    name: str
    people: int

    @classmethod
    def of(cls, label: Label) -> Self:
        choice = Choice(RecipientKind(label.what), label.target_id, label.role)
        return cls(choice.key, label.name or "", label.reached)


class Latest(msgspec.Struct, frozen=True):
    """The newest message of a conversation, in a list."""

    author: Who
    kind: MessageKind
    excerpt: str
    withdrawn: bool
    has_attachments: bool


class ThreadItem(msgspec.Struct, frozen=True):
    """A conversation in a list."""

    id: ThreadId
    subject: str
    activity_at: datetime
    creator: Who
    latest: Latest
    participant_count: int
    unread: int
    muted: bool
    left_at: datetime | None
    has_draft: bool
    children: list[Who]
    recipients: list[Addressed]

    @classmethod
    def of(cls, listed: Listed) -> Self:
        row = listed.row
        return cls(
            id=row.key,
            subject=row.subject,
            activity_at=row.activity_at,
            creator=Who.of(row.creator_id, row.creator_name),
            latest=Latest(
                Who.of(row.author_id, row.author_name),
                row.message_kind,
                row.excerpt,
                row.withdrawn_at is not None,
                row.attachment_count > 0,
            ),
            participant_count=row.participant_count,
            unread=row.unread,
            muted=row.muted,
            left_at=row.left_at,
            has_draft=row.has_draft,
            children=[Who.of(child.target_id, child.name) for child in listed.children],
            recipients=[Addressed.of(label) for label in listed.recipients],
        )


class ThreadPage(msgspec.Struct, frozen=True):
    """Some conversations; ``next`` is the cursor of those that follow."""

    items: list[ThreadItem]
    next: str | None


class Attachment(msgspec.Struct, frozen=True):
    """A file of a message; it is fetched from the platform's files."""

    id: FileId
    name: str
    media_type: str
    size: int

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        return cls(FILE.format(file.id), file.name, file.media_type, file.size)


class MessageItem(msgspec.Struct, frozen=True):
    """A message, or a line of the system about people who came or left."""

    id: MessageId
    kind: MessageKind
    author: Who
    html: str
    sent_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    attachments: list[Attachment]
    added: list[Who]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        row = shown.row
        return cls(
            id=row.key,
            kind=row.kind,
            author=Who.of(row.author_id, row.author_name),
            html=row.html,
            sent_at=row.sent_at,
            edited_at=row.edited_at,
            withdrawn_at=row.withdrawn_at,
            attachments=[Attachment.of(file) for file in shown.files],
            added=[Who.of(person.target_id, person.name) for person in shown.added],
        )


class MessagePage(msgspec.Struct, frozen=True):
    """Some messages, the newest first; ``next`` is the cursor of the ones before them."""

    items: list[MessageItem]
    next: str | None


class Thread(msgspec.Struct, frozen=True):
    """A conversation with its newest messages and what one may do in it."""

    id: ThreadId
    institution: InstitutionId
    subject: str
    started_at: datetime
    creator: Who
    participant_count: int
    origin: ThreadId | None
    answer_count: int
    unread: int
    muted: bool
    left_at: datetime | None
    children: list[Who]
    recipients: list[Addressed]
    may: list[str]
    messages: MessagePage

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        head = conversation.head
        return cls(
            id=head.key,
            institution=INSTITUTION.format(head.institution_id),
            subject=head.subject,
            started_at=head.started_at,
            creator=Who.of(head.creator_id, head.creator_name),
            participant_count=head.participant_count,
            origin=head.origin_key or None,
            answer_count=head.answer_count,
            unread=head.unread,
            muted=head.muted,
            left_at=head.left_at,
            children=[Who.of(child.target_id, child.name) for child in conversation.children],
            recipients=[Addressed.of(label) for label in conversation.recipients],
            may=list(head.may),
            messages=message_page(conversation),
        )


def message_page(conversation: Conversation) -> MessagePage:
    """Return the messages of a conversation as programs get them: the newest first."""
    return MessagePage(
        [MessageItem.of(shown) for shown in reversed(conversation.messages)],
        str(conversation.earlier) if conversation.earlier else None,
    )


class Participant(msgspec.Struct, frozen=True):
    """Somebody in a conversation. Read state is there only for those who may see it (MSG-24)."""

    person: Who
    kind: Kind
    title: str
    joined_at: datetime
    left_at: datetime | None
    last_read_at: datetime | None

    @classmethod
    def of(cls, row: ParticipantRow) -> Self:
        return cls(
            Who.of(row.profile_id, row.name),
            row.kind,
            row.title or "",
            row.joined_at,
            row.left_at,
            row.last_read_at,
        )


class ParticipantPage(msgspec.Struct, frozen=True):
    """Some participants, in the order in which they came."""

    items: list[Participant]
    next: str | None
