"""Seeing the site as somebody else in a browser: the form, the banner on each page, and the end."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from aula_platform.testing import RunningSite
from aula_sdk.ids import PROFILE
from aula_sdk.people import Assurance
from tests.administration.office import appoint_to_municipality
from tests.browser.conftest import NewContext
from tests.browser.served_site import ServedSite
from tests.browser.test_every_page import DESKTOP, PHONE, TAGS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
_AXE = AXE_FILE_PATH.read_text()
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_SCRIPT = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"


def _check(tab: Tab) -> None:
    """Nothing scrolls sideways and nothing is amiss, on a telephone, a desk, and in the dark."""
    tab.evaluate(_AXE)
    for width in (PHONE, DESKTOP):
        tab.set_viewport_size({"width": width, "height": 860})
        assert not tab.evaluate(_TOO_WIDE), width
        found = tab.evaluate(_SCRIPT, TAGS)["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], width
    tab.emulate_media(color_scheme="dark")
    assert tab.evaluate(_SCRIPT, TAGS)["violations"] == []
    tab.emulate_media(color_scheme="light")


def test_support_sees_the_site_as_somebody_and_leaves_again(
    new_context: NewContext, site: ServedSite, ids: dict[str, str]
) -> None:
    """R2: by keyboard and eye: why, what is withheld, as whom until when, and the way out."""
    context = new_context()
    cookies = site.sign_in(site.people.leader, Assurance.SUBSTANTIAL)[0]
    context.add_cookies(
        [{"name": name, "value": value, "url": site.url} for name, value in cookies.items()]
    )
    tab = context.new_page()
    tab.goto(f"/see-as/{PROFILE.format(site.people.neighbour.profile_id)}")
    expect(tab.locator("h1")).to_have_text("Se som Ole Krogh")
    _check(tab)
    tab.get_by_label("Hvorfor?").fill("Ole kan ikke finde klassen")
    tab.get_by_role("button", name="Se som Ole Krogh").click()
    expect(tab.locator("h1")).to_have_text("Hej Ole")
    expect(tab.get_by_text("Du ser siden som Ole Krogh")).to_be_visible()
    expect(tab.get_by_text("Ikke vist: det fortrolige").first).to_be_visible()
    _check(tab)
    tab.goto("/messages")
    expect(tab.locator("h1")).to_have_text("Det vises ikke, mens du ser siden som en anden")
    expect(tab.get_by_text("Du ser siden som Ole Krogh")).to_be_visible()
    _check(tab)
    tab.get_by_role("button", name="Afslut nu").click()
    expect(tab.locator("h1")).to_have_text("Hej Kirsten")
    assert tab.get_by_text("Du ser siden som").count() == 0


def test_the_person_reads_who_it_was_and_says_that_they_know(
    new_context: NewContext, site: ServedSite, ids: dict[str, str]
) -> None:
    """R2: a word on the page leads to the reason; when it is read, the word is gone."""
    tab = new_context("other_guardian").new_page()
    tab.goto("/")
    with site.client(site.people.leader) as client:
        path = f"/see-as/{PROFILE.format(site.people.other_guardian.profile_id)}"
        typed = {"reason": "Line kan ikke se sit barn", "minutes": "5"}
        assert client.post(path, data=typed).status_code == 303
    tab.goto("/")
    expect(tab.get_by_text("Nogen fra supporten har haft adgang")).to_be_visible()
    _check(tab)
    tab.get_by_role("link", name="Se, hvem der har kigget").click()
    expect(tab.locator("h1")).to_have_text("Hvem har kigget")
    assert tab.get_by_text("Nogen fra supporten har haft adgang").count() == 0
    expect(tab.get_by_text("Line kan ikke se sit barn")).to_be_visible()
    _check(tab)
    tab.get_by_role("button", name="Jeg har set det").click()
    expect(tab.get_by_text("Line kan ikke se sit barn")).to_be_visible()
    tab.goto("/")
    assert tab.get_by_text("Nogen fra supporten har haft adgang").count() == 0


def test_two_people_open_what_is_confidential_for_a_time(
    new_context: NewContext, site: ServedSite, ids: dict[str, str]
) -> None:
    """R2: asked by one, approved by another, read with a banner on each page, and ended."""
    site.run(appoint_to_municipality(RunningSite(site.app), site.people.pedagogue))
    tabs = []
    for member in (site.people.leader, site.people.pedagogue):
        context = new_context()
        cookies = site.sign_in(member, Assurance.SUBSTANTIAL)[0]
        context.add_cookies(
            [{"name": name, "value": value, "url": site.url} for name, value in cookies.items()]
        )
        tabs.append(context.new_page())
    asker, second = tabs
    mother = PROFILE.format(site.people.guardian.profile_id)
    asker.goto(f"/administration/break-glass/people/{mother}")
    expect(asker.locator("h1")).to_have_text("Bed om særlig adgang")
    _check(asker)
    asker.get_by_label("Hvad skal læses?").select_option("messages")
    asker.get_by_label("Hvorfor?").fill("Alma er ikke kommet hjem")
    asker.get_by_role("button", name="Bed om det").click()
    expect(asker.get_by_text("Alma er ikke kommet hjem")).to_be_visible()
    second.goto("/administration/break-glass")
    _check(second)
    card = second.locator(".card").filter(has_text="Alma er ikke kommet hjem")
    card.get_by_role("button", name="Godkend").click()
    expect(second.get_by_text("Åben nu")).to_be_visible()
    asker.goto("/administration/break-glass")
    _check(asker)
    asker.get_by_role("button", name="Læs nu").click()
    expect(asker.locator("h1")).to_have_text("Beskeder")
    expect(asker.get_by_text("Du læser det, Anne Skov læser")).to_be_visible()
    _check(asker)
    asker.get_by_role("button", name="Afslut nu").click()
    expect(asker.locator("h1")).to_have_text("Hej Kirsten")
    second.goto("/administration/break-glass")
    second.get_by_role("button", name="Afslut nu").first.click()
    expect(second.get_by_text("Åben nu")).to_have_count(0)
    second.context.close()
