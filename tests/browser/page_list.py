"""Every page of the site, who reads it and what only the right page shows; and what is no page.

Each plugin with pages has a module in ``pages/`` with its ``PAGES``, its ``NO_PAGES``, and, where
its pages need content, ``fill``, which lets the cast make it by the API and returns the ids that
addresses name in braces. `test_every_page.py` holds the list to the application's routes: a page
that is missing here fails, and so does an entry without a route.
"""

from __future__ import annotations

from collections.abc import Callable

from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.browser.conversations import Conversations
from tests.browser.pages import administration, contacts, groups, messages, posts, shell
from tests.browser.pages.shapes import Page
from tests.browser.served_site import ServedSite

_PARTS = (shell, messages, contacts, groups, posts, administration)

PAGES: tuple[Page, ...] = tuple(page for part in _PARTS for page in part.PAGES)

NO_PAGES = {route: why for part in _PARTS for route, why in part.NO_PAGES.items()}
"""Answers to GET that are no pages, and why. What lies below ``/api`` is for programs."""

FILLERS: tuple[Callable[[ServedSite], dict[str, str]], ...] = (
    contacts.fill,
    groups.fill,
    posts.fill,
    administration.fill,
)
"""``fill(site)`` of each plugin whose pages show something that somebody has made."""


def list_page_routes(app: Litestar) -> set[str]:
    """Return the routes that answer GET and lie outside of the API."""
    return {
        route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods
        if not route.path_format.startswith("/api/")
    }


def fill_pages(site: ServedSite, conversations: Conversations) -> dict[str, str]:
    """Let the cast fill all pages; return the ids that addresses name in braces."""
    ids = messages.ids_for_addresses(conversations)
    for fill in FILLERS:
        ids |= fill(site)
    return ids
