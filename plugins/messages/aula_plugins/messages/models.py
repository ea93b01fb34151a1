"""The tables: conversations, messages, who takes part, whom they are about, drafts.

People and groups are known by id only; their names live in the views of `aula_sdk.stamdata`.
Recipients are a snapshot of the moment of sending (rule 13). Counters and the newest message are
kept per participant, so that an inbox or a badge never counts messages.
"""

from enum import StrEnum

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata, plugin_table
from aula_sdk.people import Kind

MAX_SUBJECT = 160
MAX_HTML = 100_000
MAX_EXCERPT = 160

metadata = plugin_metadata("messages")


class MessageKind(StrEnum):
    """What a row of ``messages_message`` is: words of a person, or a line of the system (MSG-4)."""

    WRITTEN = "written"
    PEOPLE_ADDED = "people_added"
    PERSON_LEFT = "person_left"


class RecipientKind(StrEnum):
    """How recipients are chosen: a person, the guardians of a child, a role in a group (MSG-8)."""

    PERSON = "person"
    GUARDIANS_OF = "guardians_of"
    GROUP = "group"


class ReplyTo(StrEnum):
    """Whom an answer reaches (MSG-11)."""

    SENDER = "sender"
    ALL = "all"


def _one_of(values: type[StrEnum]) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(
        values,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


thread = plugin_table(
    metadata,
    "messages_thread",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("creator_id", Id),
    sa.Column("subject", sa.String(MAX_SUBJECT), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("participant_count", sa.Integer, nullable=False),
    sa.Column("origin_id", Id, sa.ForeignKey("messages_thread.id"), index=True),
)
"""A conversation. ``participant_count`` are those who have not left; ``origin_id`` is the
conversation that a direct answer comes from (MSG-11); no ``creator_id``: the person was erased."""

message = plugin_table(
    metadata,
    "messages_message",
    sa.Column("id", Id, primary_key=True),
    sa.Column("thread_id", Id, sa.ForeignKey("messages_thread.id"), nullable=False),
    sa.Column("author_id", Id, index=True),
    sa.Column("kind", _one_of(MessageKind), nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("excerpt", sa.String(MAX_EXCERPT), nullable=False),
    sa.Column("attachment_count", sa.Integer, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("edited_at", Instant),
    sa.Column("withdrawn_at", Instant),
    sa.Index("ix_messages_message_thread", "thread_id", "sent_at", "id"),
)
"""What was written, or what happened to the conversation. A withdrawn message keeps its row and
loses its words (MSG-19); no ``author_id``: the person was erased."""

message_person = plugin_table(
    metadata,
    "messages_message_person",
    sa.Column("message_id", Id, sa.ForeignKey("messages_message.id"), primary_key=True),
    sa.Column("profile_id", Id, primary_key=True, index=True),
)
"""Whom a line of the system is about: those who were added."""

participant = plugin_table(
    metadata,
    "messages_participant",
    sa.Column("thread_id", Id, sa.ForeignKey("messages_thread.id"), primary_key=True),
    sa.Column("profile_id", Id, primary_key=True),
    sa.Column("kind", _one_of(Kind), nullable=False),
    sa.Column("joined_at", Instant, nullable=False),
    sa.Column("left_at", Instant),
    sa.Column("activity_at", Instant, nullable=False),
    sa.Column("last_message_id", Id, nullable=False),
    sa.Column("unread", sa.Integer, nullable=False),
    sa.Column("last_read_at", Instant),
    sa.Column("muted", sa.Boolean, nullable=False),
    sa.Index("ix_messages_participant_inbox", "profile_id", "activity_at", "thread_id"),
    sa.Index(
        "ix_messages_participant_unread",
        "profile_id",
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    ),
)
"""A person in a conversation, and the conversation as it is to that person (MSG-2): newest message
that the person can see, how many are unread, until when it was read, muted, left."""

participant_child = plugin_table(
    metadata,
    "messages_participant_child",
    sa.Column("thread_id", Id, primary_key=True),
    sa.Column("profile_id", Id, primary_key=True),
    sa.Column("child_id", Id, primary_key=True, index=True),
    sa.ForeignKeyConstraint(
        ["thread_id", "profile_id"],
        ["messages_participant.thread_id", "messages_participant.profile_id"],
        name="fk_messages_participant_child_participant",
    ),
)
"""On account of which children a guardian takes part. Who has lost access to all of them no longer
sees the conversation, from the same second (R7)."""

regarding = plugin_table(
    metadata,
    "messages_regarding",
    sa.Column("thread_id", Id, sa.ForeignKey("messages_thread.id"), primary_key=True),
    sa.Column("child_id", Id, primary_key=True, index=True),
)
"""Which children the writer said that it is about (MSG-9)."""

recipient = plugin_table(
    metadata,
    "messages_recipient",
    sa.Column("thread_id", Id, sa.ForeignKey("messages_thread.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("what", _one_of(RecipientKind), nullable=False),
    sa.Column("target_id", Id, nullable=False, index=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("reached", sa.Integer, nullable=False),
)
"""To whom the first message was addressed, in the writer's words ("guardians of 3.A"), and how
many people that was at the time."""

draft = plugin_table(
    metadata,
    "messages_draft",
    sa.Column("id", Id, primary_key=True),
    sa.Column("profile_id", Id, nullable=False),
    sa.Column("thread_id", Id, sa.ForeignKey("messages_thread.id")),
    sa.Column("reply_to", _one_of(ReplyTo), nullable=False),
    sa.Column("answered_id", Id),
    sa.Column("subject", sa.String(MAX_SUBJECT), nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("search", sa.String(100), nullable=False),
    sa.Column("recipients", JSON, nullable=False),
    sa.Column("regarding", JSON, nullable=False),
    sa.Column("attachments", JSON, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("profile_id", "thread_id"),
)
"""What somebody is writing (MSG-16): an answer when there is a ``thread_id``, else a new message.
Lists hold ids as they are written on the wire."""
