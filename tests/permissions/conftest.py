"""Rights over the real kernel, with features whose groups and things they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from aula_platform.testing import RunningSite
from aula_sdk.testing.kernel import find_kernel
from aula_sdk.testing.plugin import Browser, People
from tests.administration.office import appoint
from tests.permissions.desk import Desk
from tests.permissions.template_yard import Yard


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Features with rights in groups, and the pages on which rights are decided."""
    return ("administration", "groups", "messages", "posts")


@pytest.fixture
async def running(
    database: str, plugins: Sequence[str], tmp_path: Path
) -> AsyncIterator[RunningSite]:
    """The site, in which both municipalities have an administrator."""
    async with find_kernel().start(database, plugins, tmp_path, {}) as site:
        assert isinstance(site, RunningSite)
        await appoint(site, People(await site.members(), await site.groups()))
        yield site


@pytest.fixture
def desk(running: RunningSite, people: People) -> Desk:
    """Let the cast decide."""
    return Desk(running, people)


@pytest.fixture
def yard(browser: Browser, people: People) -> Yard:
    """Return the cast with templates."""
    return Yard(browser, people)
