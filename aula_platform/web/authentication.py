"""Who is asking: the session's cookie becomes an actor, once, before anything else happens."""

import logging
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from aula_platform.identity.cookies import session_cookie_name
from aula_platform.identity.sessions import (
    SessionRow,
    is_touch_due,
    load_session,
    touch_session,
)
from aula_platform.permissions.actors import ActorLoader
from aula_platform.settings import Settings
from aula_platform.storage import Read, Storage
from aula_sdk.db import utc_now
from aula_sdk.i18n import LOCALES, use_locale
from aula_sdk.protocols import ReadUnit

READ_UNIT = "aula_read"
_IMPERSONAL = frozenset({"/offline", "/sw.js", "/health"})
"""What is the same for everybody; no session is read for it."""
_LANGUAGE_COOKIE = "aula_language"
_log = logging.getLogger("aula.web")


class Authenticate:
    """ASGI middleware that sets ``user`` (an `Actor` or None) and ``auth`` (the session or None).

    The connection that read the session serves the rest of the request's reads too; it goes back
    to the pool before the answer leaves, or here when no handler used it.
    """

    def __init__(self, app: ASGIApp, *, storage: Storage, settings: Settings) -> None:
        self.app = app
        self._storage = storage
        self._settings = settings
        self._cookie = session_cookie_name(settings.site.url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request as whoever its cookie says."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        if scope["path"] in _IMPERSONAL or scope["path"].startswith("/static/"):
            use_locale(self._language(connection, None))
            await self.app(scope, receive, send)
            return
        async with self._storage.read() as unit:
            session = await load_session(unit, connection.cookies.get(self._cookie, ""))
            scope["auth"] = session
            actors: ActorLoader = connection.app.state.actors
            scope["user"] = await actors.for_session(unit, session) if session else None
            scope.setdefault("state", {})[READ_UNIT] = unit
            use_locale(self._language(connection, session))
            await self.app(scope, receive, send)
        if session is not None and is_touch_due(session, utc_now()):
            async with self._storage.write() as write:
                await touch_session(write, session.id, self._settings.login)

    def _language(
        self, connection: ASGIConnection[Any, Any, Any, Any], session: SessionRow | None
    ) -> str:
        chosen = (session.locale if session else None) or connection.cookies.get(_LANGUAGE_COOKIE)
        if chosen in LOCALES:
            return chosen
        wanted = connection.headers.get("accept-language", "")
        for part in wanted.split(","):
            code = part.split(";")[0].strip().partition("-")[0].lower()
            if code in LOCALES:
                return code
        return self._settings.site.default_locale


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
