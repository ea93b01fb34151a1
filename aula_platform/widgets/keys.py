"""The keys that widget tokens are signed with, and the secret behind pairwise ids.

One file in the secrets folder, made at first use and shared by all processes and machines of an
installation. A key that was changed stays in the JWKS until no token of it can be alive.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

FILE_NAME = "widget-keys.json"
KEPT_AFTER_CHANGE = timedelta(minutes=10)


class _Key(msgspec.Struct, frozen=True):
    kid: str
    private: str
    created: datetime
    retired: datetime | None = None


class _Stored(msgspec.Struct, frozen=True):
    pairwise: str
    keys: tuple[_Key, ...]


class WidgetKeys:
    """The keys in a folder; a change by another process is noticed at the next use."""

    def __init__(self, folder: Path) -> None:
        """Make the file if there is none."""
        self._path = folder / FILE_NAME
        self._stamp = 0
        self._stored = _Stored("", ())
        if not self._path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = _Stored(secrets.token_hex(32), (_new_key(datetime.now(UTC)),))
            # Another process may have been quicker: then its file is the one.
            with contextlib.suppress(FileExistsError):
                _write(self._path, fresh, replace=False)

    def signing_key(self) -> tuple[str, Ed25519PrivateKey]:
        """Return the id and the private half of the key that signs now."""
        key = next(key for key in self._read().keys if key.retired is None)
        return key.kid, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.private))

    def jwks(self, now: datetime) -> dict[str, Any]:
        """Return the public keys with which a living token can be verified (RFC 7517)."""
        living = [key for key in self._read().keys if _is_living(key, now)]
        return {"keys": [_public(key) for key in living]}

    def rotate(self, now: datetime) -> str:
        """Sign with a new key from now on, and return its id."""
        stored = self._read()
        retired = [
            msgspec.structs.replace(key, retired=now) if key.retired is None else key
            for key in stored.keys
        ]
        fresh = _new_key(now)
        kept = (fresh, *(key for key in retired if _is_living(key, now)))
        _write(self._path, _Stored(stored.pairwise, kept), replace=True)
        return fresh.kid

    def pairwise(self, widget_id: str, kind: str, person: UUID) -> str:
        """Return the id under which one widget knows somebody (WID-22).

        Always the same for this widget; another widget's id for the same person cannot be
        computed from it, nor can the person's own id. ``kind`` keeps accounts and persons apart.
        """
        secret = bytes.fromhex(self._read().pairwise)
        message = f"{kind}\0{widget_id}\0{person.hex}".encode()
        return hmac.new(secret, message, hashlib.sha256).hexdigest()[:40]

    def _read(self) -> _Stored:
        stamp = self._path.stat().st_mtime_ns
        if stamp != self._stamp:
            self._stored = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
            self._stamp = stamp
        return self._stored


def _is_living(key: _Key, now: datetime) -> bool:
    return key.retired is None or now - key.retired < KEPT_AFTER_CHANGE


def _new_key(now: datetime) -> _Key:
    private = Ed25519PrivateKey.generate()
    kid = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:16]
    return _Key(kid, private.private_bytes_raw().hex(), now)


def _public(key: _Key) -> dict[str, Any]:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.private))
    jwk: dict[str, Any] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {**jwk, "kid": key.kid, "alg": "EdDSA", "use": "sig"}


def _write(path: Path, stored: _Stored, *, replace: bool) -> None:
    """Write the file whole, for its owner only; raise FileExistsError unless ``replace``."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(stored))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
