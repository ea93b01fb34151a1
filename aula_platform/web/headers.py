"""Headers that defend every answer: what a page may load, who may frame it, what is remembered."""

import secrets
from collections.abc import Iterable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

NONCE = "aula_nonce"
_POLICY = b"content-security-policy"


def nonce_of(scope: Scope) -> str:
    """Return the request's nonce for scripts, made at its first use."""
    state = scope.setdefault("state", {})
    if NONCE not in state:
        state[NONCE] = secrets.token_urlsafe(16)
    found: str = state[NONCE]
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


def _policy_of(scope: Scope) -> bytes:
    state = scope["litestar_app"].state
    frames = state.widgets.frame_origins()
    return security_policy(nonce_of(scope), frames, state.form_origins).encode()


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        fixed = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            "cross-origin-opener-policy": "same-origin",
            "x-robots-tag": "noindex, nofollow",
            # Pages are about people: nothing is kept by what stands between.
            "cache-control": "private, no-store",
        }
        if is_https:
            fixed["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._fixed = [(name.encode(), value.encode()) for name, value in fixed.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, adding the headers on its way out."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                names = {name.lower() for name, _value in said}
                said += [header for header in self._fixed if header[0] not in names]
                if _POLICY not in names:
                    said.append((_POLICY, _policy_of(scope)))
                message["headers"] = said
            await send(message)

        await self.app(scope, receive, send_with_headers)
