"""What the tests of contacts share: the plugin inside the real platform, with the kit's cast."""

from collections.abc import Sequence

import pytest

from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import Browser, People
from plugins.contacts.tests.school import School, register_contact_data


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Only this plugin takes part."""
    return ("contacts",)


@pytest.fixture
async def school(running: Running, browser: Browser, people: People) -> School:
    """Return the cast's world, in which everybody can be reached in every way."""
    await register_contact_data(running, people)
    return School(running, browser, people)
