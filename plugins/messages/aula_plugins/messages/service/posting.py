"""Putting a message or a line of the system into a conversation, for whoever takes part.

The number of statements does not depend on how many people that is: counters and the newest
message of all participants change by one UPDATE.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages.events import MessageSent
from aula_plugins.messages.models import MessageKind, message, message_person, participant
from aula_plugins.messages.queries import heads, people
from aula_plugins.messages.relations import is_told
from aula_plugins.messages.service.words import excerpt_of
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit

LIVE_TOPIC = "messages"

_TELL_PARTICIPANTS = (
    sa.update(participant)
    .where(
        participant.c.thread_id == sa.bindparam("in_thread", type_=Id),
        participant.c.left_at.is_(None),
        is_told(sa.bindparam("at", type_=Instant)),
    )
    .values(
        last_message_id=sa.bindparam("newest", type_=Id),
        activity_at=sa.bindparam("at", type_=Instant),
        unread=sa.case(
            (participant.c.profile_id == sa.bindparam("author", type_=Id), 0),
            else_=participant.c.unread + sa.bindparam("counts", type_=sa.Integer),
        ),
        last_read_at=sa.case(
            (
                participant.c.profile_id == sa.bindparam("author", type_=Id),
                sa.bindparam("at", type_=Instant),
            ),
            else_=participant.c.last_read_at,
        ),
    )
)


async def post_message(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    head: heads.Head,
    *,
    html: str,
    attachments: Sequence[UUID],
) -> UUID:
    """Add what the actor has written, clean already, to a conversation; return the message's id."""
    message_id = new_id()
    await write.execute(
        sa.insert(message),
        message_row(write, head.municipality_id, head.id, message_id, head.profile_id)
        | {"html": html, "excerpt": excerpt_of(html), "attachment_count": len(attachments)},
    )
    await _tell(write, head.id, message_id, head.profile_id, counts=1)
    await attach(
        write,
        platform,
        actor,
        attachments,
        thread_id=head.id,
        message_id=message_id,
        municipality_id=head.municipality_id,
    )
    write.emit(
        MessageSent(
            municipality_id=head.municipality_id,
            institution_id=head.institution_id,
            thread_id=head.id,
            message_id=message_id,
            author_id=head.profile_id,
        )
    )
    write.audit(
        "messages.message_sent",
        municipality_id=head.municipality_id,
        object_id=message_id,
        details={"people": head.others},
    )
    return message_id


async def post_line(
    write: WriteUnit,
    head: heads.Head,
    kind: MessageKind,
    about: Sequence[UUID] = (),
) -> UUID:
    """Add a line of the system, so that what happened can be read in the conversation (MSG-4)."""
    message_id = new_id()
    row = message_row(write, head.municipality_id, head.id, message_id, head.profile_id)
    await write.execute(sa.insert(message), row | {"kind": kind})
    if about:
        common = {"message_id": message_id, "municipality_id": head.municipality_id}
        await write.execute(
            sa.insert(message_person), [common | {"profile_id": person} for person in about]
        )
    await _tell(write, head.id, message_id, head.profile_id, counts=0)
    return message_id


def message_row(
    write: WriteUnit, municipality_id: UUID, thread_id: UUID, message_id: UUID, author_id: UUID
) -> dict[str, object]:
    """Return a whole row of an empty message, to be filled in."""
    return {
        "id": message_id,
        "thread_id": thread_id,
        "author_id": author_id,
        "kind": MessageKind.WRITTEN,
        "html": "",
        "excerpt": "",
        "attachment_count": 0,
        "sent_at": write.now,
        "edited_at": None,
        "withdrawn_at": None,
        "municipality_id": municipality_id,
    }


async def attach(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    attachments: Sequence[UUID],
    *,
    thread_id: UUID,
    message_id: UUID,
    municipality_id: UUID,
) -> None:
    """Give the actor's uploaded files to a message; `Invalid` when one is not the actor's."""
    if attachments:
        await platform.files.attach(
            write,
            actor,
            attachments,
            action="messages.read_message",
            object_id=thread_id,
            part_id=message_id,
            municipality_id=municipality_id,
        )


async def _tell(
    write: WriteUnit, thread_id: UUID, message_id: UUID, author_id: UUID, *, counts: int
) -> None:
    await write.execute(
        _TELL_PARTICIPANTS,
        {
            "in_thread": thread_id,
            "newest": message_id,
            "at": write.now,
            "author": author_id,
            "counts": counts,
        },
    )
    await refresh(write, thread_id)


async def refresh(write: WriteUnit, thread_id: UUID) -> None:
    """Tell the open pages of those who take part to fetch their messages again."""
    rows = await write.rows(people.ACTIVE_PEOPLE, {"thread_id": thread_id})
    write.changed(LIVE_TOPIC, [row.profile_id for row in rows])
