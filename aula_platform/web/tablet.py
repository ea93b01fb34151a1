"""At a shared device: pair it, choose who one is, type the PIN, and leave nothing behind."""

import logging
from typing import Any

import sqlalchemy as sa
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from aula_platform.identity import cookies
from aula_platform.identity.door_audit import note_at_door
from aula_platform.identity.login_rate import take_turn
from aula_platform.identity.pins import is_right_pin
from aula_platform.identity.refusals import Attempted, Refusals
from aula_platform.identity.session_endings import end_session
from aula_platform.identity.sessions import (
    NewSession,
    SessionRow,
    load_session,
    start_session,
    tag_of,
)
from aula_platform.identity.shared_devices import (
    BROKER,
    SharedDevice,
    find_device,
    find_town,
    hold_device,
    pair_device,
)
from aula_platform.identity.tables import account, account_person, pin
from aula_platform.settings import Settings
from aula_platform.stamdata.tables import person, profile
from aula_platform.storage import EVERYWHERE, Storage, Who
from aula_platform.web.authentication import find_actor, storage_of, unit_of
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.own_sessions import FORGET
from aula_platform.web.problems import TooMany
from aula_sdk import ids
from aula_sdk.audit import AuditKind
from aula_sdk.contributions import public
from aula_sdk.db import Id, Instant
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Assurance, Kind
from aula_sdk.protocols import ReadUnit, Shell

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")
AnyRequest = Request[Any, Any, Any]
TABLET = "/tablet"
_BUCKET, _SECONDS_EACH, _BURST = f"{BROKER}/code", 6.0, 20
_now = sa.bindparam("now", type_=Instant)


def _holds(table: sa.Table) -> sa.ColumnElement[bool]:
    ended = sa.and_(table.c.valid_to.is_not(None), table.c.valid_to <= _now)
    return sa.and_(table.c.valid_from <= _now, ~ended)


_PEOPLE = (
    sa.select(
        profile.c.id,
        profile.c.person_id,
        profile.c.title,
        person.c.name,
        account.c.id.label("account_id"),
    )
    .join(person, person.c.id == profile.c.person_id)
    .join(account_person, account_person.c.person_id == person.c.id)
    .join(account, account.c.id == account_person.c.account_id)
    .join(pin, pin.c.account_id == account.c.id)
    .where(
        profile.c.institution_id == sa.bindparam("institution_id", type_=Id),
        profile.c.kind == Kind.EMPLOYEE.value,
        *(_holds(table) for table in (person, profile)),
        person.c.protected.is_(False),
        account.c.closed_at.is_(None),
    )
    .order_by(person.c.sort_key, profile.c.id)
)
"""The employees of an institution who have a PIN; nobody protected is named on a wall."""


