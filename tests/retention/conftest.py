"""A town in which people have written, and the engine that deletes what is due."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from aula_platform.testing import RunningSite
from aula_sdk.testing.plugin import Browser, People
from tests.retention.keeping import Keeping


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Whoever keeps something."""
    return ("administration", "contacts", "groups", "messages", "posts")


@pytest.fixture
async def keeping(
    running: RunningSite, browser: Browser, people: People, tmp_path: Path
) -> Keeping:
    """The leader administers the municipality; a pupil, a parent and a teacher have lived."""
    made = Keeping(running, browser, people, tmp_path)
    await made.begin()
    return made
