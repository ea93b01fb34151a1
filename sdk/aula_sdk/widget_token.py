"""For a vendor's server: who is behind a request of a widget, checked in a few lines.

    claims = verify_token(
        token,
        audience="fjordvang/ugeplan",
        issuer="https://aula.example.dk",
        jwks_url="https://aula.example.dk/.well-known/jwks.json",
    )

The token is a JWT that the platform signs with EdDSA. It is made for one widget (WID-24), lives
five minutes at most, and knows people by ids that no other vendor can use (R16, WID-22).
"""

import re
from functools import cache
from typing import Any, Literal
from urllib.parse import urlsplit

import jwt
import msgspec

ALGORITHMS = ("EdDSA", "ES256")
MAX_LIFETIME_SECONDS = 300
LEEWAY_SECONDS = 10
_REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_BEARER = re.compile(r"^Bearer ([A-Za-z0-9_.-]+)$", re.IGNORECASE)

Reason = Literal["token.missing", "token.expired", "token.invalid", "token.keys-unavailable"]


class TokenRefused(Exception):
    """The token proves nothing. ``reason`` is the code to answer with.

    Answer 401 with a problem document (WID-R6); on ``token.expired`` the page asks the platform
    for a new token and tries once more. ``token.keys-unavailable`` is a 503: nobody is to blame
    but the network.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        """Keep the code and a text for the log; neither holds anything of the token."""
        super().__init__(text)
        self.reason: Reason = reason

    @property
    def status(self) -> int:
        """The HTTP status that fits the reason."""
        return 503 if self.reason == "token.keys-unavailable" else 401


class TokenChild(msgspec.Struct, frozen=True):
    """A child about whom the person may ask; ``name`` only where that scope was granted."""

    id: str
    name: str | None = None
    institutions: tuple[str, ...] = ()


class TokenInstitution(msgspec.Struct, frozen=True):
    """An institution that the person belongs to, by its id on the platform."""

    id: str
    name: str


class WidgetClaims(msgspec.Struct, frozen=True):
    """What the platform vouches for. What was not granted is empty, never guessed."""

    iss: str
    aud: str
    sub: str
    iat: int
    exp: int
    jti: str
    acr: Literal["1", "2", "3"]
    locale: str = "da"
    role: str | None = None
    institutions: tuple[TokenInstitution, ...] = ()
    children: tuple[TokenChild, ...] = ()

    def child(self, child_id: str) -> TokenChild | None:
        """Return the child with this id, or None: then the person may not ask about it (WID-35)."""
        return next((child for child in self.children if child.id == child_id), None)


def bearer_token(authorization: str | None) -> str:
    """Return the token of an ``Authorization`` header; a token in an address is never read."""
    found = _BEARER.match(authorization or "")
    if not found:
        raise TokenRefused("token.missing", "the request carries no bearer token")
    return found[1]


def verify_token(
    token: str,
    *,
    audience: str,
    issuer: str,
    jwks_url: str,
    leeway: int = LEEWAY_SECONDS,
) -> WidgetClaims:
    """Return the claims of a token that the platform at ``issuer`` made for this widget.

    Keys are fetched from ``jwks_url`` and kept for five minutes; an unknown key id makes one new
    fetch, at most every thirty seconds. Raises `TokenRefused` for everything else: another
    algorithm (``none`` and HS256 too), another widget, another platform, a lifetime above five
    minutes, an expired token.
    """
    key = _key_for(token, jwks_url)
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=audience,
            issuer=issuer,
            leeway=leeway,
            options={"require": _REQUIRED, "strict_aud": True},
        )
    except jwt.ExpiredSignatureError:
        raise TokenRefused("token.expired", "the token has expired") from None
    except jwt.InvalidTokenError as error:
        raise TokenRefused("token.invalid", type(error).__name__) from None
    return _claims(payload)


def _key_for(token: str, jwks_url: str) -> jwt.PyJWK:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenRefused("token.invalid", "this is not a token") from None
    kid = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(kid, str):
        raise TokenRefused("token.invalid", "the token is not signed as widget tokens are")
    try:
        key = _client(jwks_url).get_signing_key(kid)
    except jwt.PyJWKClientConnectionError:
        raise TokenRefused("token.keys-unavailable", "the platform's keys are not there") from None
    except (jwt.PyJWKClientError, jwt.PyJWKSetError):
        raise TokenRefused("token.invalid", "no key of the platform has this id") from None
    if key.algorithm_name != header["alg"]:
        raise TokenRefused("token.invalid", "the key is for another algorithm")
    return key


@cache
def _client(jwks_url: str) -> jwt.PyJWKClient:
    parts = urlsplit(jwks_url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ValueError("keys are fetched over https only")
    return jwt.PyJWKClient(jwks_url, lifespan=300, timeout=5, cooldown_duration=30)


def _claims(payload: dict[str, Any]) -> WidgetClaims:
    try:
        claims = msgspec.convert(payload, WidgetClaims)
    except msgspec.ValidationError:
        raise TokenRefused("token.invalid", "the claims are not those of a widget") from None
    if claims.exp - claims.iat > MAX_LIFETIME_SECONDS:
        raise TokenRefused("token.invalid", "the token lives longer than widget tokens do")
    return claims
