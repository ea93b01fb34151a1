"""What the plugin tells others: ids only, one committed schema each in ``event_schemas/``."""

from typing import ClassVar
from uuid import UUID

from aula_sdk.events import Event


class MessageSent(Event, frozen=True, kw_only=True):
    """Somebody has written; whoever takes part in the conversation can read it."""

    name: ClassVar[str] = "messages.message_sent.v1"
    institution_id: UUID
    thread_id: UUID
    message_id: UUID
    author_id: UUID

    @property
    def stream(self) -> UUID:
        """In order within a conversation."""
        return self.thread_id


class MessageEdited(Event, frozen=True, kw_only=True):
    """The words of a message have changed."""

    name: ClassVar[str] = "messages.message_edited.v1"
    thread_id: UUID
    message_id: UUID

    @property
    def stream(self) -> UUID:
        """In order within a conversation."""
        return self.thread_id


class MessageWithdrawn(Event, frozen=True, kw_only=True):
    """A message has lost its words and attachments."""

    name: ClassVar[str] = "messages.message_withdrawn.v1"
    thread_id: UUID
    message_id: UUID

    @property
    def stream(self) -> UUID:
        """In order within a conversation."""
        return self.thread_id


class ParticipantsAdded(Event, frozen=True, kw_only=True):
    """People have come into a conversation and can read all of it."""

    name: ClassVar[str] = "messages.participants_added.v1"
    thread_id: UUID
    message_id: UUID
    """The line of the system that names them."""

    @property
    def stream(self) -> UUID:
        """In order within a conversation."""
        return self.thread_id


class ParticipantLeft(Event, frozen=True, kw_only=True):
    """Somebody has left a conversation."""

    name: ClassVar[str] = "messages.participant_left.v1"
    thread_id: UUID
    profile_id: UUID

    @property
    def stream(self) -> UUID:
        """In order within a conversation."""
        return self.thread_id


EVENTS: tuple[type[Event], ...] = (
    MessageSent,
    MessageEdited,
    MessageWithdrawn,
    ParticipantsAdded,
    ParticipantLeft,
)
