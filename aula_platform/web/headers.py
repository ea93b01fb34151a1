"""Headers that defend every answer: what a page may load, who may frame it, what is remembered."""

import secrets
from collections.abc import Iterable

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

NONCE = "aula_nonce"


def nonce_of(scope: Scope) -> str:
    """Return the request's nonce for scripts, made at its first use."""
    state = scope.setdefault("state", {})
    found: str = state.setdefault(NONCE, secrets.token_urlsafe(16))
    return found


def security_policy(
    nonce: str, frame_origins: Iterable[str], form_origins: Iterable[str] = ()
) -> str:
    """Return the Content-Security-Policy: own things, and the frames of enabled widgets (R18).

    ``form_origins`` are the log-in brokers: signing out is a form, and browsers ask the policy
    also about where its answer leads.
    """
    frames = " ".join(sorted(frame_origins)) or "'none'"
    forms = " ".join(["'self'", *sorted(form_origins)])
    return (
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}'; "
        f"style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; object-src 'none'; "
        f"frame-src {frames}; frame-ancestors 'none'; base-uri 'none'; form-action {forms}"
    )


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._fixed = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Robots-Tag": "noindex, nofollow",
        }
        if is_https:
            self._fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, adding the headers on its way out."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in self._fixed.items():
                    headers.setdefault(name, value)
                state = scope["litestar_app"].state
                frames = state.widgets.frame_origins()
                policy = security_policy(nonce_of(scope), frames, state.form_origins)
                headers.setdefault("Content-Security-Policy", policy)
                # Pages are about people: nothing is kept by what stands between.
                headers.setdefault("Cache-Control", "private, no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)
