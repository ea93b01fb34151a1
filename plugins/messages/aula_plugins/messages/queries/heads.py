"""One conversation as one participant sees it, with what that person may do in it."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.models import ReplyTo, draft, participant, thread
from aula_plugins.messages.queries import params
from aula_sdk import stamdata

THREAD_ACTIONS = (
    "messages.reply",
    "messages.reply_all",
    "messages.add_participant",
    "messages.leave",
    "messages.see_participants",
    "messages.see_readers",
)
"""What the head of a conversation tells that the reader may do, in this order."""


class Head(msgspec.Struct, frozen=True):
    """A conversation as one participant sees it."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    subject: str
    started_at: datetime
    creator_id: UUID | None
    creator_name: str | None
    participant_count: int
    other_name: str | None
    origin_id: UUID | None
    profile_id: UUID
    left_at: datetime | None
    muted: bool
    unread: int
    last_read_at: datetime | None
    draft_html: str | None
    draft_reply_to: ReplyTo | None
    draft_answered_id: UUID | None
    draft_attachments: list[str] | None
    answer_count: int
    may_reply: bool
    may_reply_all: bool
    may_add_participant: bool
    may_leave: bool
    may_see_participants: bool
    may_see_readers: bool

    @property
    def key(self) -> str:
        """The id on the wire."""
        return THREAD.format(self.id)

    @property
    def origin_key(self) -> str:
        """The id on the wire of the conversation that this one answers."""
        return THREAD.format(self.origin_id) if self.origin_id else ""

    @property
    def may(self) -> tuple[str, ...]:
        """The actions that the reader may do in it."""
        rights = (
            self.may_reply,
            self.may_reply_all,
            self.may_add_participant,
            self.may_leave,
            self.may_see_participants,
            self.may_see_readers,
        )
        return tuple(name for name, held in zip(THREAD_ACTIONS, rights, strict=True) if held)

    @property
    def others(self) -> int:
        """How many people besides the reader get what is written to all."""
        return self.participant_count - (self.left_at is None)


@cache
def head(
    visible: sa.ColumnElement[bool], profiles: int, *rights: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """One conversation of so many profiles. ``rights`` are conditions for `THREAD_ACTIONS`;
    parameters ``thread_id``, ``mine`` and those of the conditions.
    """
    creator = stamdata.profile.alias("creator")
    columns = [
        thread.c.id,
        thread.c.municipality_id,
        thread.c.institution_id,
        thread.c.subject,
        thread.c.started_at,
        thread.c.creator_id,
        creator.c.name,
        thread.c.participant_count,
        _other_name(),
        thread.c.origin_id,
        participant.c.profile_id,
        participant.c.left_at,
        participant.c.muted,
        participant.c.unread,
        participant.c.last_read_at,
        draft.c.html,
        draft.c.reply_to,
        draft.c.answered_id,
        draft.c.attachments,
        _answer_count(),
        *(right.label(f"right_{number}") for number, right in enumerate(rights)),
    ]
    return (
        sa.select(*columns)
        .select_from(
            thread.join(participant, participant.c.thread_id == thread.c.id)
            .outerjoin(creator, creator.c.id == thread.c.creator_id)
            .outerjoin(
                draft,
                sa.and_(
                    draft.c.thread_id == thread.c.id,
                    draft.c.profile_id == participant.c.profile_id,
                ),
            )
        )
        .where(
            thread.c.id == params.thread_id(),
            participant.c.profile_id.in_(params.each_of_mine(profiles)),
            visible,
        )
    )


def _other_name() -> sa.ColumnElement[str]:
    """The name of another person in it: of *the* other one where there are two."""
    row = participant.alias("other")
    person = stamdata.profile.alias("other_person")
    # Looked up by itself: joined, PostgreSQL walks through everybody until it meets the first.
    name = sa.select(person.c.name).where(person.c.id == row.c.profile_id).correlate(row)
    return (
        sa.select(name.scalar_subquery())
        .select_from(row)
        .where(
            row.c.thread_id == thread.c.id,
            row.c.left_at.is_(None),
            row.c.profile_id.not_in(params.mine()),
        )
        .limit(1)
        .correlate(thread)
        .scalar_subquery()
    )


def _answer_count() -> sa.ColumnElement[int]:
    """How many direct answers to this conversation the reader takes part in (MSG-11)."""
    answer = thread.alias("answer")
    mine = participant.alias("my_answer")
    return (
        sa.select(sa.func.count())
        .select_from(answer.join(mine, mine.c.thread_id == answer.c.id))
        .where(answer.c.origin_id == thread.c.id, mine.c.profile_id.in_(params.mine()))
        .correlate(thread)
        .scalar_subquery()
    )
