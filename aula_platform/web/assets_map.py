"""Addresses of built assets: a logical name to a name with the content's hash in it."""

import hashlib
import json
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PUBLIC_PATH = "/static/"


@cache
def _manifest() -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return found


def asset_url(name: str) -> str:
    """Return the address of a built asset (``core.css``); raise KeyError when there is none."""
    return PUBLIC_PATH + _manifest()[name]


def read_built(file: str) -> bytes | None:
    """Return a built asset by its hashed name; None where there is none of that name."""
    is_built = file in _manifest().values()
    return (STATIC / file).read_bytes() if is_built else None


def hashed_name(name: str, content: bytes) -> str:
    """Return a name that changes with the content: ``core.css`` as ``core-0123456789.css``."""
    folder, slash, file = name.rpartition("/")
    stem, dot, ending = file.partition(".")
    return f"{folder}{slash}{stem}-{hashlib.sha256(content).hexdigest()[:10]}{dot}{ending}"
