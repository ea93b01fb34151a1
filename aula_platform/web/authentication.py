"""Who is asking: the session's cookie becomes an actor, once, before anything else happens."""

import asyncio
import logging
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from aula_platform.identity.cookies import session_cookie_name
from aula_platform.identity.impersonation import end_lost
from aula_platform.identity.sessions import (
    SessionRow,
    as_itself,
    is_touch_due,
    load_session,
    touch_session,
)
from aula_platform.identity.shared_devices import USE_SHARED
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.narrowing import narrow
from aula_platform.permissions.support.seeing import SeeingAs
from aula_platform.plugin_host.platform import HostedPlatform
from aula_platform.settings import Settings
from aula_platform.storage import EVERYWHERE, GLOBAL, NOWHERE, Read, Storage, Wall, around
from aula_platform.web.bearer import act_by_key, key_in
from aula_platform.web.pace import PATIENCE, Pace
from aula_platform.web.problems import TooMany
from aula_platform.web.request_notes import note_refused
from aula_sdk.db import utc_now
from aula_sdk.i18n import LOCALES, use_locale
from aula_sdk.ids import new_id
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

READ_UNIT = "aula_read"
_IMPERSONAL = frozenset({"/offline", "/sw.js", "/health"})
_IMPERSONAL_FOLDERS = ("/static/", "/looks/")
"""What is the same for everybody; no session is read for it."""
_BY_THEMSELVES = frozenset({"/live", "/profile/session"})
BACKGROUND = "x-aula-background"
"""What pages ask for by themselves; no sign that anybody is there."""
_log = logging.getLogger("aula.web")


class Authenticate:
    """ASGI middleware that sets ``user`` (an `Actor` or None) and ``auth`` (the session or None).

    The connection that read the session serves the rest of the request's reads too; it goes back
    to the pool before the answer leaves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request as whoever its cookie says."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        storage, settings = storage_of(connection.app), settings_of(connection.app)
        if scope["path"] in _IMPERSONAL or scope["path"].startswith(_IMPERSONAL_FOLDERS):
            use_locale(_language(connection, None))
            await self.app(scope, receive, send)
            return
        bind_contextvars(request_id=new_id().hex)
        async with storage.read(GLOBAL) as unit:
            actors: ActorLoader = connection.app.state.actors
            key = key_in(connection)
            session: SessionRow | None = None
            if key is None:
                cookie = connection.cookies.get(session_cookie_name(settings.site.url), "")
                session, actor = await find_out_who(unit, actors, cookie)
                if session and await _has_waited(connection, unit, session):
                    session, actor = await find_out_who(unit, actors, cookie)
                if session and session.seeing:
                    session, actor = await _see_as(connection, unit, session, actor)
            else:
                actor = await act_by_key(scope, unit, storage, settings.login.keys, key)
                put_within_wall(unit, actor)
            scope["auth"], scope["user"] = session, actor
            scope.setdefault("state", {})[READ_UNIT] = unit
            use_locale(_language(connection, session))
            await self.app(scope, receive, _after_looks(storage, unit, send))
        if session and not _runs_by_itself(connection) and is_touch_due(session, utc_now()):
            async with storage.write(GLOBAL) as write:
                await touch_session(write, session, settings.login)


async def _has_waited(
    connection: ASGIConnection[Any, Any, Any, Any], unit: Read, session: SessionRow
) -> bool:
    """Let who asks faster than people do wait for their turn, holding no connection; return whether
    that was so, for it may have ended their session. The guard refuses whom so many wait before
    that it would take too long.
    """
    pace: Pace = connection.app.state.pace
    late = pace.take_turn(session.account_id)
    if late is None:
        note_refused(connection.scope, TooMany.until(PATIENCE))
    if not late:
        return False
    await unit.close()
    await asyncio.sleep(late)
    return True


async def _see_as(
    connection: ASGIConnection[Any, Any, Any, Any],
    unit: Read,
    session: SessionRow,
    supporter: Actor | None,
) -> tuple[SessionRow, Actor | None]:
    """Return the actor as whom the site is seen; the supporter, when that is over by now."""
    seeing: SeeingAs = connection.app.state.seeing
    actor: Actor | None = None
    if session.seeing is not None:
        actor = await seeing.as_other(unit, supporter, session.seeing)
    if actor is None:
        await unit.close()
        async with storage_of(connection.app).write(EVERYWHERE) as write:
            await end_lost(write, session)
        put_within_wall(unit, supporter)
        return as_itself(session), supporter
    put_within_wall(unit, actor)
    return session, actor


def _after_looks(storage: Storage, unit: Read, send: Send) -> Send:
    """Return a ``send`` that lets nothing out before it is in the audit that it was read, and gives
    the unit's connection to others before the answer leaves.
    """

    async def send_audited(message: Message) -> None:
        if message["type"] == "http.response.start":
            await unit.close()
        if unit.looks:
            await storage.keep_looks(unit)
        await send(message)

    return send_audited


def _language(connection: ASGIConnection[Any, Any, Any, Any], session: SessionRow | None) -> str:
    if session and session.locale in LOCALES:
        return session.locale
    wanted = connection.headers.get("accept-language", "")
    for part in wanted.split(","):
        code = part.split(";")[0].strip().partition("-")[0].lower()
        if code in LOCALES:
            return code
    return settings_of(connection.app).site.default_locale


def _runs_by_itself(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a page asks without anybody having touched it: then the session grows idle (LOG-19).

    A browser that says so without need only shortens its own session.
    """
    asks = connection.scope["path"] in _BY_THEMSELVES and connection.scope.get("method") == "GET"
    return asks or BACKGROUND in connection.headers


