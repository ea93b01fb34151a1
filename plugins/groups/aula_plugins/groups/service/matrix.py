"""What kinds of people may do in one group (RGT-4, appendix E): read, and decided."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from aula_sdk.errors import NotFound
from aula_sdk.grants import GRANT_IN_GROUP
from aula_sdk.group_grants import GroupDecision, GroupLine
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

Decided = Literal["yes", "no"] | None


class Wanted(NamedTuple):
    """What is to hold for a kind of person; None: as it is elsewhere."""

    kind: Kind
    right: str
    decided: Decided


async def matrix_of(
    read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID
) -> Sequence[GroupLine]:
    """Return the matrix to whoever may decide in this group; nothing to others."""
    if not actor.can(GRANT_IN_GROUP):
        return ()
    try:
        return await platform.grants.group_rights(read, actor, group_id)
    except NotFound:
        return ()


async def decide(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, wanted: Sequence[Wanted]
) -> None:
    """Decide all of it, or nothing; raise `NotFound` to strangers, and `NotYoursToGive`."""
    # Asked for nothing too: whose the group is must not depend on what was changed.
    await platform.grants.group_rights(write, actor, group_id)
    decisions = [GroupDecision(one.kind, one.right, one.decided) for one in wanted]
    await platform.grants.decide_in_groups(write, actor, [group_id], decisions)
