"""What the tests of posts share: the plugin inside the real platform, with the kit's cast."""

from collections.abc import Sequence

import pytest

from aula_sdk.testing.plugin import Browser, People
from plugins.posts.tests.notice_board import NoticeBoard


@pytest.fixture(scope="session")
def plugins() -> Sequence[str]:
    """Only this plugin takes part."""
    return ("posts",)


@pytest.fixture
def board(browser: Browser, people: People) -> NoticeBoard:
    """Return the notice board, where the cast writes and reads."""
    return NoticeBoard(browser, people)
