"""Breaking the glass: access for a time to what one's own rights do not give (R2).

Asked for with a reason, approved by a second person, over by itself; what was opened by it is kept.
A wish that nobody decides about lapses: the reason it gave is of that day.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.impersonation import tell_account_of
from aula_platform.identity.tables import break_glass
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit

WISH_LASTS = timedelta(hours=24)
"""For how long a wish can be decided about."""


class NewGlass(msgspec.Struct, frozen=True):
    """What is asked for: whose data, of which part of the site, why, and for how long."""

    municipality_id: UUID
    institution_id: UUID
    profile_id: UUID
    asker_id: UUID
    area: str
    reason: str
    hours: int


class Glass(msgspec.Struct, frozen=True):
    """What was asked for, and what has become of it."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID
    profile_id: UUID
    asker_id: UUID | None
    area: str
    reason: str
    hours: int
    asked_at: datetime
    decider_id: UUID | None
    decided_at: datetime | None
    ends_at: datetime | None
    """When the access ends, or ended; None until it is approved, when refused or taken back."""

    def is_open(self, now: datetime) -> bool:
        """Whether there is access at this moment."""
        return self.ends_at is not None and now < self.ends_at

    def has_lapsed(self, now: datetime) -> bool:
        """Whether nobody has decided about it in time."""
        return self.decided_at is None and now >= self.asked_at + WISH_LASTS


_KEPT = tuple(break_glass.c[field] for field in Glass.__struct_fields__)


async def ask_for(write: WriteUnit, new: NewGlass) -> UUID:
    """Keep what is asked for; nothing is opened by it."""
    key = new_id()
    values = {"id": key, "asked_at": write.now, **msgspec.structs.asdict(new)}
    await write.execute(sa.insert(break_glass).values(values))
    return key


async def find_glass(read: ReadUnit, key: UUID, places: Sequence[UUID]) -> Glass | None:
    """Return what is kept of it, in one of these municipalities."""
    here = break_glass.c.municipality_id.in_(places)
    found = await read.structs(Glass, sa.select(*_KEPT).where(break_glass.c.id == key, here))
    return found[0] if found else None


async def settle(
    write: WriteUnit, glass: Glass, decider_id: UUID, *, approved: bool, owners: list[UUID]
) -> bool:
    """Approve or refuse it; return False when that was done by somebody else meanwhile.

    What is approved begins at once, and the ``owners`` (persons) are told.
    """
    ends_at = write.now + timedelta(hours=glass.hours) if approved else None
    settled = await write.execute(
        sa.update(break_glass)
        .where(break_glass.c.id == glass.id, break_glass.c.decided_at.is_(None))
        .values(decided_at=write.now, decider_id=decider_id, ends_at=ends_at)
    )
    if not settled.rowcount:
        return False
    if approved:
        await tell_account_of(write, owners)
    return True


async def withdraw_glass(write: WriteUnit, glass: Glass) -> bool:
    """Let who has asked take it back; return False when it was decided, or is gone, already.

    What has lapsed stays so: that nobody decided in time is what there is to tell of it.
    """
    if glass.has_lapsed(write.now):
        return False
    taken = await write.execute(
        sa.update(break_glass)
        .where(break_glass.c.id == glass.id, break_glass.c.decided_at.is_(None))
        .values(decided_at=write.now, decider_id=glass.asker_id, withdrawn_at=write.now)
    )
    return bool(taken.rowcount)


async def end_glass(write: WriteUnit, key: UUID) -> bool:
    """End it now; return False when there was nothing to end."""
    ended = await write.execute(
        sa.update(break_glass)
        .where(break_glass.c.id == key, break_glass.c.ends_at > write.now)
        .values(ends_at=write.now)
    )
    return bool(ended.rowcount)
