"""What conversations do in a browser beside the main journey: where they open, whom they reach."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewContext
from tests.browser.conversations import TRIP, Conversations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT = "Fællessang i aulaen"


def test_a_conversation_opens_where_the_new_begins(new_context: NewContext) -> None:
    """Experience: what is new is seen at once, however long the conversation."""
    tab = new_context("other_parent", width=390).new_page()
    tab.goto("/messages")
    tab.get_by_role("link", name=TRIP).click()
    expect(tab.locator("h1")).to_have_text(TRIP)
    expect(tab.locator("#new")).to_be_in_viewport()


def test_an_answer_to_all_is_a_second_choice_and_is_seen(
    new_context: NewContext, conversations: Conversations
) -> None:
    """Promise 3: the sender by default; to all says to how many, and shows where it went."""
    tab = new_context("other_parent", width=390).new_page()
    tab.goto(f"/messages/{conversations.trip}")
    expect(tab.locator(".composer__to strong")).to_contain_text("Til Mette Holm alene")
    tab.get_by_role("link", name="Svar alle (4 personer)").click()
    expect(tab.locator(".composer--all")).to_contain_text("Til alle: 4 personer")
    tab.locator("trix-editor[aria-label='Dit svar']").fill("Jeg tager en ekstra regnfrakke med.")
    tab.get_by_role("button", name="Send til 4 personer").click()
    own = tab.locator(".message--own").last
    expect(own).to_contain_text("ekstra regnfrakke")
    expect(own).to_be_in_viewport()


def test_a_large_audience_is_shown_before_it_is_sent_to(new_context: NewContext) -> None:
    """Promise 3: more than a class must be seen and confirmed; going back keeps the words."""
    tab = new_context("teacher").new_page()
    tab.goto("/messages/new")
    for group in ("Forældre i 3.A", "Elever i 3.A"):
        tab.get_by_label(group).check()
    # Told as soon as the choice is kept, before anything is sent.
    expect(tab.locator(".audience")).to_contain_text("7 personer får beskeden")
    expect(tab.get_by_role("button", name="Send til 7 personer")).to_be_visible()
    tab.get_by_label("Emne").fill(SUBJECT)
    tab.locator("trix-editor[aria-label=Besked]").fill("Vi synger sammen kl. 9.")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("h1")).to_have_text("7 personer får beskeden")
    expect(tab.locator("main")).to_contain_text("4 forældre")
    expect(tab.locator("main")).to_contain_text("Line Berg")
    tab.get_by_role("link", name="Tilbage til beskeden").first.click()
    expect(tab.get_by_label("Emne")).to_have_value(SUBJECT)
    tab.get_by_role("button", name="Send til 7 personer").click()
    tab.get_by_role("button", name="Send til 7 personer").click()
    expect(tab.locator("#toasts")).to_contain_text("Sendt til 7 personer")
    expect(tab.locator(".messages")).to_contain_text("Vi synger sammen")


def test_children_beside_a_conversation_filter_the_list(
    new_context: NewContext, conversations: Conversations
) -> None:
    """The round buttons lead to the list of that child's conversations, from wherever they are."""
    tab = new_context("guardian").new_page()
    tab.goto(f"/messages/{conversations.dentist}")
    tab.locator(".panes__list").get_by_role("link", name="Dagny").click()
    expect(tab.locator("h1")).to_have_text("Beskeder")
    expect(tab.locator("#thread-list")).to_contain_text("Ingen beskeder")
