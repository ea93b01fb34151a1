"""Who came in, as what, how surely, and who went, in the audit of each municipality of theirs."""

from collections.abc import Sequence
from uuid import UUID

from aula_platform.identity.people import LoginProfile
from aula_platform.identity.session_endings import EndedSession
from aula_platform.identity.sessions import NewSession, SessionRow
from aula_platform.storage import Who, Write
from aula_sdk.audit import AuditKind

UNDECIDED = "undecided"
"""The role of somebody who has several and has not chosen one yet."""


def note_at_door(
    write: Write,
    action: str,
    session: NewSession | SessionRow | EndedSession,
    profiles: Sequence[LoginProfile],
    *,
    town: UUID | None = None,
) -> None:
    """Audit what happened at the door, with the session's change and in its transaction.

    Each municipality is told what it knows: its own person, and nobody else's. At a shared device
    its own municipality (``town``) alone is told.
    """
    people: dict[UUID, UUID] = {}
    for profile in profiles:
        if profile.holds(write.now) and town in {None, profile.municipality_id}:
            people.setdefault(profile.municipality_id, profile.person_id)
    role = session.role.value if session.role else UNDECIDED
    for municipality_id, person_id in people.items():
        who = Who(session.account_id, person_id, (), role, int(session.assurance))
        write.audit(
            action,
            municipality_id=municipality_id,
            details={"broker": session.broker},
            kind=AuditKind.SIGN_IN,
            by=who,
        )
