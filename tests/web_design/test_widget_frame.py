"""The host's side of docs/vendor/widget-protocol.md, against a page of another origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web_design.sample_shell import make_shell, render
from tests.web_design.sample_site import SampleSite, as_json

pytestmark = pytest.mark.browser

WIDGET = (Path(__file__).parent / "vendor_widget.html").read_text()
TOKEN = as_json({"token": "eyJ.made.up", "expires_at": "2026-11-19T13:35:00Z"})


class VendorSite(SampleSite):
    """Another origin, with the vendor's own policy instead of ours."""

    policy = ""


@pytest.fixture
def vendor() -> Iterator[SampleSite]:
    """Where the vendor's page lies."""
    with VendorSite() as running:
        running.answer("/widget", WIDGET)
        yield running


@pytest.fixture
def framed(site: SampleSite, vendor: SampleSite) -> SampleSite:
    """A page of ours with the vendor's widget in it."""
    embedded = SimpleNamespace(
        src=f"{vendor.url}/widget",
        token_url="/widgets/wid_1/token",
        context={"placement": "overview", "locale": "da"},
        supplier="Fjordvang Software",
    )
    widget = SimpleNamespace(
        name="week", title="Ugeplan", href="", icon="widget", topic="", url="", html=""
    )
    vars(widget).update(wide=False, failed=False, embedded=embedded)
    site.frame_origins = [vendor.url]
    site.answer("/framed", render("sample/framed.html", make_shell(live=False), widget=widget))
    site.answer("/widgets/wid_1/token", TOKEN, media="application/json")
    return site


def test_a_widget_gets_context_and_token_by_its_port_alone(page: Page, framed: SampleSite) -> None:
    """WID-R1, WID-R2: nothing in the first message or an address; the token comes by POST."""
    page.goto("/framed")
    inside = page.frame_locator("aula-widget-frame iframe")
    expect(inside.locator("#out")).to_contain_text("token eyJ.made.up 2026-11-19T13:35:00Z")
    root = inside.locator("html")
    assert json.loads(root.get_attribute("data-init") or "") == {"type": "aula:init", "version": 1}
    expect(root).to_have_attribute("data-placement", "overview")
    asked = framed.wait_for_post("/widgets/wid_1/token")
    assert asked.headers["x-csrftoken"] == "csrf-of-the-session"
    assert not any("eyJ" in path for path in framed.fetched)


def test_a_widget_reaches_nothing_of_ours(page: Page, framed: SampleSite) -> None:
    """WID-R1: no cookies, no page around it, no storage."""
    page.goto("/framed")
    out = page.frame_locator("aula-widget-frame iframe").locator("#out")
    expect(out).to_contain_text("token")
    tried = json.loads((out.text_content() or "").partition("Z ")[2])
    assert tried == dict.fromkeys(("cookie", "parent", "storage"), "SecurityError")
    sandbox = page.locator("iframe").get_attribute("sandbox")
    assert sandbox == "allow-scripts allow-forms allow-popups"


def test_the_height_stays_within_bounds_and_the_theme_follows(
    page: Page, framed: SampleSite
) -> None:
    """A widget that asks for 99,999 pixels gets 1,200; a changed theme is told."""
    page.goto("/framed")
    frame = page.locator("aula-widget-frame")
    expect(frame).to_have_attribute("data-state", "ready")
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", 1200)
    root = page.frame_locator("aula-widget-frame iframe").locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-theme", "dark")


def test_a_refused_token_is_told(browser: Browser, framed: SampleSite) -> None:
    """A widget that is no longer enabled is told so, and says it in its own words."""
    framed.answer("/widgets/wid_1/token", "{}", status=403)
    page = browser.new_page(base_url=framed.url)
    page.goto("/framed")
    out = page.frame_locator("aula-widget-frame iframe").locator("#out")
    expect(out).to_have_text("refused 403")
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", 48)
    page.close()


def test_a_silent_vendor_is_shown_as_a_failure(
    page: Page, framed: SampleSite, vendor: SampleSite
) -> None:
    """WID-R7: after ten seconds without a word the reader is told, and may try again."""
    vendor.answer("/widget", "<!doctype html><title>Tavs</title><p>…</p>")
    page.clock.install()
    page.goto("/framed")
    frame = page.locator("aula-widget-frame")
    page.clock.run_for(9_000)
    expect(frame).to_have_attribute("data-state", "loading")
    page.clock.run_for(1_500)
    expect(frame).to_have_attribute("data-state", "failed")
    expect(frame.get_by_role("status")).to_contain_text("Ugeplan svarer ikke lige nu")
    assert not page.locator("iframe").is_visible()
    vendor.answer("/widget", WIDGET)
    page.get_by_role("button", name="Prøv igen").click()
    expect(frame).to_have_attribute("data-state", "ready")
    expect(frame.get_by_role("status")).to_have_count(0)
