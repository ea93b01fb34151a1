"""What the scripts add to pages that work without them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web_design.sample_site import SampleSite

pytestmark = pytest.mark.browser

_UNDER_CONTROL = """navigator.serviceWorker.controller !== null || new Promise(
    done => navigator.serviceWorker.addEventListener("controllerchange", () => done(true)))"""

RESULTS = """<fieldset class="recipient-group"><legend>Personer</legend>
<label class="recipient"><input type="checkbox" name="recipient" value="pro_1">Åse Krogh</label>
<label class="recipient"><input type="checkbox" name="recipient" value="pro_2">Åge Bro</label>
</fieldset>"""


def test_what_one_writes_is_saved_and_sent_as_html(page: Page, site: SampleSite) -> None:
    """MSG-16: the draft is kept on the server; the editor sends HTML and says so."""
    site.answer("/draft", "", status=204)
    site.answer("/send", "<h1>Sendt</h1>")
    page.goto("/writing")
    page.locator("#field-subject").fill("Tur på fredag")
    page.locator("trix-editor").click()
    page.keyboard.press("End")
    page.keyboard.type(" i 3.A")
    draft = site.wait_for_post("/draft")
    assert draft.headers["x-csrftoken"] == "csrf-of-the-session"
    assert draft.headers["x-aula-draft"] == "1"
    assert draft.fields["subject"] == ["Tur på fredag"]
    expect(page.locator("[data-draft-state]")).to_have_text("Kladde gemt")
    page.get_by_role("button", name="Send").click()
    sent = site.wait_for_post("/send")
    assert sent.fields["text_format"] == ["html"]
    assert "<strong>alle i 3.A</strong>" in sent.fields["text"][0]
    assert len(sent.fields["idempotency_key"]) == 1
    expect(page.locator("h1")).to_have_text("Sendt")


def test_who_writes_before_the_editor_has_come_loses_nothing(
    browser: Browser, site: SampleSite
) -> None:
    """Experience: on a slow phone one begins in the plain field, and goes on there."""
    page = browser.new_page(base_url=site.url)
    held: list[Route] = []
    # Playwright marks the function it is given, which it cannot do with a built-in one.
    page.route("**/editor-*.js", lambda route: held.append(route))  # noqa: PLW0108
    with page.expect_request("**/editor-*.js"):
        page.goto("/writing", wait_until="commit")
    field = page.locator("textarea[name=text]")
    field.fill("Jeg skrev, før editoren kom")
    page.locator("#field-subject").fill("Tur")
    for route in held:
        route.continue_()
    page.evaluate("customElements.whenDefined('aula-richtext').then(() => true)")
    expect(field).to_be_visible()
    page.get_by_role("button", name="Send").click()
    sent = site.wait_for_post("/send")
    assert sent.fields["text"] == ["Jeg skrev, før editoren kom"]
    assert sent.fields["text_format"] == ["text"]


def test_a_draft_that_cannot_be_saved_is_said_and_tried_again(
    browser: Browser, site: SampleSite
) -> None:
    """Experience: errors say what happened and what was kept; nothing typed is lost."""
    site.answer("/draft", "", status=503)
    page = browser.new_page(base_url=site.url)
    page.goto("/writing")
    page.locator("#field-subject").fill("Tur")
    state = page.locator("[data-draft-state]")
    expect(state).to_have_text("Kladden kunne ikke gemmes. Det, du skrev, er her stadig.")
    site.answer("/draft", "", status=204)
    page.locator("#field-subject").fill("Tur på fredag")
    expect(state).to_have_text("Kladde gemt")
    page.close()


def test_without_scripts_the_same_form_sends_text(browser: Browser, site: SampleSite) -> None:
    """Experience 8: pages are useful before JavaScript runs; a textarea stands for the editor."""
    site.answer("/send", "<h1>Sendt</h1>")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/writing")
    assert page.locator("#field-text").input_value() == "Kære alle"
    page.locator("#field-subject").fill("Tur")
    page.get_by_role("button", name="Send").click()
    sent = site.wait_for_post("/send")
    assert sent.fields["text"] == ["Kære alle"]
    assert sent.fields["text_format"] == ["text"]
    assert sent.fields["_csrf_token"] == ["csrf-of-the-session"]
    page.goto("/thread")
    page.locator(".thread__actions summary").click()
    assert page.get_by_text("Slå lyd fra").is_visible()
    page.goto("/gallery")
    page.get_by_role("button", name="Hvem får den?").click()
    assert page.get_by_text("44 personer i 3.A.").is_visible()
    context.close()


def test_recipients_are_found_while_one_types(page: Page, site: SampleSite) -> None:
    """Settled question 25: what is typed is posted, never in an address; ticked boxes stay."""
    site.answer("/recipients", RESULTS)
    page.goto("/writing")
    page.locator("#field-q").type("åse")
    page.get_by_label("Åse Krogh").check()
    site.posted.clear()
    page.locator("#field-q").fill("åse k")
    posted = site.wait_for_post("/recipients")
    assert posted.fields["q"] == ["åse k"]
    assert not any("%C3%A5se" in path for path in site.fetched)
    expect(page.get_by_label("Åse Krogh")).to_have_count(1)
    expect(page.get_by_label("Åse Krogh")).to_be_checked()
    expect(page.get_by_label("Åge Bro")).not_to_be_checked()


def test_text_that_looks_like_html_stays_text(page: Page, site: SampleSite) -> None:
    """ASVS 3.2.2: a name in results that scripts put in, and words that one types."""
    evil = "<img src=x onerror=document.title=1>"
    site.answer("/recipients", RESULTS.replace("Åge Bro", evil.replace("<", "&lt;")))
    site.answer("/draft", "", status=204)
    site.answer("/send", "<h1>Sendt</h1>")
    page.goto("/writing")
    title = page.title()
    page.locator("#field-q").type("åge")
    expect(page.locator(".recipients__results")).to_contain_text(evil)
    page.locator("#field-subject").fill(evil)
    page.locator("trix-editor").click()
    page.keyboard.press("End")
    page.keyboard.type(evil)
    expect(page.locator("trix-editor")).to_contain_text(evil)
    expect(page.locator(".recipients__results img, trix-editor img")).to_have_count(0)
    assert page.title() == title
    page.get_by_role("button", name="Send").click()
    sent = site.wait_for_post("/send").fields["text"][0]
    assert evil.replace("<", "&lt;").replace(">", "&gt;") in sent
    expect(page.locator("h1")).to_have_text("Sendt")


def test_a_change_is_shown_in_every_tab_over_one_stream(browser: Browser, site: SampleSite) -> None:
    """Settled question 22: the stream names topics, pages fetch; one stream per browser."""
    site.shell = {"live": True}
    site.answer("/list", "Ny liste")
    site.answer("/badge", "")
    context = browser.new_context(base_url=site.url)
    first, second = context.new_page(), context.new_page()
    first.goto("/writing")
    expect(first.locator("#list")).to_have_text("Gammel liste")
    second.goto("/writing")
    second.wait_for_load_state("load")
    site.topics.append("messages")
    expect(first.locator("#list")).to_have_text("Ny liste")
    expect(second.locator("#list")).to_have_text("Ny liste")
    expect(first.locator("#other")).to_have_text("Gammel kalender")
    assert site.fetched.count("/live") == 1
    context.close()


def test_another_tab_takes_the_stream_over(browser: Browser, site: SampleSite) -> None:
    """When the tab that holds the stream is closed, the next one opens it."""
    site.shell = {"live": True}
    site.answer("/list", "Ny liste")
    site.answer("/badge", "")
    context = browser.new_context(base_url=site.url)
    first, second = context.new_page(), context.new_page()
    first.goto("/writing")
    second.goto("/writing")
    first.close()
    while site.fetched.count("/live") < 2:
        second.wait_for_timeout(20)
    site.topics.append("messages calendar")
    expect(second.locator("#list")).to_have_text("Ny liste")
    context.close()


def test_colours_change_at_once_and_are_kept(page: Page, site: SampleSite) -> None:
    """Experience: every action answers at once."""
    site.answer("/profile/theme", "")
    page.goto("/profile")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Mørk").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    expect(page.get_by_role("button", name="Mørk")).to_have_attribute("aria-pressed", "true")
    assert site.wait_for_post("/profile/theme").fields["theme"] == ["dark"]


def test_menus_close_on_escape_and_elsewhere(page: Page) -> None:
    """Focus returns to what opened the menu."""
    page.goto("/thread")
    menu = page.locator(".thread__actions details")
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", re.compile(".*"))
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    menu.locator("summary").click()
    page.locator(".thread__people").click()
    expect(menu).not_to_have_attribute("open", re.compile(".*"))


def test_yesterday_s_today_becomes_yesterday(page: Page) -> None:
    """A page left open over midnight does not say "today" of what is past."""
    page.clock.install(time="2026-11-19T22:30:00Z")
    page.goto("/inbox")
    time = page.locator("time[data-words]").first
    expect(time).to_have_text("i dag 14.30")
    page.clock.run_for(60 * 60 * 1000)
    expect(time).to_have_text("i går 14.30")


def test_without_a_network_the_offline_page_comes(browser: Browser, site: SampleSite) -> None:
    """The installed app says in our own words that there is no connection."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/overview")
    page.evaluate("navigator.serviceWorker.ready.then(r => r.active.state)")
    page.evaluate(_UNDER_CONTROL)
    context.set_offline(True)
    page.goto("/inbox")
    expect(page.locator("h1")).to_have_text("Ingen forbindelse")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Aula Sans"')
    context.close()