async def find_out_who(
    unit: Read, actors: ActorLoader, cookie_value: str
) -> tuple[SessionRow | None, Actor | None]:
    """Return the live session of the cookie and its actor, and put the unit within their wall.

    The session is read before it can be known where the reader belongs, from tables that belong to
    no municipality; the actor is made of rows of all the account's municipalities.
    """
    unit.wall = GLOBAL
    session = await load_session(unit, cookie_value)
    unit.wall = EVERYWHERE
    actor = await find_actor(unit, actors, session) if session else None
    put_within_wall(unit, actor)
    return session, actor


async def find_actor(unit: Read, actors: ActorLoader, session: SessionRow) -> Actor | None:
    """Return whom the session acts as: at a shared device with what is ordinary there alone."""
    actor = await actors.for_session(unit, session)
    if actor and session.shared_profile_id:
        ordinary = actors.ordinary_actions
        return narrow(actor, ordinary, USE_SHARED, profile_id=session.shared_profile_id)
    return actor


def put_within_wall(unit: Read, actor: Actor | None) -> None:
    """Let the unit reach as far as the actor does, from here on."""
    unit.wall = wall_of(actor)
    unit.actor = actor


def wall_of(actor: Actor | None) -> Wall:
    """Return how far an actor's requests reach: the municipalities in which they are somebody."""
    return around(actor.municipalities) if actor else NOWHERE


def is_whole(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether somebody acts as all that they are: neither at a shared device nor seen by another;
    by an access key they do.
    """
    session: SessionRow | None = request.scope.get("auth")
    return session is None or session.is_whole


def platform_of(request: ASGIConnection[Any, Any, Any, Any]) -> HostedPlatform:
    """Return the platform as it is handed out in this request: reaching as far as its units."""
    platform: HostedPlatform = request.app.state.platform
    actor: Actor | None = request.scope.get("user")
    return platform.within(actor.municipalities if actor else ()).read_by(actor)


def unit_of(scope: Scope) -> Read:
    """Return the request's read unit."""
    unit: Read = scope["state"][READ_UNIT]
    return unit


async def begin_anew(read: ReadUnit) -> None:
    """Let the unit take a new connection: what was cut off may have left its own in the middle of
    something.
    """
    if isinstance(read, Read):
        await read.close()


def storage_of(app: Litestar) -> Storage:
    """Return the storage of the application."""
    storage: Storage = app.state.storage
    return storage


def settings_of(app: Litestar) -> Settings:
    """Return what the application was opened with."""
    settings: Settings = app.state.settings
    return settings
