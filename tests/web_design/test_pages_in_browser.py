"""Every sample page in Chromium: accessible, reflowing, big enough to tap, within the policy."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web_design.sample_pages import SAMPLE_PAGES
from tests.web_design.sample_site import SampleSite

pytestmark = pytest.mark.browser

PAGES = sorted(SAMPLE_PAGES)
PHONE, DESKTOP = 390, 1280
TAP = 44
RULES = {
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    ]
}

# A target smaller than this is a link in running text (WCAG 2.5.8 excepts it), or hidden.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    'button, summary, .button, .mainnav__link, .tabs__item, .choice, .menu__item, .attachment,' +
    'select, input:not([type=hidden]), label.recipient, .child-filter__item, .back-link')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.sr-only'))
  .filter(e => !e.matches('.chip__remove, .form-checkbox, .form-radio'))
  .map(e => ({ what: e.className || e.tagName, box: e.getBoundingClientRect() }))
  .filter(e => e.box.height < least || e.box.width < least)
  .map(e => `${e.what} ${Math.round(e.box.width)}x${Math.round(e.box.height)}`)"""


def list_violations(page: Page) -> list[str]:
    """Return what axe finds wrong, each with the element it is about."""
    found: dict[str, Any] = Axe().run(page, options=RULES).response
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_nothing(browser: Browser, site: SampleSite, width: int, theme: Any) -> None:
    """Experience 8: zero axe violations on every page, on a phone and a desktop, light and dark."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 860},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    for name in PAGES:
        page.goto(f"/{name}")
        page.wait_for_load_state("load")
        found[name] = list_violations(page)
    context.close()
    assert {name: violations for name, violations in found.items() if violations} == {}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_page_scrolls_sideways(browser: Browser, site: SampleSite, direction: Any) -> None:
    """WCAG 1.4.10: a desktop at 400 % zoom is 320 pixels wide; right-to-left holds as well."""
    site.shell["dir"] = direction
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    too_wide = []
    for name in PAGES:
        page.goto(f"/{name}")
        for width in (320, 640, 900, DESKTOP):
            page.set_viewport_size({"width": width, "height": 800})
            root = "document.documentElement"
            if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
                too_wide.append((name, width))
    context.close()
    assert too_wide == []


def test_targets_are_big_enough_for_a_thumb(browser: Browser, site: SampleSite) -> None:
    """At least 44 by 44 pixels (more than WCAG 2.5.8 asks): one hand, a child on the other arm."""
    viewport: Any = {"width": PHONE, "height": 844}
    context = browser.new_context(base_url=site.url, viewport=viewport, has_touch=True)
    page = context.new_page()
    small = {}
    for name in PAGES:
        page.goto(f"/{name}")
        # A hundredth of a pixel may be lost to rounding while a toast is moving in.
        small[name] = page.evaluate(SMALL_TARGETS, TAP - 0.5)
    context.close()
    assert {name: targets for name, targets in small.items() if targets} == {}


def test_pages_keep_to_the_policy(page: Page) -> None:
    """No page, with or without the editor, trips the security policy (the fixture looks)."""
    for name in PAGES:
        page.goto(f"/{name}")
        page.wait_for_load_state("load")
        assert page.locator("h1").is_visible()


def test_navigation_is_below_on_a_phone_and_beside_on_a_desktop(page: Page) -> None:
    """One thumb reaches it; four places and "more" on a phone, all of them on a desktop."""
    page.goto("/overview")
    links = page.locator(".mainnav__link:visible")
    assert links.count() == 6
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert links.count() == 5
    box = page.locator(".mainnav").bounding_box()
    assert box
    assert box["y"] + box["height"] == 844
    page.get_by_text("Mere", exact=True).click()
    assert page.get_by_role("link", name="Ugeplaner").is_visible()


def test_every_focus_is_seen(page: Page) -> None:
    """WCAG 2.4.7 and 2.4.11: by keyboard, each stop has a ring and is not covered."""
    page.goto("/overview")
    for _step in range(14):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(e => getComputedStyle(e).outlineStyle + getComputedStyle(e, '::after').outlineStyle)"
            "(document.activeElement)"
        )
        assert "solid" in style
    page.goto("/overview")
    page.keyboard.press("Tab")
    assert page.locator(".skip-link").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_thread_shows_its_list_beside_it_only_where_there_is_room(page: Page) -> None:
    """Two panes on a desktop, one at a time on a phone."""
    page.goto("/thread")
    assert page.locator(".panes__list").is_visible()
    assert page.locator(".panes__detail").is_visible()
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert not page.locator(".panes__list").is_visible()
    page.goto("/inbox")
    assert page.locator(".panes__list").is_visible()
    assert not page.locator(".panes__detail").is_visible()
