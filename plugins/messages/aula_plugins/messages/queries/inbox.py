"""The list of conversations, the count on the badge, and the words that describe each row."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.models import (
    MessageKind,
    draft,
    message,
    message_person,
    participant,
    participant_child,
    recipient,
    regarding,
    thread,
)
from aula_plugins.messages.queries import params
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.ids import PERSON, PROFILE
from aula_sdk.paging import beyond
from aula_sdk.people import Kind

PAGE_SIZE = 20
SHOWN_RECIPIENTS = 3


class Box(StrEnum):
    """Which conversations a list shows."""

    ALL = "all"
    UNREAD = "unread"


class ThreadRow(msgspec.Struct, frozen=True):
    """A conversation as it stands in one person's list."""

    id: UUID
    profile_id: UUID
    subject: str
    activity_at: datetime
    unread: int
    muted: bool
    left_at: datetime | None
    participant_count: int
    creator_id: UUID | None
    creator_name: str | None
    author_id: UUID | None
    author_name: str | None
    message_kind: MessageKind
    excerpt: str
    withdrawn_at: datetime | None
    attachment_count: int
    has_draft: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return THREAD.format(self.id)

    @property
    def creator_key(self) -> str:
        """The creator's id on the wire, to keep the colour of the face."""
        return PROFILE.format(self.creator_id) if self.creator_id else ""

    @property
    def author_key(self) -> str:
        """The same of who wrote last."""
        return PROFILE.format(self.author_id) if self.author_id else ""


@cache
def inbox(
    visible: sa.ColumnElement[bool],
    box: Box,
    profiles: int,
    *,
    of_child: bool,
    answers: bool,
    paged: bool,
    readable: sa.ColumnElement[bool] | None = None,
) -> sa.Select[Any]:
    """Conversations of so many profiles by newest activity. Parameters: ``mine``, and where asked
    for ``children`` (profiles of one child), ``origin`` and those of the cursor.

    ``readable`` is the right to read messages, where the newest may have been changed since it was
    this reader's: then nothing of its words is told. Without it they are of every row.
    """
    creator = stamdata.profile.alias("creator")
    author = stamdata.profile.alias("author")
    conditions = [visible, participant.c.profile_id.in_(params.each_of_mine(profiles))]
    if box is Box.UNREAD:
        conditions.append(participant.c.unread > 0)
    if of_child:
        conditions.append(_is_about_child())
    if answers:
        conditions.append(thread.c.origin_id == params.one("origin"))
    if paged:
        conditions.append(beyond(participant.c.activity_at, participant.c.thread_id))
    return (
        sa.select(
            thread.c.id,
            participant.c.profile_id,
            thread.c.subject,
            participant.c.activity_at,
            participant.c.unread,
            participant.c.muted,
            participant.c.left_at,
            thread.c.participant_count,
            thread.c.creator_id,
            creator.c.name,
            message.c.author_id,
            author.c.name,
            message.c.kind,
            _told(message.c.excerpt, "", readable),
            message.c.withdrawn_at,
            _told(message.c.attachment_count, 0, readable),
            draft.c.id.is_not(None),
        )
        .select_from(
            participant.join(thread, thread.c.id == participant.c.thread_id)
            .join(message, message.c.id == participant.c.last_message_id)
            .outerjoin(creator, creator.c.id == thread.c.creator_id)
            .outerjoin(author, author.c.id == message.c.author_id)
            .outerjoin(
                draft,
                sa.and_(
                    draft.c.thread_id == participant.c.thread_id,
                    draft.c.profile_id == participant.c.profile_id,
                ),
            )
        )
        .where(*conditions)
        .order_by(participant.c.activity_at.desc(), participant.c.thread_id.desc())
        .limit(PAGE_SIZE + 1)
    )


def _told(
    column: sa.Column[Any], otherwise: str | int, readable: sa.ColumnElement[bool] | None
) -> sa.ColumnElement[Any]:
    return column if readable is None else sa.case((readable, column), else_=otherwise)


def _is_about_child() -> sa.ColumnElement[bool]:
    """The guardian takes part on account of this child (whose profiles are ``children``)."""
    return sa.exists(
        sa.select(sa.literal(1))
        .select_from(participant_child)
        .where(
            participant_child.c.thread_id == participant.c.thread_id,
            participant_child.c.profile_id == participant.c.profile_id,
            participant_child.c.child_id.in_(params.many("children")),
        )
        .correlate(participant)
    )


