"""Whether an ID token is what the issuer says to us, now, about this log-in (OIDC Core 3.1.3.7)."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidClaimError, JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA")
"""Signatures by a private key alone: neither ``none`` nor a secret that both sides know."""

LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600


class NotProved(Exception):
    """The token proves nothing; the message is a word for the log, without anything personal."""


class UnknownKey(NotProved):
    """No key that we know made the signature; the issuer may have a new one."""


class _Registry(JWSRegistry):
    """Allow for a chain of certificates in the header (x5c) and for headers of brokers' own."""

    max_header_length = 16 * 1024

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)


_REGISTRY = _Registry()


def check_id_token(
    token: str, keys: Sequence[Key], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """Return the token's claims; raise `NotProved` unless every check passes.

    Checked are the signature by one of ``keys`` with one of `ALGORITHMS`, ``iss``, ``aud``,
    ``azp``, ``exp``, ``iat``, ``nbf``, ``nonce`` and that there is a ``sub``.
    """
    claims = verify(token, keys)
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        registry.validate(claims)
        check_party(claims, client_id)
    except ClaimError as error:
        raise NotProved(f"claim {error.claim or error.error}") from error
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise NotProved("claim nonce")
    if now.timestamp() - claims["iat"] > OLDEST_SECONDS:
        raise NotProved("claim iat")
    return claims


def verify(token: str, keys: Sequence[Key]) -> dict[str, Any]:
    """Return the claims of a token that one of the keys has signed; raise `NotProved`."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise NotProved("algorithm")
        # Some providers name no key; then each that they have may be the one.
        fitting = [key for key in keys if kid in {None, key.kid} and _is_for(key, algorithm)]
        for key in fitting:
            claims = _try(token, key)
            if claims is not None:
                return claims
    except (JoseError, ValueError) as error:
        raise NotProved(type(error).__name__) from error
    raise UnknownKey("key")


def _is_for(key: Key, algorithm: str) -> bool:
    kind = {"R": "RSA", "P": "RSA"}.get(algorithm[0], "EC" if algorithm.startswith("ES") else "OKP")
    return key.key_type == kind and key.get("alg") in {None, algorithm}


def _try(token: str, key: Key) -> dict[str, Any] | None:
    try:
        return jwt.decode(token, key, registry=_REGISTRY).claims
    except (BadSignatureError, ValueError):
        return None


def check_party(claims: dict[str, Any], client_id: str) -> None:
    """Raise a `ClaimError` for a token that was made for another party."""
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise InvalidClaimError("azp")
    if "azp" in claims and claims["azp"] != client_id:
        raise InvalidClaimError("azp")


def read_texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a claim that is a text or a list of texts, as a list; what is neither is left out."""
    told = claims.get(name)
    listed = told if isinstance(told, list) else [told]
    return tuple(text for text in listed if isinstance(text, str) and text)


def read_proved_at(claims: dict[str, Any], now: datetime, *, is_told: bool = False) -> datetime:
    """Return when the person proved who they are: ``auth_time`` where given, else ``iat``.

    With ``is_told`` the provider has to say it; raises `NotProved` when it does not.
    """
    seconds = claims.get("auth_time", None if is_told else claims["iat"])
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NotProved("claim auth_time")
    if seconds > now.timestamp() + LEEWAY_SECONDS:
        raise NotProved("claim auth_time")
    return min(datetime.fromtimestamp(seconds, UTC), now)
