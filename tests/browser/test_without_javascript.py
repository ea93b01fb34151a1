"""The main journey in a browser that runs no scripts: everything works by links and forms."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, FilePayload, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import NewContext
from tests.browser.conversations import TRIP
from tests.browser.served_site import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NOTE: FilePayload = {
    "name": "seddel.txt",
    "mimeType": "text/plain",
    "buffer": "Må gerne køre med".encode(),
}


@pytest.fixture
def plain(new_context: NewContext) -> BrowserContext:
    """A browser without scripts, in which nobody is signed in yet."""
    return new_context(java_script_enabled=False, width=390)


def test_sign_in_read_answer_write(plain: BrowserContext, site: ServedSite) -> None:
    """Experience 8: pages are useful before JavaScript runs; here it never does."""
    tab = plain.new_page()
    tab.goto("/messages")
    expect(tab.locator("h1")).to_have_text("Log ind")
    expect(tab.get_by_role("link", name="Unilogin")).to_be_visible()
    plain.add_cookies(site.cookies(site.people.other_guardian))
    tab.goto("/")
    expect(tab.locator("h1")).to_have_text("Hej Line")
    tab.get_by_role("link", name="Se alle : Beskeder").click()
    tab.get_by_role("link", name=TRIP).click()
    expect(tab.locator(".messages")).to_contain_text("Vi mangler to voksne")
    _refuse_then_answer(tab)
    tab.get_by_role("link", name="Beskeder", exact=True).first.click()
    tab.get_by_role("link", name="Ny besked").click()
    _write(tab)


def _refuse_then_answer(tab: Tab) -> None:
    tab.get_by_label("Dit svar", exact=True).last.fill("   ")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator(".form-error-message").first).to_be_visible()
    tab.get_by_label("Dit svar", exact=True).last.fill("Jeg går gerne med.")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("#toasts")).to_contain_text("Dit svar er sendt")
    expect(tab.locator(".messages")).to_contain_text("Jeg går gerne med.")


def _write(tab: Tab) -> None:
    """Nothing that was typed is lost: not by a refusal, not by searching, not by choosing."""
    tab.get_by_label("Emne").fill("Hente tidligt på fredag")
    tab.get_by_label("Besked", exact=True).fill("Vi henter Bo kl. 12.\nVi kører selv.")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("#field-recipients")).to_be_visible()
    _keeps_the_words(tab)
    tab.get_by_label("Find personer eller grupper").fill("mette")
    tab.get_by_role("button", name="Søg").click()
    _keeps_the_words(tab)
    tab.get_by_label("Mette Holm").check()
    tab.get_by_label("Vedhæft filer").set_input_files([NOTE])
    tab.get_by_role("button", name="Gem kladde").click()
    _keeps_the_words(tab)
    expect(tab.locator(".recipients__chosen")).to_contain_text("Mette Holm")
    expect(tab.locator("form")).to_contain_text(["seddel.txt"])
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("#toasts")).to_contain_text("Sendt til 1 person")
    expect(tab.locator("h1")).to_have_text("Hente tidligt på fredag")
    expect(tab.locator(".messages")).to_contain_text("Vi kører selv.")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="seddel.txt").click()
    assert download.value.path().read_bytes() == NOTE["buffer"]


def _keeps_the_words(tab: Tab) -> None:
    expect(tab.get_by_label("Emne")).to_have_value("Hente tidligt på fredag")
    expect(tab.get_by_label("Besked", exact=True)).to_have_value(
        "Vi henter Bo kl. 12.\nVi kører selv."
    )
