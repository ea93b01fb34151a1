"""Keeps the form of a request for which a second factor is missing, before that is answered."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import RequestEncodingType
from litestar.types import Scope

from aula_platform.identity.csrf import FIELD
from aula_platform.identity.return_path import keep_local
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.typed import Typed, keep_typed
from aula_platform.storage import GLOBAL
from aula_platform.web.authentication import storage_of
from aula_platform.web.request_notes import kept_in, note_kept
from aula_sdk.errors import StepUpRequired
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import new_id

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
_FORMS = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})


async def read_form(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Have the request's form parsed, so that it can be kept."""
    if isinstance(connection, Request) and connection.content_type[0] in _FORMS:
        await connection.form()


async def keep_what_was_typed(error: Exception, scope: Scope) -> None:
    """Keep the form of a request for which a second factor is missing, before that is answered."""
    session: SessionRow | None = scope.get("auth")
    if not isinstance(error, StepUpRequired) or session is None:
        return
    request: AnyRequest = scope["litestar_app"].request_class(scope)
    if request.method != "POST" or request.content_type[0] not in _FORMS:
        return
    try:
        content = await _read(request)
    except RuntimeError:
        return  # Nobody had read it, and it cannot be read any more.
    typed_id = new_id()
    async with storage_of(request.app).write(GLOBAL) as write:
        if await keep_typed(write, session, typed_id, content):
            note_kept(scope, typed_id)


async def _read(request: AnyRequest) -> Typed:
    # Litestar keeps what it has parsed: for the token against forgery, the guard or the handler.
    sent = list((await request.form()).multi_items())
    fields = tuple((name, value) for name, value in sent if isinstance(value, str))
    page = urlsplit(request.headers.get("referer", "")).path
    query = f"?{request.url.query}" if request.url.query else ""
    return Typed(
        request.url.path + query,
        keep_local(page),
        tuple((name, value) for name, value in fields if name != FIELD),
        len(sent) - len(fields),
    )


def kept_of(request: AnyRequest) -> Text | str:
    """Return what the refusal says of what was typed."""
    return _("What you wrote is kept.") if kept_in(request.scope) else ""
