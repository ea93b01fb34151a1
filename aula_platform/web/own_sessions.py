"""Where one is logged in, and for how long: one's own sessions, ended by oneself (R13)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from aula_platform.audit.tables import entry, subject
from aula_platform.identity import cookies
from aula_platform.identity.admission import ROLE_TITLES
from aula_platform.identity.devices import find_new_device
from aula_platform.identity.own_sessions import OwnSessions
from aula_platform.identity.sessions import Device, SessionRow, csrf_token, list_devices
from aula_platform.identity.step_up import fresh_proof
from aula_platform.identity.tables import account_person
from aula_platform.permissions.support.ending import ENDED
from aula_platform.stamdata.tables import profile
from aula_platform.storage import EVERYWHERE
from aula_platform.web.authentication import storage_of, unit_of
from aula_platform.web.devices import say_device
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.overview import USE
from aula_platform.web.session_time import name_of, time_left
from aula_platform.web.step_up import way_to_prove
from aula_sdk import ids
from aula_sdk.contributions import needs
from aula_sdk.db import Id, Instant, utc_now
from aula_sdk.errors import NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, Shell

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
PLACE = "/profile/devices"
FORGET = {"Clear-Site-Data": '"cache", "storage"'}
"""What a browser is told to forget when somebody goes: pages and what scripts have kept."""
_TELL_FOR = timedelta(days=30)
_ENDED_FOR_ME = (
    sa.select(sa.func.max(entry.c.at))
    .join_from(subject, entry, entry.c.id == subject.c.entry_id)
    .join(profile, profile.c.id == subject.c.profile_id)
    .join(account_person, account_person.c.person_id == profile.c.person_id)
    .where(
        account_person.c.account_id == sa.bindparam("account_id", type_=Id),
        entry.c.action == ENDED,
        entry.c.at > sa.bindparam("since", type_=Instant),
    )
)
"""When an administrator last ended one's sessions, as the audit has it: of whichever municipality,
and through whichever of one's profiles, since all of them ended.
"""


class Lasts(msgspec.Struct, frozen=True):
    """How long the session lasts, for the page that warns before its end."""

    seconds: int
    can_stay: bool
    """Whether staying makes it longer: not when the working day of the session is over."""
    who: str
    """Whose it is and in which role: a page goes on only as who it was filled in by."""
    csrf_token: str


class OwnSessionPages(Controller):
    """The page, its buttons, and what the warning asks."""

    path = "/profile"
    include_in_schema = False

    @get("/devices", opt=needs(USE))
    async def show(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show where one is logged in, and ask about a new device."""
        session = _own_session(request)
        ended = await _last_ended(request, session)
        devices = await list_devices(read, actor.account_id)
        proof = fresh_proof(session, request.app.state.settings.login.step_up, read.now)
        new = await find_new_device(read, actor.account_id, session.id, proof=proof)
        here = next((one.network for one in devices if one.id == session.id), None)
        context = {
            "devices": [_row(one, session, here) for one in devices],
            "proof_url": way_to_prove(request),
            "ended_at": ended,
            "asked": new
            and {
                "id": ids.DEVICE.format(new.id),
                "name": say_device(new.kind),
                "at": new.created_at,
                "is_this": new.id == session.device_id,
                "may_answer": new.may_answer,
                "may_prove": proof is None,
            },
        }
        return await shell.page("aula/devices.html", context, title=_("Where you are logged in"))

    @post("/devices/{session_id:str}/end", opt=needs(USE), status_code=303)
    async def end_one(
        self, request: AnyRequest, session_id: FromPath[str], shell: NamedDependency[Shell]
    ) -> Response[Any]:
        """Log out there; from the next request on, and in pages that are open."""
        session = _own_session(request)
        ended, profiles = ids.SESSION.parse(session_id), await _profiles(request)
        await _own(request).end_one(session, ended, profiles=profiles)
        if ended == session.id:
            return _leave(request, shell)
        return shell.see_other(PLACE, toast=_("Logged out there"))

    @post("/devices/end-others", opt=needs(USE), status_code=303)
    async def end_others(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """Log out everywhere but here."""
        session = _own_session(request)
        profiles = await _profiles(request)
        await _own(request).end_all(session, but_this=True, profiles=profiles)
        return shell.see_other(PLACE, toast=_("Logged out everywhere else"))

    @post("/devices/end-all", opt=needs(USE), status_code=303)
    async def end_all(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """Log out everywhere, here too."""
        session = _own_session(request)
        profiles = await _profiles(request)
        await _own(request).end_all(session, but_this=False, profiles=profiles)
        return _leave(request, shell)

    @post("/devices/{device_id:str}/known", opt=needs(USE), status_code=303)
    async def accept(
        self, request: AnyRequest, device_id: FromPath[str], shell: NamedDependency[Shell]
    ) -> Response[Any]:
        """Say that the new device is one's own."""
        session = _own_session(request)
        await unit_of(request.scope).close()
        await _own(request).accept(session, ids.DEVICE.parse(device_id))
        return shell.see_other(PLACE, toast=_("Thank you. You will not be asked about it again."))

    @get("/session", opt=needs(USE))
    async def say_how_long(self, request: AnyRequest) -> Lasts:
        """Say how long the session lasts, without making it longer."""
        session: SessionRow = request.scope["auth"]
        return _lasts(session, session.ends_at - utc_now())

    @post("/session", opt=needs(USE), status_code=200)
    async def stay(self, request: AnyRequest) -> Lasts:
        """Stay logged in: a request like any other, after which the session is not idle."""
        session: SessionRow = request.scope["auth"]
        return _lasts(session, time_left(session, request.app.state.settings))


def _lasts(session: SessionRow, left: timedelta) -> Lasts:
    can_stay = session.expires_at - utc_now() > left + timedelta(seconds=1)
    return Lasts(int(left.total_seconds()), can_stay, name_of(session), csrf_token(session))


def _row(one: Device, session: SessionRow, here: str | None) -> dict[str, Any]:
    role = ROLE_TITLES[Kind(one.role)] if one.role else ""
    near = one.network is not None and one.network == here
    return {
        "id": ids.SESSION.format(one.id),
        "name": say_device(one.device),
        "is_this": one.id == session.id,
        "role": str(role),
        "place": _("The same network as here") if near else one.network or "",
        "since": one.created_at,
        "seen": one.last_seen_at,
    }


def _own_session(request: AnyRequest) -> SessionRow:
    """Return the session; raise `NotFound` at a shared device, and while the site is seen as
    somebody else: nobody rules their own there.
    """
    session: SessionRow = request.scope["auth"]
    if not session.is_whole:
        raise NotFound
    return session


def _own(request: AnyRequest) -> OwnSessions:
    step_up = request.app.state.settings.login.step_up
    return OwnSessions(storage_of(request.app), LOGIN_PEOPLE, step_up)


async def _profiles(request: AnyRequest) -> list[UUID]:
    """Return the profiles of the account in all roles, whose pages may be open anywhere."""
    session: SessionRow = request.scope["auth"]
    await unit_of(request.scope).close()
    statement = (
        sa.select(profile.c.id)
        .join(account_person, account_person.c.person_id == profile.c.person_id)
        .where(account_person.c.account_id == session.account_id)
    )
    async with storage_of(request.app).read(EVERYWHERE) as read:
        return [row.id for row in await read.rows(statement)]


async def _last_ended(request: AnyRequest, session: SessionRow) -> datetime | None:
    await unit_of(request.scope).close()
    async with storage_of(request.app).read(EVERYWHERE) as read:
        since = read.now - _TELL_FOR
        ended: datetime | None = await read.scalar(
            _ENDED_FOR_ME, {"account_id": session.account_id, "since": since}
        )
    return ended


def _leave(request: AnyRequest, shell: Shell) -> Response[Any]:
    site_url = request.app.state.settings.site.url
    answer = shell.see_other("/sign-in")
    answer.set_cookie(cookies.forget_session(site_url))
    answer.headers.update(FORGET)
    return answer
