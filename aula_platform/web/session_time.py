"""How long the reader's session lasts, and whose it is."""

from datetime import timedelta

from aula_platform.identity.sessions import SessionRow
from aula_platform.settings import Settings
from aula_sdk import ids
from aula_sdk.db import utc_now


def time_left(session: SessionRow, settings: Settings) -> timedelta:
    """Return how long the session lasts after a request, which makes it longer."""
    shared = session.shared_profile_id is not None
    limits = settings.login.limits_for(session.role, shared=shared)
    idle = timedelta(minutes=limits.idle_minutes)
    return min(idle, session.expires_at - utc_now())


def name_of(session: SessionRow) -> str:
    """Return who is logged in, as what."""
    return f"{ids.ACCOUNT.format(session.account_id)} {session.role}"
