"""What is told of a failure, and how long until the next try."""

import random
import traceback
from datetime import timedelta
from pathlib import Path

_PLUGINS = "aula_plugins"
_PACKAGES = (_PLUGINS, "aula_platform", "aula_sdk")
_LONGEST = 300


def describe(error: BaseException) -> str:
    """Return the error's type and place; never its message, which could hold personal data.

    The place is the innermost one in a plugin's code, else the one where it was raised.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__qualname__[:_LONGEST]
    own = [frame for frame in frames if _PLUGINS in Path(frame.filename).parts]
    frame = (own or frames)[-1]
    parts = Path(frame.filename).parts
    start = next((at for at, part in enumerate(parts) if part in _PACKAGES), len(parts) - 1)
    place = "/".join(parts[start:])
    return f"{type(error).__qualname__} at {place}:{frame.lineno}"[:_LONGEST]


def pause_after(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return the time to the next try: doubled with each failure, a little different each time."""
    doubled = first * 2 ** min(max(failures - 1, 0), 30)
    spread: float = random.uniform(0.9, 1.1)  # noqa: S311  # Not a secret.
    pause: timedelta = min(doubled, longest)
    return pause * spread
