"""What the tests of the administration share: the plugin inside the real platform, the kit's cast.

What needs something to choose, imports and parked streams is tested in ``tests/administration``.
"""

from collections.abc import Sequence

import pytest


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Only this plugin takes part."""
    return ("administration",)
