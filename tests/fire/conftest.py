"""The site with every plugin that is in this repository, as several processes serve it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from workspace.places import ROOT


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    found = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
    return tuple(name for name in found if name != "demo")