@cache
def unread_count(visible: sa.ColumnElement[bool], profiles: int) -> sa.Select[Any]:
    """How many conversations have something unread, the muted ones apart (MSG-25)."""
    return (
        sa.select(sa.func.count())
        .select_from(participant.join(thread, thread.c.id == participant.c.thread_id))
        .where(
            visible,
            participant.c.profile_id.in_(params.each_of_mine(profiles)),
            participant.c.unread > 0,
            participant.c.muted.is_(False),
        )
    )


class Label(msgspec.Struct, frozen=True):
    """A name that belongs to a row of a list: a child, a recipient, a person who was added."""

    what: str
    """``child``, ``added`` or how the recipient was chosen (`RecipientKind`)."""
    owner_id: UUID
    """The conversation; of ``added`` the message."""
    target_id: UUID
    name: str | None
    role: str
    reached: int
    person_id: UUID | None

    @property
    def key(self) -> str:
        """What keeps the colour of a chip: the person, who is the same at every institution."""
        return PERSON.format(self.person_id) if self.person_id else PROFILE.format(self.target_id)


@cache
def labels(role: Kind, profiles: int) -> sa.Select[Any]:
    """Children and recipients of some conversations, and whom some system lines are about.

    Parameters: ``threads``, ``messages``, ``mine``. Which children somebody sees: a guardian the
    own ones, employees and externals those the writer named (MSG-9), a pupil none.
    """
    parts = [_recipient_labels(), _added_labels()]
    if role is Kind.GUARDIAN:
        parts.append(_own_children(profiles))
    elif role is not Kind.PUPIL:
        parts.append(_named_children())
    every = sa.union_all(*parts).subquery("every")
    shown = [column for column in every.c if column is not every.c.place]
    return sa.select(*shown).order_by(every.c.place, every.c.name)


def _label(
    what: sa.ColumnElement[Any], owner: sa.Column[Any], target: sa.Column[Any], **columns: Any
) -> sa.Select[Any]:
    """Return a select of the columns of `Label`, and of the place among a row's labels."""
    given: dict[str, Any] = {
        "role": sa.literal(""),
        "reached": sa.literal(1),
        "person_id": sa.cast(sa.null(), Id),
        "place": sa.literal(0),
    } | columns
    return sa.select(
        sa.type_coerce(what, sa.String).label("what"),
        owner.label("owner_id"),
        target.label("target_id"),
        *(given[name].label(name) for name in ("name", "role", "reached", "person_id", "place")),
    )


def _recipient_labels() -> sa.Select[Any]:
    person, group = stamdata.profile, stamdata.group
    return (
        _label(
            recipient.c.what,
            recipient.c.thread_id,
            recipient.c.target_id,
            name=sa.func.coalesce(person.c.name, group.c.name),
            role=recipient.c.role,
            reached=recipient.c.reached,
            place=recipient.c.position,
        )
        .select_from(
            recipient.outerjoin(person, person.c.id == recipient.c.target_id).outerjoin(
                group, group.c.id == recipient.c.target_id
            )
        )
        .where(
            recipient.c.thread_id.in_(params.many("threads")),
            recipient.c.position < SHOWN_RECIPIENTS,
        )
    )


def _added_labels() -> sa.Select[Any]:
    person = stamdata.profile.alias("added")
    return (
        _label(
            sa.literal("added"),
            message_person.c.message_id,
            message_person.c.profile_id,
            name=person.c.name,
        )
        .select_from(message_person.outerjoin(person, person.c.id == message_person.c.profile_id))
        .where(message_person.c.message_id.in_(params.many("messages")))
    )


def _own_children(profiles: int) -> sa.Select[Any]:
    return _children(participant_child).where(
        participant_child.c.profile_id.in_(params.each_of_mine(profiles))
    )


def _named_children() -> sa.Select[Any]:
    return _children(regarding)


def _children(table: sa.Table) -> sa.Select[Any]:
    child = stamdata.profile.alias("child")
    return (
        _label(
            sa.literal("child"),
            table.c.thread_id,
            table.c.child_id,
            name=child.c.name,
            person_id=child.c.person_id,
        )
        .select_from(table.join(child, child.c.id == table.c.child_id))
        .where(table.c.thread_id.in_(params.many("threads")))
    )
