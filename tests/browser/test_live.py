"""What arrives while pages are open: they change without being loaded again (rule 22)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT = "Ekstra idrætstøj i morgen"
SOON = 10_000


def test_a_message_reaches_open_pages(new_context: NewContext) -> None:
    """Issue 2: inbox, number and box on the overview tell of a message that has just come."""
    family, school = new_context("other_parent"), new_context("teacher")
    inbox, overview = family.new_page(), family.new_page()
    inbox.goto("/messages")
    overview.goto("/")
    number = overview.locator(".mainnav__badge .count > span").first
    before = int(number.inner_text())
    for tab in (inbox, overview):
        tab.evaluate("window.stillTheSamePage = true")

    writing = school.new_page()
    writing.goto("/messages/new")
    writing.get_by_label("Forældre i 3.A").check()
    writing.get_by_label("Emne").fill(SUBJECT)
    writing.locator("trix-editor[aria-label=Besked]").fill("Vi skal i svømmehallen.")
    writing.get_by_role("button", name="Send").click()
    expect(writing.locator("h1")).to_have_text(SUBJECT)

    row = inbox.locator("#threads .thread-item").first
    expect(row).to_contain_text(SUBJECT, timeout=SOON)
    expect(row).to_contain_class("thread-item--unread")
    box = overview.locator(".widget-body .thread-item").first
    expect(box).to_contain_text(SUBJECT, timeout=SOON)
    expect(number).to_have_text(str(before + 1), timeout=SOON)
    assert inbox.evaluate("window.stillTheSamePage")
    assert overview.evaluate("window.stillTheSamePage")

    row.get_by_role("link").click()
    expect(inbox.locator("h1")).to_have_text(SUBJECT)
    expect(number).to_have_text(str(before), timeout=SOON)
