"""Step-up in place: what is sensitive takes a second factor that was proved a short while ago.

The proof is the broker's: its level (``acr``) and its time (``auth_time``), never when we asked.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from aula_platform.identity.brokers import levels_of
from aula_platform.identity.problems import OtherPerson
from aula_platform.identity.sessions import SessionRow
from aula_platform.settings import LoginSettings, StepUpSettings
from aula_sdk.i18n import gettext_for
from aula_sdk.login import LoginRequest, NotProvedEnough, ProvedIdentity
from aula_sdk.people import Assurance

_ = gettext_for("aula")
PATH = "/step-up"


def is_stepped_up(session: SessionRow, wanted: StepUpSettings, now: datetime) -> bool:
    """Whether the session was proved surely and recently enough for what is sensitive (LOG-15)."""
    return _is_enough(session.assurance, session.proved_at, wanted, now)


def fresh_proof(session: SessionRow, wanted: StepUpSettings, now: datetime) -> datetime | None:
    """Return when two factors were proved, if recently enough for what is sensitive; else None."""
    return session.proved_at if is_stepped_up(session, wanted, now) else None


def broker_for(login: LoginSettings, signed_in_by: str) -> str:
    """Return the broker that proves the second factor of who signed in by that one."""
    chosen = login.brokers.get(signed_in_by)
    return (chosen.step_up_with if chosen else "") or signed_in_by


def wanted_values(login: LoginSettings, broker: str) -> tuple[str, ...]:
    """Return the ``acr_values`` to ask of a broker: as it is told to, else all that are enough."""
    chosen = login.brokers.get(broker)
    if chosen is None:
        return ()
    least = Assurance[login.step_up.level.upper()]
    enough = tuple(acr for acr, level in levels_of(chosen).items() if level >= least)
    return chosen.step_up_acr or enough


def challenge(login: LoginSettings, signed_in_by: str) -> dict[str, Any]:
    """Return what a program needs to know to get a better proof (RFC 9470)."""
    values = wanted_values(login, broker_for(login, signed_in_by))
    return {"acr_values": " ".join(values), "max_age": login.step_up.minutes * 60}


def ask_for_more(request: LoginRequest, login: LoginSettings, broker: str) -> LoginRequest:
    """Return the log-in as one that asks for a second factor, anew where the last one is old."""
    return msgspec.structs.replace(
        request, acr_values=wanted_values(login, broker), max_age=login.step_up.minutes * 60
    )


def check_proof(
    proved: ProvedIdentity, *, same_person: bool, wanted: StepUpSettings, now: datetime
) -> None:
    """Pass when this proves the session's own person enough.

    Raises `OtherPerson` and `NotProvedEnough`; the session stays as it was.
    """
    if not same_person:
        raise OtherPerson(
            _("Sign in as the one whom you were signed in as, or sign out first to be another.")
        )
    if not _is_enough(proved.assurance, proved.proved_at, wanted, now):
        raise NotProvedEnough(
            _("You were known by one factor, or by what you proved earlier. Use two factors now.")
        )


def _is_enough(
    assurance: Assurance, proved_at: datetime, wanted: StepUpSettings, now: datetime
) -> bool:
    youngest = now - timedelta(minutes=wanted.minutes)
    return assurance >= Assurance[wanted.level.upper()] and proved_at >= youngest
