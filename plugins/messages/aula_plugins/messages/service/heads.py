"""Loading a conversation together with what the actor may do in it, by one statement."""

from datetime import datetime
from uuid import UUID

import msgspec

from aula_plugins.messages.errors import ThreadLeft
from aula_plugins.messages.queries import heads
from aula_plugins.messages.queries.params import as_mine
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


async def load_head(
    unit: ReadUnit, platform: Platform, actor: Actor, thread_id: UUID
) -> heads.Head:
    """Return a conversation that the actor may read; raise `NotFound` to everybody else."""
    visible = platform.permissions.visible(actor, "messages.read")
    rights = [platform.permissions.visible(actor, action) for action in heads.THREAD_ACTIONS]
    mine = reading_profiles(actor)
    params: dict[str, object] = {"thread_id": thread_id, **as_mine(mine)}
    for right in (visible, *rights):
        params |= right.params
    found = await unit.structs(
        heads.Head,
        heads.head(visible.clause, len(mine), *(right.clause for right in rights)),
        params,
    )
    if not found:
        raise NotFound
    head = found[0]
    return msgspec.structs.replace(head, left_at=left_at(actor, head.profile_id, head.left_at))


def own_profiles(actor: Actor) -> list[UUID]:
    """Return the profiles with which the actor can take part in conversations."""
    return [profile.id for profile in actor.profiles_for("messages.read")]


def reading_profiles(actor: Actor) -> list[UUID]:
    """Return those, and the ones with which the actor did so where they have left (0038)."""
    return [profile.id for profile in actor.readers_for("messages.read")]


def left_at(actor: Actor, profile_id: UUID, left: datetime | None) -> datetime | None:
    """Return when the participant has left: the conversation, or before that the institution."""
    ended = (one.ended_at for one in actor.former if one.id == profile_id)
    return min((at for at in (left, *ended) if at is not None), default=None)


def require_right(head: heads.Head, *, may: bool) -> None:
    """Pass when the right is there; else say why not to somebody who sees the conversation."""
    if may:
        return
    if head.left_at is not None:
        raise ThreadLeft
    raise Forbidden
