"""Whether a logout token is the provider's word that a session is over (Back-Channel Logout)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError
from joserfc.jwk import Key

from aula_platform.identity.oidc.id_token import (
    LEEWAY_SECONDS,
    OLDEST_SECONDS,
    NotProved,
    check_party,
    verify,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
KEPT_LOGOUT = timedelta(seconds=OLDEST_SECONDS + 2 * LEEWAY_SECONDS)
"""How long a token's name is remembered: at least as long as the token is believed."""


def check_logout_token(
    token: str, keys: Sequence[Key], *, issuer: str, client_id: str, now: datetime
) -> dict[str, Any]:
    """Return the token's claims; raise `NotProved` unless every check of its section 2.6 passes.

    It names a session (``sid``), a person (``sub``) or both, it is about the end of a session and
    nothing else, and it is no ID token, which has a ``nonce``.
    """
    claims = verify(token, keys)
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        iat={"essential": True},
        jti={"essential": True},
    )
    try:
        registry.validate(claims)
        check_party(claims, client_id)
    except ClaimError as error:
        raise NotProved(f"claim {error.claim or error.error}") from error
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise NotProved("claim events")
    if "nonce" in claims:
        raise NotProved("claim nonce")
    named = [claims.get(name) for name in ("sub", "sid")]
    if not any(named) or not all(one is None or isinstance(one, str) for one in named):
        raise NotProved("claim sub or sid")
    if not isinstance(claims["jti"], str) or now.timestamp() - claims["iat"] > OLDEST_SECONDS:
        raise NotProved("claim jti or iat")
    return claims
