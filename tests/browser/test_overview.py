"""The first page: how much it weighs, and what choosing a child does to it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from aula_sdk.ids import PERSON
from tests.browser.conftest import NewContext
from tests.browser.pages.messages import NEWS
from tests.browser.served_site import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HEAVIEST = 150_000
"""Bytes over the wire with an empty cache (experience 8)."""


def test_the_first_page_is_light(new_context: NewContext) -> None:
    """Experience 8: below 150 kB over the wire, measured where the bytes arrive."""
    context = new_context("guardian", width=390)
    tab = context.new_page()
    wire = context.new_cdp_session(tab)
    wire.send("Network.enable")
    sizes: dict[str, int] = {}

    def weigh(loaded: dict[str, Any]) -> None:
        sizes[loaded["requestId"]] = int(loaded["encodedDataLength"])

    wire.on("Network.loadingFinished", weigh)
    tab.goto("/", wait_until="networkidle")
    assert len(sizes) >= 4, "page, style, script and font at least"
    assert sum(sizes.values()) < HEAVIEST


def test_choosing_a_child_filters_the_boxes(new_context: NewContext, site: ServedSite) -> None:
    """Experience: children as round buttons filter everything; a box stays so when refreshed."""
    tab = new_context("guardian").new_page()
    tab.goto("/")
    section = tab.locator("section[data-live=messages]")
    box = section.locator(".widget-body")
    expect(box).to_contain_text(NEWS)
    children = tab.locator(".child-filter")
    children.get_by_role("link", name="Dagny").click()
    expect(box).not_to_contain_text(NEWS)
    refresh = section.get_attribute("hx-get")
    assert refresh is not None
    assert refresh.endswith(f"?child={PERSON.format(site.people.sibling.person_id)}")
    children.get_by_role("link", name="Alma").click()
    expect(box).to_contain_text(NEWS)


def test_only_own_children_can_be_chosen(new_context: NewContext, site: ServedSite) -> None:
    """R7: another's child in the address is answered as if there were none such."""
    asks = new_context("guardian").request
    for member, status in ((site.people.pupil, 200), (site.people.other_pupil, 404)):
        chosen = f"?child={PERSON.format(member.person_id)}"
        assert asks.get(f"/{chosen}").status == status
        assert asks.get(f"/overview/messages/newest{chosen}").status == status
    assert asks.get("/?child=pro_1").status == 400


def test_who_belongs_to_one_municipality_sees_its_name(new_context: NewContext) -> None:
    """The frame says where one is."""
    tab = new_context("teacher").new_page()
    tab.goto("/")
    expect(tab.locator(".brand__place")).to_have_text("Nordby")
