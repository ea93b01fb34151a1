"""Seeing the site as somebody else, to help them: kept, shown to the person, and over by itself.

The session stays the supporter's own; for some minutes it says as whom the site is seen. Who may
do so, and how little is shown then, is for the permissions to say (decision 0041, R2).
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.tables import account, account_person, impersonation, session
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit


class NewImpersonation(msgspec.Struct, frozen=True):
    """Who wants to see the site as whom, why, and for how long."""

    municipality_id: UUID
    institution_id: UUID
    profile_id: UUID
    person_id: UUID
    supporter_id: UUID
    reason: str
    lasts: timedelta
    glass_id: UUID | None = None
    owners: tuple[UUID, ...] = ()
    """Persons who are told beside the one who is seen."""


async def begin_impersonation(write: WriteUnit, session_id: UUID, new: NewImpersonation) -> UUID:
    """Let the session see the site as the profile from its next request on; return the id.

    Whoever is seen is told of it: in pages that are opened from now on, until they say they know.
    """
    key, ends_at = new_id(), write.now + new.lasts
    await write.execute(
        sa.insert(impersonation).values(
            id=key,
            municipality_id=new.municipality_id,
            institution_id=new.institution_id,
            profile_id=new.profile_id,
            supporter_id=new.supporter_id,
            glass_id=new.glass_id,
            reason=new.reason,
            began_at=write.now,
            ends_at=ends_at,
        )
    )
    await write.execute(
        sa.update(session)
        .where(session.c.id == session_id)
        .values(impersonation_id=key, seen_until=ends_at)
    )
    await tell_account_of(write, [new.person_id, *new.owners])
    return key


async def end_impersonation(write: WriteUnit, key: UUID) -> None:
    """Let the session be itself again, and note when that was; nothing happens a second time."""
    await write.execute(
        sa.update(session)
        .where(session.c.impersonation_id == key)
        .values(impersonation_id=None, seen_until=None)
    )
    await write.execute(
        sa.update(impersonation)
        .where(
            impersonation.c.id == key,
            impersonation.c.ended_at.is_(None),
            impersonation.c.ends_at > write.now,
        )
        .values(ended_at=write.now)
    )


async def end_lost(write: WriteUnit, current: SessionRow) -> None:
    """End what a session may not do any more."""
    if current.seeing is not None:
        await end_impersonation(write, current.seeing.id)


async def tell_account_of(write: WriteUnit, persons: list[UUID]) -> None:
    """Let the accounts of these persons be told that somebody had special access."""
    accounts = sa.select(account_person.c.account_id).where(account_person.c.person_id.in_(persons))
    await write.execute(
        sa.update(account).where(account.c.id.in_(accounts)).values(special_access_at=write.now)
    )


async def know_of_access(write: WriteUnit, account_id: UUID, seen: datetime) -> None:
    """Note that the owner knows of all special access up to ``seen``; what came later is told."""
    await write.execute(
        sa.update(account)
        .where(account.c.id == account_id, account.c.special_access_at <= seen)
        .values(special_access_at=None)
    )


class SeenProfile(msgspec.Struct, frozen=True):
    """As whom the site is seen, and by which broken glass if any."""

    profile_id: UUID
    glass_id: UUID | None


async def find_seen(read: ReadUnit, key: UUID) -> SeenProfile | None:
    """Return as whom the site is seen."""
    columns = (impersonation.c.profile_id, impersonation.c.glass_id)
    statement = sa.select(*columns).where(impersonation.c.id == key)
    found = await read.structs(SeenProfile, statement)
    return found[0] if found else None
