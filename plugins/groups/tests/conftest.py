"""What the tests of groups share: the plugin inside the real platform, with the kit's cast."""

from collections.abc import Sequence

import pytest

from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import Browser, People
from plugins.groups.tests.school_yard import SchoolYard


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Only this plugin takes part."""
    return ("groups",)


@pytest.fixture
def yard(browser: Browser, people: People, running: Running) -> SchoolYard:
    """Return the school yard, where the cast makes groups and meets."""
    return SchoolYard(browser, people, running)
