"""What the tests of messages share: the plugin inside the real platform, with the kit's cast."""

from collections.abc import Sequence

import pytest

from aula_sdk.testing.plugin import Browser, People
from plugins.messages.tests.post_office import PostOffice


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Only this plugin takes part."""
    return ("messages",)


@pytest.fixture
def post(browser: Browser, people: People) -> PostOffice:
    """Return the post office, where the cast writes and reads."""
    return PostOffice(browser, people)
