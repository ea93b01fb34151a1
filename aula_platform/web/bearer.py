"""Requests of programs: ``Authorization: Bearer`` with an access key, below ``/api/`` alone.

A request that names a key is judged by the key; a cookie beside it counts for nothing.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import Scope

from aula_platform.identity.access_keys import (
    USE_KEYS,
    KeyUse,
    is_touch_due,
    load_key,
    touch_key,
)
from aula_platform.identity.csrf import SAFE
from aula_platform.identity.login_rate import take_turn
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.narrowing import narrow
from aula_platform.settings import KeySettings
from aula_platform.storage import EVERYWHERE, GLOBAL, Read, Storage, Write
from aula_platform.web.problems import TooMany
from aula_platform.web.request_notes import note_refused
from aula_sdk.audit import AuditKind
from aula_sdk.errors import Forbidden, NotSignedIn
from aula_sdk.people import Actor

_USE = "aula_key"
_SCHEME = "bearer "
_BUCKET = "access-key/request"
"""No broker can have a name with a slash."""
_MINUTE = 60


def key_in(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return the key that the request names, which only the API hears; None for none."""
    given = connection.headers.get("authorization", "")
    if not connection.scope["path"].startswith("/api/"):
        return None
    return given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else None


async def act_by_key(
    scope: Scope, unit: Read, storage: Storage, settings: KeySettings, text: str
) -> Actor | None:
    """Return as whom the key lets act, and how far; leave to the guard why it is refused."""
    unit.wall = GLOBAL
    use = await load_key(unit, text)
    actors: ActorLoader = scope["litestar_app"].state.actors
    unit.wall = EVERYWHERE
    owner = await actors.for_session(unit, use.session) if use else None
    actor = narrow(owner, use.actions, USE_KEYS) if use and owner else None
    if use is None or actor is None:
        # The database is asked no more than this for whoever guesses.
        said = 'Bearer realm="aula", error="invalid_token"'
        note_refused(scope, NotSignedIn(headers={"WWW-Authenticate": said}))
        return None
    await unit.close()
    async with storage.write(EVERYWHERE, actor) as write:
        each = _MINUTE / settings.per_minute
        may = await take_turn(
            write, use.id.hex, _BUCKET, seconds_each=each, burst=settings.per_minute
        )
        if may and is_touch_due(use, write.now):
            await touch_key(write, use)
            if use.last_used_at is None or use.last_used_at.date() != write.now.date():
                _note_use(write, use, actor)
    if not may:
        note_refused(scope, TooMany.until(each))
    scope.setdefault("state", {})[_USE] = use
    return actor


def _note_use(write: Write, use: KeyUse, actor: Actor) -> None:
    """Audit the first use of each day, where the owner is somebody by this key."""
    for municipality_id in actor.municipalities:
        write.audit(
            "identity.key_used",
            municipality_id=municipality_id,
            object_id=use.id,
            kind=AuditKind.SIGN_IN,
        )


def check_key(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raise `Forbidden` for a change by a key that may only read."""
    use: KeyUse | None = connection.scope.get("state", {}).get(_USE)
    if use is None:
        return
    if not use.writes and connection.scope.get("method") not in SAFE:
        raise Forbidden
