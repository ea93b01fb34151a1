"""A conversation as it is to one person: read, unread, muted. Nobody else is told."""

from uuid import UUID

import sqlalchemy as sa

from aula_plugins.messages.models import participant
from aula_plugins.messages.queries.heads import Head
from aula_plugins.messages.service.heads import own_profiles
from aula_plugins.messages.service.posting import LIVE_TOPIC
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit


async def keep_thread(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    thread_id: UUID,
    *,
    unread: bool | None = None,
    muted: bool | None = None,
) -> None:
    """Count a conversation as read or unread, be told of new messages or not; None stays as it is.

    Marked as unread, others still see that it was read (MSG-24). Raises `NotFound` to strangers.
    """
    mine = own_profiles(actor)
    if not await platform.permissions.may(write, actor, "messages.read", thread_id):
        raise NotFound
    values: dict[str, object] = {} if muted is None else {"muted": muted}
    if unread is not None:
        values["unread"] = int(unread)
    if unread is False:
        values["last_read_at"] = write.now
    if values:
        await write.execute(
            sa.update(participant)
            .where(participant.c.thread_id == thread_id, participant.c.profile_id.in_(mine))
            .values(**values)
        )
        write.changed(LIVE_TOPIC, mine)


async def mark_shown(write: WriteUnit, head: Head) -> None:
    """Count a conversation that has just been read as read, without asking again who may."""
    await write.execute(
        sa.update(participant)
        .where(participant.c.thread_id == head.id, participant.c.profile_id == head.profile_id)
        .values(unread=0, last_read_at=write.now)
    )
    write.changed(LIVE_TOPIC, [head.profile_id])
