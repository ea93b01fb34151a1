"""Random values that browsers carry, and the hashes under which we know them.

Each value has 256 random bits, so a plain SHA-256 is enough to keep a reader of the database from
using it, and looking it up by the hash tells nothing by its time.
"""

import base64
import hashlib
import hmac
import secrets


def new_secret() -> str:
    """Return 256 random bits as text for a cookie or an address."""
    return secrets.token_urlsafe(32)


def hash_secret(value: str) -> bytes:
    """Return what is stored instead of the value."""
    return hashlib.sha256(value.encode()).digest()


def derive_key(value: str, purpose: str) -> bytes:
    """Return a key for one purpose, from which neither the value nor another key can be found."""
    return hmac.digest(value.encode(), purpose.encode(), "sha256")


def mask(key: bytes) -> str:
    """Return ``key`` under a fresh pad.

    It looks different in every page, so that the length of a compressed page does not betray it.
    """
    pad = secrets.token_bytes(len(key))
    return base64.urlsafe_b64encode(pad + _xor(pad, key)).decode()


def is_mask_of(text: str, key: bytes) -> bool:
    """Whether `mask` made ``text`` from ``key``; compares in constant time."""
    try:
        raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except ValueError:
        return False
    if len(raw) != 2 * len(key):
        return False
    return hmac.compare_digest(_xor(raw[: len(key)], raw[len(key) :]), key)


def _xor(first: bytes, second: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(first, second, strict=True))
