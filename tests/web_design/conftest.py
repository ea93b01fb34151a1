"""Built assets, a small site that serves the sample pages, and Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from aula_platform.web import asset_build
from tests.web_design.sample_site import SampleSite

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


@pytest.fixture(scope="session", autouse=True)
def _built_assets() -> None:
    assert asset_build.main() == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests; its event loop must be gone before other tests come."""
    path = shutil.which("chromium")
    assert path, "Chromium is not installed"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def site() -> Iterator[SampleSite]:
    """A site of its own for each test, which remembers what was posted to it."""
    with SampleSite() as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: SampleSite) -> Iterator[Page]:
    """A fresh page at desktop size; an error in the console fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, base_url=site.url)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
