"""Codes that work once, and the signed word that somebody is who they are."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from aula_plugins.demo.broker.config import BrokerConfig

CODE_SECONDS = 60
TOKEN_SECONDS = 300
ALGORITHM = "ES256"
_MOST_CODES = 10_000


class Grant(msgspec.Struct, frozen=True):
    """What a code stands for."""

    uniid: str
    acr: str
    redirect_uri: str
    challenge: str
    nonce: str
    proved_at: int
    expires: float


class Codes:
    """Authorization codes: each works once, for a minute, in this process only."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def give(self, grant: Grant) -> str:
        """Return a new code for the grant."""
        if len(self._grants) >= _MOST_CODES:
            self._grants.clear()
        code = secrets.token_urlsafe(32)
        self._grants[code] = grant
        return code

    def take(self, code: str) -> Grant | None:
        """Return what the code stands for and forget it; nothing when it is used or old."""
        grant = self._grants.pop(code, None)
        return grant if grant is not None and time.time() < grant.expires else None


def new_grant(*, uniid: str, acr: str, redirect_uri: str, challenge: str, nonce: str) -> Grant:
    """Return a grant that begins now."""
    now = time.time()
    return Grant(uniid, acr, redirect_uri, challenge, nonce, int(now), now + CODE_SECONDS)


def fits(verifier: str, challenge: str) -> bool:
    """Whether the verifier is the one that the challenge was made of (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    made = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return secrets.compare_digest(made, challenge)


class Signer:
    """Signs ID tokens with a key that lives as long as the process."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)

    def public_keys(self) -> dict[str, object]:
        """Return the key set that a relying party checks signatures with."""
        return {"keys": [self._key.as_dict(private=False)]}

    def id_token(self, config: BrokerConfig, grant: Grant) -> str:
        """Return the ID token of a grant. ``sub`` is a pseudonym for this relying party alone."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": config.issuer,
            "sub": pairwise_subject(config.client_id, grant.uniid),
            "aud": config.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": grant.proved_at,
            "acr": grant.acr,
            "amr": ["pwd"] if grant.acr == LOW else ["pwd", "mfa"],
            "uniid": grant.uniid,
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self._key)


def pairwise_subject(client_id: str, uniid: str) -> str:
    """Return the same opaque id for the same person and relying party, after restarts too."""
    return hashlib.sha256(f"aula demo broker\n{client_id}\n{uniid}".encode()).hexdigest()[:32]


LOW = "https://data.gov.dk/concept/core/nsis/Low"
SUBSTANTIAL = "https://data.gov.dk/concept/core/nsis/Substantial"
LEVELS = (LOW, SUBSTANTIAL)
"""How surely a person was recognised, in the words of NSIS, as Danish brokers write them."""
