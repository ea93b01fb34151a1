"""How conversations end (DEL-R1): long after the last word, or when the children have left."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages import _
from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.models import (
    draft,
    message,
    message_person,
    metadata,
    participant,
    participant_child,
    recipient,
    regarding,
    thread,
)
from aula_sdk import stamdata
from aula_sdk.people import Kind
from aula_sdk.protocols import WriteUnit
from aula_sdk.retention import KeptOtherwise, Link, RetentionSubject

_Before = sa.ColumnElement[Any]


def _silent_since(before: _Before) -> sa.ColumnElement[bool]:
    later = sa.exists().where(message.c.thread_id == thread.c.id, message.c.sent_at >= before)
    return sa.and_(thread.c.started_at < before, ~later)


def _children_left(before: _Before) -> sa.ColumnElement[bool]:
    """There were children in it, and none of them has been a child here since.

    A child who goes from day-care to school has not left: it is the person who counts.
    """
    named, seat = stamdata.profile.alias("child_named"), stamdata.profile.alias("child_seat")
    stays = (
        sa.exists()
        .where(seat.c.person_id == named.c.person_id, seat.c.kind == Kind.PUPIL.value)
        .where(sa.or_(seat.c.valid_to.is_(None), seat.c.valid_to >= before))
        .correlate(named)
    )

    def children(*further: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return sa.or_(
            *(
                sa.exists().where(where, named.c.id == column, *further).correlate(thread)
                for where, column in (
                    (regarding.c.thread_id == thread.c.id, regarding.c.child_id),
                    (participant_child.c.thread_id == thread.c.id, participant_child.c.child_id),
                    (
                        sa.and_(
                            participant.c.thread_id == thread.c.id,
                            participant.c.kind == Kind.PUPIL,
                        ),
                        participant.c.profile_id,
                    ),
                )
            )
        )

    return sa.and_(thread.c.started_at < before, children(), ~children(stays))


async def remove_threads(ids: Sequence[UUID], write: WriteUnit) -> int:
    """Remove conversations with everything in them; return how many rows that were.

    Direct answers that came from one stay, without where they came from.
    """
    await write.execute(sa.update(thread).where(thread.c.origin_id.in_(ids)).values(origin_id=None))
    messages = sa.select(message.c.id).where(message.c.thread_id.in_(ids))
    touched = 0
    for statement in (
        sa.delete(draft).where(draft.c.thread_id.in_(ids)),
        sa.delete(message_person).where(message_person.c.message_id.in_(messages)),
        *(
            sa.delete(table).where(table.c.thread_id.in_(ids))
            for table in (participant_child, participant, regarding, recipient, message)
        ),
        sa.delete(thread).where(thread.c.id.in_(ids)),
    ):
        touched += (await write.execute(statement)).rowcount
    return touched


def _conversations(
    name: str,
    title: Any,
    counts_from: Any,
    periods: tuple[int, int, int],
    due: Callable[[_Before], sa.ColumnElement[bool]],
) -> RetentionSubject:
    months, least, most = periods
    return RetentionSubject(
        name,
        title,
        counts_from,
        THREAD,
        thread,
        months,
        least,
        most,
        due,
        remove_threads,
        tuple(metadata.tables),
        people=(
            Link(participant.c.thread_id, participant.c.profile_id),
            Link(participant_child.c.thread_id, participant_child.c.child_id),
            Link(regarding.c.thread_id, regarding.c.child_id),
            Link(message.c.thread_id, message.c.author_id),
            Link(thread.c.id, thread.c.creator_id),
        ),
        groups=(Link(recipient.c.thread_id, recipient.c.target_id),),
        action="messages.read",
        href="/messages",
    )


RETENTION: tuple[RetentionSubject | KeptOtherwise, ...] = (
    _conversations(
        "messages.silent",
        _("Conversations in which nobody writes any more"),
        _("after the last message"),
        (60, 12, 120),
        _silent_since,
    ),
    _conversations(
        "messages.left",
        _("Conversations about children who have left"),
        _("after the last child has left"),
        (12, 6, 120),
        _children_left,
    ),
    KeptOtherwise(
        "messages.drafts",
        (draft.name,),
        _("A job removes what nobody has gone on writing for a year"),
    ),
)
