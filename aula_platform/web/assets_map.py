"""Addresses of built assets: a logical name to a name with the content's hash in it."""

import json
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@cache
def _manifest() -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return found


def asset_url(name: str) -> str:
    """Return the address of a built asset (``core.css``); raise KeyError when there is none."""
    return f"/static/{_manifest()[name]}"
