"""Requests that change something must come from a page of this very session (R16).

Two things are asked. Where the browser says that another site sent the request (Sec-Fetch-Site,
else Origin), it is refused, signed in or not. Where there is a session, the request carries a
token in the header or in a field of its form: a masked HMAC of the session's cookie value, so it
needs no cookie or row of its own, cannot be planted from a neighbouring host, and dies with every
sign-in, sign-out and change of role. A plain form, a multipart form and HTMX's header all do.
"""

from collections.abc import Container
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Headers
from litestar.enums import RequestEncodingType, ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from aula_platform.identity.cookies import session_cookie_name
from aula_platform.identity.problems import RequestForged
from aula_platform.identity.secrets import derive_key, is_mask_of
from aula_platform.identity.sessions import CSRF_PURPOSE, SessionRow
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")

FROM_BROKER = "from_broker"
"""In the ``opt`` of a handler for what brokers send, which believes the broker's word alone."""
FIELD = "_csrf_token"
HEADER = "x-csrftoken"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FORMS = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})


class CsrfProtection(ASGIMiddleware):
    """Raises `RequestForged` before a handler sees such a request.

    Its answer has the same form as other problems. A form that is read here is not read twice:
    Litestar keeps what it has parsed.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = FROM_BROKER

    def __init__(self, site_url: str) -> None:
        """``site_url`` decides the name of the session's cookie."""
        self._cookie = session_cookie_name(site_url)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise."""
        # The application's own kind, which says what it cannot read.
        kind: type[Request[Any, Any, Any]] = scope["litestar_app"].request_class or Request
        request = kind(scope, receive=receive)
        if request.method not in SAFE:
            if comes_from_elsewhere(request.headers):
                raise RequestForged(_("Open the page here and try again."))
            value = request.cookies.get(self._cookie, "")
            session: SessionRow | None = scope.get("auth")
            key = session.csrf_key if session else derive_key(value, CSRF_PURPOSE)
            if value and not is_mask_of(await _find_token(request), key):
                raise RequestForged(
                    _(
                        "You have signed in anew or changed role since you opened it. Reload the "
                        "page and try again."
                    )
                )
        await next_app(scope, receive, send)


def comes_from_elsewhere(headers: Headers) -> bool:
    """Whether the browser itself says that another site's page made this request.

    Who says nothing is no browser that would add cookies of its own accord, or an old one; then
    the token alone decides.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def was_pressed_at(headers: Headers, hosts: Container[str]) -> bool:
    """Whether a link on a page of these hosts led here, as far as the browser says (ASVS 7.6.2).

    Who says nothing about it is an old browser, and is believed (R27).
    """
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return True
    referer = headers.get("referer")
    if referer is not None:
        return urlsplit(referer).hostname in hosts
    return site is None


async def _find_token(request: Request[Any, Any, Any]) -> str:
    token = request.headers.get(HEADER)
    if token is None and request.content_type[0] in _FORMS:
        token = (await request.form()).get(FIELD)
    return token if isinstance(token, str) else ""
