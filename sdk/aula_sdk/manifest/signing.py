"""Signed envelopes: ``{"signed": {...}, "signatures": [{"keyid", "sig"}]}``, signed with Ed25519.

The form is that of The Update Framework. An envelope is only ever read from its canonical bytes,
so that no byte of a stored file can change unnoticed (B1).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aula_sdk.manifest.canonical import canonical_json

Reason = Literal["malformed", "unknown-key", "bad-signature", "wrong-type", "expired", "rollback"]
_HEX_SIGNATURE = re.compile(r"^[0-9a-f]{128}$")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_PREFIX = "ed25519:"


class EnvelopeRefused(Exception):
    """What was read is not to be trusted; ``reason`` says which test it failed."""

    def __init__(self, reason: Reason, text: str) -> None:
        """Keep the reason as a code and as a text."""
        super().__init__(text)
        self.reason: Reason = reason


def write_public_key(key: Ed25519PublicKey) -> str:
    """Return a public key as it is written in configuration: ``ed25519:`` and 64 hex digits."""
    return _PREFIX + key.public_bytes_raw().hex()


def read_public_key(text: str) -> Ed25519PublicKey:
    """Read what `write_public_key` wrote, with or without its prefix; else raise ValueError."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip().removeprefix(_PREFIX)))


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key: the SHA-256 sum of its raw bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def write_time(moment: datetime) -> str:
    """Return an instant as signed documents have it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_TIME)


def read_time(text: str) -> datetime:
    """Read what `write_time` wrote; raise ValueError for anything else."""
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def seal(signed: Mapping[str, Any], *keys: Ed25519PrivateKey) -> bytes:
    """Return the canonical bytes of an envelope around ``signed``, with a signature of each key."""
    message = canonical_json(dict(signed))
    signatures = [
        {"keyid": key_id(key.public_key()), "sig": key.sign(message).hex()} for key in keys
    ]
    return canonical_json({"signed": dict(signed), "signatures": signatures})


def unseal(
    data: bytes, keys: Mapping[str, Ed25519PublicKey], *, kind: str, now: datetime
) -> dict[str, Any]:
    """Return what was signed, if one of ``keys`` (by key id) signed it and it is still valid.

    Raises `EnvelopeRefused`: one changed byte, a key that is not ours, another type than ``kind``,
    or a document past its ``expires``.
    """
    signed, signatures = _parse(data)
    _check_signatures(canonical_json(signed), signatures, keys)
    if signed.get("type") != kind:
        raise EnvelopeRefused("wrong-type", f"this is signed as {signed.get('type')!r}, not {kind}")
    try:
        expires = read_time(signed["expires"])
    except (KeyError, TypeError, ValueError):
        raise EnvelopeRefused("malformed", "the document does not say when it expires") from None
    if now >= expires:
        raise EnvelopeRefused("expired", f"the document expired on {signed['expires']}")
    return signed


def _parse(data: bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    try:
        envelope = json.loads(data)
        canonical = canonical_json(envelope) == data
    except (ValueError, TypeError, RecursionError):
        raise EnvelopeRefused("malformed", "this is not a signed document") from None
    if not canonical or not isinstance(envelope, dict) or set(envelope) != {"signed", "signatures"}:
        raise EnvelopeRefused("malformed", "this is not a signed document as it was written")
    signed, signatures = envelope["signed"], envelope["signatures"]
    well_formed = isinstance(signed, dict) and isinstance(signatures, list)
    if not well_formed or not all(_is_signature(entry) for entry in signatures):
        raise EnvelopeRefused("malformed", "the signatures are not written as they should be")
    return signed, signatures


def _is_signature(entry: Any) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"keyid", "sig"}:
        return False
    name, sig = entry["keyid"], entry["sig"]
    return isinstance(name, str) and isinstance(sig, str) and bool(_HEX_SIGNATURE.match(sig))


def _check_signatures(
    message: bytes, signatures: list[dict[str, str]], keys: Mapping[str, Ed25519PublicKey]
) -> None:
    """Every signature by a key of ours must be right, and there must be at least one."""
    known = [entry for entry in signatures if entry["keyid"] in keys]
    if not known:
        raise EnvelopeRefused("unknown-key", "no key that we trust has signed this")
    for entry in known:
        try:
            keys[entry["keyid"]].verify(bytes.fromhex(entry["sig"]), message)
        except InvalidSignature:
            raise EnvelopeRefused("bad-signature", "the content is not what was signed") from None
