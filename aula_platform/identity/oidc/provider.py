"""What a provider says of itself: discovery and keys, kept for an hour, renewed when needed."""

import asyncio
import logging
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import Key, RSAKey, import_key

from aula_platform.identity.oidc.http import Connections, unavailable
from aula_sdk.login import BrokerUnavailable

KEEP_SECONDS = 3600.0
RETRY_SECONDS = 30.0
_PATH = "/.well-known/openid-configuration"
_SHORTEST_RSA = 2048

_log = logging.getLogger("aula.identity")


class Metadata(msgspec.Struct, frozen=True):
    """The part of the discovery document that we use (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that it names."""
        named = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.userinfo_endpoint,
            self.end_session_endpoint,
        )
        return tuple(address for address in named if address)


class Provider:
    """One issuer. Remembers its metadata and keys; asks again when they are old or insufficient."""

    def __init__(self, issuer: str, connections: Connections) -> None:
        """Ask nothing yet."""
        self.issuer = issuer
        self._connections = connections
        self._lock = asyncio.Lock()
        self._metadata: Metadata | None = None
        self._metadata_at = 0.0
        self._keys: tuple[Key, ...] = ()
        self._keys_at = 0.0

    async def metadata(self) -> Metadata:
        """Return the provider's metadata; an old copy rather than none while it is away."""
        async with self._lock:
            now = time.monotonic()
            if self._metadata is None or now - self._metadata_at > KEEP_SECONDS:
                try:
                    self._metadata = await self._discover()
                except BrokerUnavailable:
                    if self._metadata is None:
                        raise
                    _log.warning("discovery of %s failed, the old copy is kept", self.issuer)
                self._metadata_at = now
            return self._metadata

    async def keys(self, *, renewed: bool = False) -> tuple[Key, ...]:
        """Return the keys that sign; ``renewed`` asks the provider again (a new key may sign).

        At most one such question is asked in half a minute, so that forged tokens with made-up
        key ids cannot make us a burden to the provider.
        """
        address = (await self.metadata()).jwks_uri
        async with self._lock:
            now = time.monotonic()
            age = now - self._keys_at
            if not self._keys or age > (RETRY_SECONDS if renewed else KEEP_SECONDS):
                self._keys = read_keys(await self._connections.fetch_json(address))
                self._keys_at = now
            return self._keys

    async def _discover(self) -> Metadata:
        document = await self._connections.fetch_json(self.issuer.rstrip("/") + _PATH)
        try:
            found = msgspec.convert(document, Metadata)
        except msgspec.ValidationError as error:
            raise unavailable() from error
        schemes = {urlsplit(address).scheme for address in found.addresses}
        allowed = {"https"} if self.issuer.startswith("https:") else {"https", "http"}
        if found.issuer != self.issuer or not schemes <= allowed:
            _log.error("%s names another issuer or an address without TLS", self.issuer)
            raise unavailable()
        return found


def read_keys(document: dict[str, Any]) -> tuple[Key, ...]:
    """Return the public signature keys in a JWKS; others, and those too weak, are left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise unavailable()
    return tuple(key for entry in listed if (key := _read_key(entry)) is not None)


def _is_short(entry: dict[str, Any]) -> bool:
    """Whether it is an RSA key whose modulus is too short by its letters alone."""
    modulus = str(entry.get("n", "")).rstrip("=")
    return entry["kty"] == "RSA" and len(modulus) * 6 < _SHORTEST_RSA


def _read_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    if entry.get("use", "sig") != "sig" or _is_short(entry):
        return None
    try:
        key: Key = import_key(entry)
    except (JoseError, ValueError):
        return None
    public = key.public_key if isinstance(key, RSAKey) else None
    return None if public is not None and public.key_size < _SHORTEST_RSA else key
