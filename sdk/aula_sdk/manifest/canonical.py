"""One way to write JSON, so that everybody signs and checks the same bytes."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the canonical bytes: sorted keys, no blanks, UTF-8; text, whole numbers, lists only.

    Raises TypeError for floats and other things that two programs could write differently.
    """
    _refuse_ambiguous(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def sha256_of(value: Any) -> str:
    """Return the SHA-256 sum, in hex digits, of the canonical bytes."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _refuse_ambiguous(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is no key of a signed document")
            _refuse_ambiguous(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_ambiguous(item)
    elif not (value is None or isinstance(value, str | bool | int)):
        raise TypeError(f"{type(value).__name__} has no place in a signed document")