class Tablet(Controller):
    """What a shared device shows while nobody is signed in there."""

    path = TABLET
    include_in_schema = False

    @get("/", opt=public("a shared device names who may sign in there; others ask for a code"))
    async def show(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """Show the people of the paired device, or ask for the code."""
        if request.scope.get("user") is not None:
            return Redirect("/", status_code=303)
        device, people = await _find(request)
        if device is None:
            page = await shell.page("aula/tablet_pair.html", {}, title=_("Pair this device"))
            site_url = _settings(request).site.url
            page.set_cookie(cookies.forget_tablet(site_url))
            return _without_old_session(request, page)
        context = {
            "device": device.name,
            "people": [
                {"id": ids.PROFILE.format(one.id), "name": one.name, "title": one.title or ""}
                for one in people
            ],
        }
        page = await shell.page("aula/tablet.html", context, title=_("Who are you?"))
        return _without_old_session(request, page)

    @get("/{profile_id:str}", opt=public("at a paired device, the PIN is what lets in"))
    async def ask_for_pin(
        self, request: AnyRequest, profile_id: FromPath[str], shell: NamedDependency[Shell]
    ) -> Response[Any]:
        """Ask for the PIN of one person."""
        _device, one = await _choose(request, profile_id)
        context = {"id": profile_id, "name": one.name, "wrong": False}
        page = await shell.page("aula/tablet_pin.html", context, title=_("Type your PIN"))
        return _without_old_session(request, page)

    @post("/pair", opt=public("the code that an administrator was given says enough"))
    async def pair(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """Pair this browser with the institution for which the code was made."""
        code = str((await request.form()).get("code", ""))[:40]
        await unit_of(request.scope).close()
        async with storage_of(request.app).write(EVERYWHERE) as write:
            may = await _take_turn(request, write)
            paired = await pair_device(write, code) if may else None
            if paired:
                _note(write, "identity.device_paired", paired[0])
        if not may:
            raise TooMany.until(60)
        if paired is None:
            await _refusals(request).note_reason("wrong-code", Attempted(BROKER))
            wrong = str(_("The code is wrong, has been used or is older than 15 minutes."))
            raise Invalid(fields=(FieldError("code", wrong),))
        answer = shell.see_other(TABLET)
        answer.set_cookie(cookies.tablet_cookie(_settings(request).site.url, paired[1]))
        return answer

    @post("/{profile_id:str}", opt=public("at a paired device, the PIN is what lets in"))
    async def enter(
        self, request: AnyRequest, profile_id: FromPath[str], shell: NamedDependency[Shell]
    ) -> Response[Any]:
        """Let in who types the right PIN; who was there before is out."""
        device, one = await _choose(request, profile_id)
        typed = str((await request.form()).get("pin", ""))[:40]
        storage, settings = storage_of(request.app), _settings(request)
        if not await is_right_pin(storage, one.account_id, typed):
            town, role = device.municipality_id, Kind.EMPLOYEE.value
            tried = Attempted(BROKER, (), "", one.account_id, role, town)
            await _refusals(request).note_reason("wrong-pin", tried)
            context = {"id": profile_id, "name": one.name, "wrong": True}
            title = _("Type your PIN")
            return await shell.page("aula/tablet_pin.html", context, title=title, status_code=422)
        value = await _let_in(request, storage, device, one)
        answer = shell.see_other("/")
        answer.set_cookie(cookies.session_cookie(settings.site.url, value))
        return answer

    @post("/leave", opt=public("leaving needs no right"), status_code=303)
    async def leave(self, request: AnyRequest, shell: NamedDependency[Shell]) -> Response[Any]:
        """End the session and let the browser forget all that it has seen."""
        session: SessionRow | None = request.scope.get("auth")
        await unit_of(request.scope).close()
        if session is not None:
            async with storage_of(request.app).write(EVERYWHERE) as write:
                town = await find_town(write, session.id)
                if await end_session(write, session.account_id, session.id):
                    known = await LOGIN_PEOPLE.find_by_account(write, session.account_id)
                    note_at_door(write, "identity.signed_out", session, known, town=town)
        answer = shell.see_other(TABLET)
        answer.set_cookie(cookies.forget_session(_settings(request).site.url))
        answer.headers.update(FORGET)
        return answer


def _without_old_session(request: AnyRequest, page: Response[Any]) -> Response[Any]:
    """Let the browser forget a session that has ended: no form is taken beside its cookie."""
    if request.scope.get("auth") is None:
        page.set_cookie(cookies.forget_session(_settings(request).site.url))
    return page


async def _find(request: AnyRequest) -> tuple[SharedDevice | None, list[Any]]:
    """Return the paired device that asks, and who may sign in there."""
    key = request.cookies.get(cookies.tablet_cookie_name(_settings(request).site.url), "")
    await unit_of(request.scope).close()
    async with storage_of(request.app).read(EVERYWHERE) as read:
        device = await find_device(read, key)
        return device, await _people_at(read, device) if device else []


async def _people_at(read: ReadUnit, device: SharedDevice) -> list[Any]:
    params = {"institution_id": device.institution_id, "now": read.now}
    return list(await read.rows(_PEOPLE, params))


async def _choose(request: AnyRequest, profile_id: str) -> tuple[SharedDevice, Any]:
    """Return the device and the person; raise `NotFound` elsewhere and for anybody else."""
    wanted = ids.PROFILE.parse(profile_id)
    device, people = await _find(request)
    for one in people:
        if device is not None and one.id == wanted:
            return device, one
    raise NotFound


async def _let_in(request: AnyRequest, storage: Storage, device: SharedDevice, one: Any) -> str:
    earlier: SessionRow | None = request.scope.get("auth")
    async with storage.write(EVERYWHERE) as write:
        if not await hold_device(write, device.id):
            raise NotFound
        new = NewSession(
            one.account_id,
            BROKER,
            Kind.EMPLOYEE,
            Assurance.LOW,
            write.now,
            "other/other",
            shared_device_id=device.id,
            shared_profile_id=one.id,
        )
        value = await start_session(write, new, _settings(request).login)
        begun = await load_session(write, value)
        if begun is None or await find_actor(write, request.app.state.actors, begun) is None:
            raise NotFound  # May not act at shared devices any more: nothing was begun.
        if earlier is not None:
            await end_session(write, earlier.account_id, earlier.id)
        known = await LOGIN_PEOPLE.find_by_account(write, one.account_id)
        note_at_door(write, "identity.signed_in", new, known, town=device.municipality_id)
    _log.info("a PIN was let in at a shared device, whose=%s", tag_of(new))
    return value


async def _take_turn(request: AnyRequest, write: Any) -> bool:
    address = request.client.host if request.client else ""
    return await take_turn(write, address, _BUCKET, seconds_each=_SECONDS_EACH, burst=_BURST)


def _note(write: Any, action: str, device: SharedDevice) -> None:
    write.audit(
        action,
        municipality_id=device.municipality_id,
        object_id=device.id,
        kind=AuditKind.SIGN_IN,
        by=Who(None, None, (), BROKER, int(Assurance.LOW)),
    )


def _refusals(request: AnyRequest) -> Refusals:
    return Refusals(storage_of(request.app), LOGIN_PEOPLE)


def _settings(request: AnyRequest) -> Settings:
    found: Settings = request.app.state.settings
    return found
