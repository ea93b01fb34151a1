"""Everything at once: the site with all plugins that are in this repository."""

from collections.abc import Sequence

import pytest


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All that have pages or an API."""
    return ("messages", "oneroster")
