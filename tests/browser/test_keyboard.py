"""The main journey without a mouse: a teacher writes to a class's guardians, one answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.conftest import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT = "Cykelprøve på torsdag"
MOST_STOPS = 60
# What stands where the keyboard is: what it is called, whether that can be seen.
_STOP = """() => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const ring = [null, '::before', '::after'].map(part => getComputedStyle(here, part).outlineStyle);
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const words = here.getAttribute('aria-label') || here.innerText || here.name || here.id;
  return {name: `${here.tagName} ${words}`, ring: ring.some(one => one !== 'none'), seen};
}"""


def _tab_to(tab: Tab, selector: str) -> list[str]:
    """Press Tab until the keyboard is there; every stop on the way is seen, and has a ring."""
    stops = []
    for _number in range(MOST_STOPS):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(_STOP)
        stops.append(stop["name"])
        assert stop["ring"], f"no focus is seen on {stop['name']}"
        assert stop["seen"], f"out of sight: {stop['name']}"
        if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
            return stops
    raise AssertionError(f"{selector} is not reached: {stops}")


def test_a_teacher_writes_and_a_guardian_answers_by_keyboard(new_context: NewContext) -> None:
    """WCAG 2.1.1, 2.4.3, 2.4.7: search, tick, subject, text, send; then read and answer."""
    school = new_context("teacher").new_page()
    school.goto("/messages")
    school.keyboard.press("Tab")
    assert school.evaluate("document.activeElement.className") == "skip-link"
    school.keyboard.press("Enter")
    assert school.evaluate("document.activeElement.id") == "content"
    assert len(_tab_to(school, "a[href='/messages/new']")) <= 2
    school.keyboard.press("Enter")
    expect(school.locator("h1")).to_have_text("Ny besked")
    expect(school.locator("trix-editor")).to_be_visible()

    _tab_to(school, "input[type=search]")
    school.keyboard.type("3.A")
    expect(school.locator(".recipients__results")).to_contain_text("Grupper")
    parents = school.get_by_label("Forældre i 3.A")
    _tab_to(school, f"[value='{parents.get_attribute('value')}']")
    school.keyboard.press("Space")
    expect(parents).to_be_checked()
    stops = _tab_to(school, "[name=subject]")
    school.keyboard.type(SUBJECT)
    stops += _tab_to(school, "trix-editor")
    school.keyboard.type("Husk hjelm.")
    expect(school.locator("trix-editor")).to_contain_text("Husk hjelm.")
    stops += _tab_to(school, "button.button--primary")
    assert any("Send" in stop for stop in stops[-1:])
    school.keyboard.press("Enter")
    expect(school.locator("#toasts")).to_contain_text("Sendt til 4 personer")
    expect(school.locator("h1")).to_have_text(SUBJECT)

    home = new_context("other_guardian", width=390).new_page()
    home.goto("/")
    home.keyboard.press("Tab")
    home.keyboard.press("Enter")
    address = home.get_by_role("link", name=SUBJECT).get_attribute("href")
    _tab_to(home, f"a[href='{address}']")
    home.keyboard.press("Enter")
    expect(home.locator(".messages")).to_contain_text("Husk hjelm.")
    expect(home.locator("trix-editor")).to_be_visible()
    home.wait_for_load_state()
    _tab_to(home, "trix-editor")
    home.keyboard.type("Bo har en ny hjelm.")
    expect(home.locator("trix-editor")).to_contain_text("Bo har en ny hjelm.")
    _tab_to(home, "#reply button.button--primary")
    home.keyboard.press("Enter")
    expect(home.locator("#toasts")).to_contain_text("Dit svar er sendt")
    expect(home.locator(".messages")).to_contain_text("Bo har en ny hjelm.")


def test_a_menu_opens_and_closes_by_keyboard(new_context: NewContext) -> None:
    """Escape closes a menu, and the keyboard is where it was before."""
    tab = new_context("teacher").new_page()
    tab.goto("/messages")
    # Escape is heard by a script of the next page: its menu is there before the script has run.
    with tab.expect_navigation():
        tab.locator("#threads a").first.click()
    menu = tab.locator(".thread__actions details")
    menu.locator("summary").focus()
    tab.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('.menu__list') !== null")
    tab.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    assert tab.evaluate("document.activeElement.matches('.thread__actions summary')")
