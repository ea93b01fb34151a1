"""The pages of messages, over what the cast has written to each other."""

from __future__ import annotations

from tests.browser.conversations import (
    DENTIST,
    HALF_WRITTEN,
    PRACTICE,
    READING,
    TRIP,
    Conversations,
)
from tests.browser.pages.shapes import Page, Visit

NEWS = "Nyt fra 3.A, uge"

PAGES = (
    Page(
        "/messages",
        (
            Visit("guardian", "/messages", "Beskeder", NEWS),
            Visit("pupil", "/messages", "Beskeder", READING),
            Visit("teacher", "/messages", "Beskeder", DENTIST),
            Visit("external", "/messages", "Beskeder", PRACTICE),
            Visit("guardian", "/messages?box=unread", "Beskeder", NEWS),
        ),
    ),
    Page(
        "/messages/drafts",
        (
            Visit("guardian", "/messages/drafts", "Beskeder", HALF_WRITTEN),
            Visit("pupil", "/messages/drafts", "Beskeder", "Ingen kladder"),
            Visit("teacher", "/messages/drafts", "Beskeder", HALF_WRITTEN),
            Visit("external", "/messages/drafts", "Beskeder", HALF_WRITTEN),
        ),
    ),
    Page(
        "/messages/new",
        (
            Visit("guardian", "/messages/new", "Ny besked", "Forældre i 3.A"),
            Visit("teacher", "/messages/new", "Ny besked", "Forældre i 3.A"),
            Visit("external", "/messages/new", "Ny besked", "Find personer"),
        ),
    ),
    Page(
        "/messages/drafts/{draft_id}",
        tuple(
            Visit(role, f"/messages/drafts/{{draft_{role}}}", "Ny besked", HALF_WRITTEN)
            for role in ("guardian", "teacher", "external")
        ),
    ),
    Page(
        "/messages/drafts/{draft_id}/confirm",
        tuple(
            Visit(role, f"/messages/drafts/{{draft_{role}}}/confirm", "får beskeden", HALF_WRITTEN)
            for role in ("guardian", "teacher", "external")
        ),
    ),
    Page(
        "/messages/{thread_id}",
        (
            Visit("guardian", "/messages/{trip}", TRIP, "Må de have frugt med"),
            Visit("guardian", "/messages/{trip}?reply=all", TRIP, "Til alle"),
            Visit("guardian", "/messages/{dentist}", DENTIST, "God tur!"),
            Visit("pupil", "/messages/{reading}", READING, "I skal bruge den i morgen"),
            Visit("teacher", "/messages/{trip}", TRIP, "Jonas Friis"),
            Visit("external", "/messages/{practice}", PRACTICE, "Velkommen til 3.A"),
        ),
    ),
    Page(
        "/messages/{thread_id}/people",
        (
            Visit("guardian", "/messages/{trip}/people", "Hvem deltager", "Line Berg"),
            Visit("pupil", "/messages/{reading}/people", "Hvem deltager", "Bo Berg"),
            Visit("teacher", "/messages/{trip}/people", "Hvem deltager", "Line Berg"),
            Visit("external", "/messages/{practice}/people", "Hvem deltager", "Mette Holm"),
        ),
    ),
    Page(
        "/messages/{thread_id}/leave",
        (
            Visit("guardian", "/messages/{trip}/leave", "Forlad samtalen?", TRIP),
            Visit("pupil", "/messages/{reading}/leave", "Forlad samtalen?", READING),
            Visit("teacher", "/messages/{trip}/leave", "Forlad samtalen?", TRIP),
            Visit("external", "/messages/{practice}/leave", "Forlad samtalen?", PRACTICE),
        ),
    ),
    Page(
        "/messages/sent/{message_id}/edit",
        tuple(
            Visit(role, f"/messages/sent/{{own_{role}}}/edit", "Ret din besked", words)
            for role, words in (
                ("guardian", "Må de have frugt med"),
                ("pupil", "Jeg har fundet den"),
                ("teacher", "God tur!"),
                ("external", "jeg glæder mig"),
            )
        ),
    ),
    Page(
        "/messages/sent/{message_id}/withdraw",
        tuple(
            Visit(role, f"/messages/sent/{{own_{role}}}/withdraw", "Træk beskeden tilbage?", words)
            for role, words in (
                ("guardian", "Må de have frugt med"),
                ("pupil", "Jeg har fundet den"),
                ("teacher", "God tur!"),
                ("external", "jeg glæder mig"),
            )
        ),
    ),
)

NO_PAGES = {
    "/messages/list": "the list by itself, for its refresh and beside a conversation",
    "/messages/{thread_id}/latest": "the newest messages by themselves, for their refresh",
}


def ids_for_addresses(conversations: Conversations) -> dict[str, str]:
    """Return the ids that addresses above name in braces."""
    return {
        "trip": conversations.trip,
        "dentist": conversations.dentist,
        "reading": conversations.reading,
        "practice": conversations.practice,
        **{f"draft_{key}": value for key, value in conversations.drafts.items()},
        **{f"own_{key}": value for key, value in conversations.own.items()},
    }
