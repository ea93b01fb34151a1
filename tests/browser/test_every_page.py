"""Every page that the routes name: for whom it is, accessible, in its place, within the policy."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from aula_platform.web.asset_build import ASSETS
from tests.browser.conftest import NewContext
from tests.browser.page_list import NO_PAGES, PAGES, list_page_routes
from tests.browser.pages.shapes import NOBODY, POSTS, Page, Visit
from tests.browser.served_site import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE, DESKTOP, NARROWEST = 390, 1280, 320
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VISITS = [
    pytest.param(page, visit, id=f"{visit.reader or 'nobody'} {visit.address}")
    for page in PAGES
    for visit in page.visits
]
REFUSALS = [
    pytest.param(page, role, id=f"{role} {page.route}") for page in PAGES for role in page.refused
]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that another colour scheme can break; the rest of a page is the same in the dark."""
_AXE = AXE_FILE_PATH.read_text()
_ICONS = set(json.loads((ASSETS / "icons.json").read_text()))
_DRAWN = "all => all.map(use => use.getAttribute('href').split('#')[1])"
_RANDOM = re.compile(r'(?:nonce|content|value)="[\w=-]{20,}"|"/static/[^"]*"')
"""Tokens, nonces and hashes in names of files, in which a short content could stand by chance."""
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_the_list_is_what_the_routes_name(site: ServedSite) -> None:
    """Experience 8: no page is left out, and no entry outlives its page."""
    listed = [page.route for page in PAGES]
    assert len(listed) == len(set(listed))
    assert not set(listed) & set(NO_PAGES)
    assert list_page_routes(site.app) == set(listed) | set(NO_PAGES)


@pytest.mark.parametrize(("page", "visit"), VISITS)
def test_a_page_is_right_and_accessible(
    page: Page, visit: Visit, new_context: NewContext, ids: dict[str, str]
) -> None:
    """Experience 8: own heading, own content, the right role, zero axe violations, no error."""
    tab = new_context(visit.reader, width=NARROWEST).new_page()
    address = visit.address.format(**ids)
    errors = _listen(tab, page.status)
    answer = tab.goto(address)
    assert answer is not None
    assert answer.status == page.status
    expect(tab.locator("h1")).to_have_count(1)
    assert visit.heading in tab.locator("h1").inner_text()
    shown = tab.locator("main").inner_text() + " ".join(
        tab.locator("main input, main textarea").evaluate_all("all => all.map(one => one.value)")
    )
    assert visit.content in shown
    if visit.reader != NOBODY and page.status == 200 and page.route != "/role":
        assert tab.locator(".masthead__role").text_content() == POSTS[visit.reader]
        # ASVS 7.4.4: it is there, on each page, whatever the width.
        expect(tab.locator("button.masthead__leave")).to_be_in_viewport()
    assert not tab.evaluate(_TOO_WIDE), "the page scrolls sideways"
    assert set(tab.locator("svg use").evaluate_all(_DRAWN)) <= _ICONS, "an icon that there is not"
    tab.evaluate(_AXE)
    found: dict[object, list[str]] = {
        PHONE: _violations(tab, PHONE),
        DESKTOP: _violations(tab, DESKTOP),
    }
    tab.emulate_media(color_scheme="dark")
    found["dark"] = _violations(tab, PHONE, COLOURS)
    assert [f"{where}: {one}" for where, all_ in found.items() for one in all_] == []
    assert errors == []


@pytest.mark.parametrize(("page", "role"), REFUSALS)
def test_others_are_refused_with_a_page(
    page: Page, role: str, new_context: NewContext, ids: dict[str, str]
) -> None:
    """R7: who may not read a page gets one that says so and nothing of its content."""
    context = new_context(role)
    for visit in page.visits:
        answer = context.request.get(visit.address.format(**ids))
        assert answer.status in {403, 404}
        assert "<h1>" in answer.text()
        assert visit.content not in _RANDOM.sub("", answer.text())


def _listen(tab: Tab, expected_status: int) -> list[str]:
    """Return a list that fills with errors of the console; breaches of the policy are such."""
    errors: list[str] = []
    own = re.compile(rf"the server responded with a status of {expected_status}\b")

    def note(line: Any) -> None:
        is_of_page = own.search(line.text) and line.location["url"] == tab.url
        if line.type == "error" and not is_of_page:
            errors.append(line.text)

    tab.on("console", note)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    return errors


def _violations(tab: Tab, width: int, rules: list[str] | None = None) -> list[str]:
    tab.set_viewport_size({"width": width, "height": 860})
    if width == DESKTOP:
        # The list comes beside a conversation where there is room for both.
        expect(tab.locator('[hx-trigger="intersect once"]')).to_have_count(0)
        if tab.locator("button.masthead__leave").count():
            expect(tab.locator("button.masthead__leave")).to_be_in_viewport()
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    script = "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in tab.evaluate(script, only)["violations"]
        for node in violation["nodes"]
    ]
