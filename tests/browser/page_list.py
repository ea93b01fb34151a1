"""Every page of the site, who reads it and what only the right page shows; and what is no page.

`test_every_page.py` holds this list to the application's routes: a page that is missing here
fails, and so does an entry without a route.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.browser.conversations import (
    DENTIST,
    HALF_WRITTEN,
    PRACTICE,
    READING,
    TRIP,
    Conversations,
)

NOBODY = ""
ROLES = {
    "guardian": "Forælder",
    "pupil": "Elev",
    "teacher": "Medarbejder",
    "external": "Ekstern",
}
"""One of the cast in each role, and how the role is called."""


class Visit(NamedTuple):
    """Somebody reads the page: at which address, and what it shows to them and nowhere else."""

    reader: str
    address: str
    heading: str
    content: str


class Page(NamedTuple):
    """A page by its route; roles without a visit are refused."""

    route: str
    visits: tuple[Visit, ...]
    status: int = 200

    @property
    def refused(self) -> Iterator[str]:
        """The roles that may not read it, where it is a page for some roles only."""
        readers = {visit.reader for visit in self.visits}
        yield from (role for role in ROLES if readers & set(ROLES) and role not in readers)


NEWS = "Nyt fra 3.A, uge"

PAGES = (
    Page(
        "/",
        (
            Visit("guardian", "/", "Hej Anne", NEWS),
            Visit("pupil", "/", "Hej Alma", READING),
            Visit("teacher", "/", "Hej Mette", READING),
            Visit("external", "/", "Hej Viggo", PRACTICE),
        ),
    ),
    Page(
        "/profile",
        (
            Visit("guardian", "/profile", "Profil", "Solstrålen"),
            Visit("pupil", "/profile", "Profil", "Alma Skov"),
            Visit("teacher", "/profile", "Profil", "Mette Holm"),
            Visit("external", "/profile", "Profil", "Viggo Krog"),
        ),
    ),
    Page("/sign-in", (Visit(NOBODY, "/sign-in", "Log ind", "Unilogin"),)),
    Page(
        "/sign-in/{broker}",
        (Visit(NOBODY, "/sign-in/test", "Log ind", "Unilogin"),),
        503,
    ),
    Page("/sign-in/callback", (Visit(NOBODY, "/sign-in/callback", "Log ind", "forfra"),), 400),
    Page(
        "/role",
        tuple(Visit(role, "/role", "Hvilken rolle vil du bruge?", "Nordskolen") for role in ROLES),
    ),
    Page("/offline", (Visit(NOBODY, "/offline", "Ingen forbindelse", "net"),)),
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
    Page(
        "/{path}",
        (
            Visit(NOBODY, "/no/such/page", "findes ikke", "overblikket"),
            *(Visit(role, "/no/such/page", "findes ikke", "overblikket") for role in ROLES),
        ),
        404,
    ),
)

NO_PAGES = {
    "/overview/{plugin}/{name}": "a box of the overview by itself, for its refresh",
    "/badges/{plugin}/{name}": "a number of the navigation by itself, for its refresh",
    "/live": "a stream of topics",
    "/files/{file_id}": "an uploaded file",
    "/files/{file_id}/{size}": "an uploaded picture, smaller",
    "/sw.js": "the service worker",
    "/.well-known/jwks.json": "keys for programs",
    "/messages/list": "the list by itself, for its refresh and beside a conversation",
    "/messages/{thread_id}/latest": "the newest messages by themselves, for their refresh",
    "/static/{file_path}": "files that pages load",
}
"""Answers to GET that are no pages, and why. What lies below ``/api`` is for programs."""


def list_page_routes(app: Litestar) -> set[str]:
    """Return the routes that answer GET and lie outside of the API."""
    return {
        route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods
        if not route.path_format.startswith("/api/")
    }


def fill_address(address: str, conversations: Conversations) -> str:
    """Put ids of the conversations into an address."""
    drafts = {f"draft_{key}": value for key, value in conversations.drafts.items()}
    own = {f"own_{key}": value for key, value in conversations.own.items()}
    return address.format(
        trip=conversations.trip,
        dentist=conversations.dentist,
        reading=conversations.reading,
        practice=conversations.practice,
        **drafts,
        **own,
    )
