"""The variables under which programs of ``.venv`` run."""

from __future__ import annotations

import os

from workspace.places import VENV

# Where nothing compiled is kept, each of the many processes compiles all libraries anew.
_NOT_INHERITED = {"PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}


def activate() -> dict[str, str]:
    """Return our variables with ``.venv`` in front, as if it were activated."""
    inherited = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    path = os.pathsep.join([str(VENV / "bin"), inherited.get("PATH", os.defpath)])
    return {**inherited, "VIRTUAL_ENV": str(VENV), "PATH": path}
