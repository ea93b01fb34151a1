"""The served site with its conversations, and Chromium, in which members of the cast sign in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from aula_platform.web import asset_build
from tests.browser.conversations import Conversations, write_conversations
from tests.browser.page_list import fill_pages
from tests.browser.served_site import ServedSite

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    """The whole site, one for all tests of a run."""
    assert asset_build.main() == 0
    with ServedSite(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="session")
def conversations(site: ServedSite) -> Conversations:
    """What the cast has written to each other."""
    return write_conversations(site)


@pytest.fixture(scope="session")
def ids(site: ServedSite, conversations: Conversations) -> dict[str, str]:
    """What addresses of pages name in braces, once every page has something to show."""
    return fill_pages(site, conversations)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a file of tests; its event loop must be gone before other tests come."""
    path = shutil.which("chromium")
    assert path, "Chromium is not installed"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def new_context(
    site: ServedSite, conversations: Conversations, chromium: Browser
) -> Iterator[NewContext]:
    """Open a Danish browser that is signed in as a member of the cast, by key; or as nobody."""
    opened: list[BrowserContext] = []

    def make(key: str = "", *, width: int = 1280, **more: Any) -> BrowserContext:
        context = chromium.new_context(
            base_url=site.url,
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            viewport={"width": width, "height": 860},
            reduced_motion="reduce",
            service_workers="block",
            **more,
        )
        if key:
            context.add_cookies(site.cookies(getattr(site.people, key)))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
