"""The forms that the site's pages hold, as browsers would send them."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bad_input.wild_site import ROLES, WildSite

_FIELDS = {"input", "textarea", "select", "button", "aula-rich-text", "aula-recipients"}
_NO_VISIT = ("/static", "/live", "/files", "/sign-", "/role", "/health", "/api", "/looks")
MOST_OF_A_KIND = 1
"""How many pages of one address pattern are looked at for each role."""


class Form(NamedTuple):
    """One form of a page: who saw it, where it goes, what it holds as it stands."""

    role: str
    action: str
    fields: tuple[tuple[str, str], ...]


class _Reader(HTMLParser):
    """Finds the forms and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self._fields: list[tuple[str, str]] | None = None
        self.links: list[str] = []
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, or where a form begins and what is in it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urlsplit(given["href"])._replace(scheme="", netloc="").geturl())
        if tag == "form":
            self._fields = []
            self.forms.append((urlsplit(given.get("action", "")).path or self._page, self._fields))
        if "name" in given and self._fields is not None and tag in _FIELDS:
            self._fields.append((given["name"], given.get("value", "")))
        # A button or an element of a form can send it to another address.
        other = given.get("formaction") or given.get("hx-post")
        if other:
            self.forms.append((urlsplit(other).path, list(self._fields or [])))

    def handle_endtag(self, tag: str) -> None:
        """Note where a form ends."""
        if tag == "form":
            self._fields = None


def pattern_of(path: str) -> re.Pattern[str]:
    """Return what addresses of a route look like."""
    return re.compile(re.sub(r"\\{[^/]*\\}", "[^/]+", re.escape(path)))


def collect_forms(site: WildSite) -> list[Form]:
    """Return the forms of the pages that each role can walk to, one for each address pattern."""
    return [form for role in ROLES for form in _collect(site, role)]


def _collect(site: WildSite, role: str) -> list[Form]:
    found: list[Form] = []
    ahead = site.pages()
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    while ahead:
        page = ahead.pop(0)
        kind = re.sub(r"[a-z]{3}_[0-9a-f]{32}", "ID", urlsplit(page).path)
        if page in seen or page.startswith(_NO_VISIT) or kinds[kind] >= MOST_OF_A_KIND:
            continue
        seen.add(page)
        kinds[kind] += 1
        answer = site.send(role, "GET", page)
        if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
            reader = _Reader(urlsplit(page).path)
            reader.feed(answer.text)
            found += [Form(role, action, tuple(fields)) for action, fields in reader.forms]
            ahead += [link for link in reader.links if link.startswith("/")]
    return found
