"""How sessions end before their time: by their owner, by an administrator, or at their broker."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.sessions import shorten
from aula_platform.identity.tables import session
from aula_sdk.login import BrokerSession
from aula_sdk.people import Assurance, Kind
from aula_sdk.protocols import WriteUnit


async def end_session(write: WriteUnit, account_id: UUID, session_id: UUID) -> bool:
    """End one session of this account; return whether there was one."""
    ended = await write.execute(
        sa.delete(session).where(session.c.id == session_id, session.c.account_id == account_id)
    )
    return bool(ended.rowcount)


async def end_all_sessions(write: WriteUnit, account_id: UUID, *, but: UUID | None = None) -> int:
    """Sign the account out everywhere, except in the session ``but``; return from how many sessions
    that had not run out.
    """
    theirs = sa.delete(session).where(session.c.account_id == account_id)
    if but:
        theirs = theirs.where(session.c.id != but)
    ended = await write.execute(theirs.returning(session.c.idle_expires_at, session.c.expires_at))
    return sum(min(row.idle_expires_at, row.expires_at) > write.now for row in ended.all())


class EndedSession(msgspec.Struct, frozen=True):
    """A session that its broker has ended, as far as the audit tells of it."""

    account_id: UUID
    broker: str
    role: Kind | None
    assurance: Assurance


async def end_at_broker(
    write: WriteUnit, broker: str, ended: BrokerSession
) -> Sequence[EndedSession]:
    """End the sessions that began with the broker's session, or else all of that person there;
    return those that ended here.

    A broker that names session and person means that session (Back-Channel Logout 1.0, 2.7). Those
    of the person of which the broker had told no session id end with it: one of them may be the
    one that is meant, and none may outlive it. Both names are compared as `start_session` keeps
    them, cut where they are very long.
    """
    person = session.c.broker_subject == shorten(ended.subject)
    begun = session.c.broker_sid == shorten(ended.sid)
    if ended.sid and ended.subject:
        unnamed = session.c.broker_sid.is_(None)
        named = sa.and_(person, sa.or_(begun, unnamed))
    elif ended.sid:
        named = begun
    elif ended.subject:
        named = person
    else:
        return []
    gone = await write.execute(
        sa.delete(session)
        .where(session.c.broker == broker, named)
        .returning(session.c.account_id, session.c.role, session.c.assurance)
    )
    return [
        EndedSession(
            row.account_id,
            broker,
            None if row.role is None else Kind(row.role),
            Assurance(row.assurance),
        )
        for row in gone.all()
    ]
