"""Special access: the site with all plugins, and the municipality's administrator who supports."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import appoint
from tests.support.glazier import Glazier
from tests.support.helpdesk import Helpdesk
from workspace.places import find_plugins


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """All but the demo, which only starts the others."""
    return tuple(name for name in find_plugins() if name != "demo")


@pytest.fixture
async def desk(running: object, browser: Browser, people: People) -> Helpdesk:
    """The leader administers the municipality from here on."""
    await appoint(running, people)  # type: ignore[arg-type]  # It is the running site.
    return Helpdesk(running, browser, people)


@pytest.fixture
async def glazier(desk: Helpdesk) -> Glazier:
    """Two administrators of the municipality, and two conversations of others."""
    made = Glazier(desk)
    await made.prepare()
    return made
