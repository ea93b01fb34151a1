"""R16, R18: no secret in any address or log, and nothing that a page loads is anybody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest

from aula_platform.testing import SITE
from tests.incidents.town import Town
from tests.incidents.walking import Seen

pytestmark = [pytest.mark.xdist_group("incidents"), pytest.mark.timeout(300)]
_LINKS = re.compile(
    r"""\b(?:href|src|srcset|action|formaction|hx-[a-z]+|data-[a-z-]*url)="([^"]*)\""""
)
_LOADED = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed|link)\b[^>]*?\b(?:src|href|srcset)="([^"]*)\""""
)
_STYLE_URL = re.compile(r"""url\(\s*['"]?([^'")]+)""")
_OURS = urlsplit(SITE).netloc


def _pages(town: Town) -> Iterator[Seen]:
    for one in town.walk.seen:
        if "html" in one.answer.headers.get("content-type", ""):
            yield one


def test_nothing_that_opens_a_session_stands_in_an_address(town: Town) -> None:
    """R16: neither cookie nor form token, in links, forms, redirects or what programs are told."""
    secrets = {secret for own in town.sessions.values() for secret in own}
    assert min(map(len, secrets)) > 20
    looked = 0
    for one in town.walk.seen:
        addresses = [unescape(found) for found in _LINKS.findall(one.answer.text)]
        addresses += [one.path, one.answer.headers.get("location", "")]
        looked += len(addresses)
        for address in addresses:
            assert not any(secret in address for secret in secrets), one
            assert not re.search(r"[?&](?:token|session|csrf\w*|sid|code)=", address), address
    assert looked > 10_000


def test_the_session_is_in_no_answer_at_all(town: Town) -> None:
    """R16: the cookie's value comes once, at sign-in; no page and no program is told it again."""
    for one in town.walk.seen:
        cookie = town.sessions[one.who][0]
        assert cookie not in one.answer.text, one
        for name, value in one.answer.headers.items():
            assert cookie not in value, f"{one} {name}"


def test_no_page_tells_another_site_where_one_was(town: Town) -> None:
    """R16: the address of a page goes nowhere with what is clicked on it."""
    told = {one.answer.headers.get("referrer-policy") for one in _pages(town)}
    assert told <= {"no-referrer", "same-origin"}
    assert told


def test_no_page_loads_anything_of_anybody_else(town: Town) -> None:
    """R18: scripts, styles, pictures, frames and fonts are the site's own, in every page."""
    loaded = 0
    for one in _pages(town):
        for found in (*_LOADED.findall(one.answer.text), *_STYLE_URL.findall(one.answer.text)):
            loaded += 1
            parts = urlsplit(unescape(found))
            assert parts.netloc in {"", _OURS}, f"{one}: {found}"
            assert parts.scheme in {"", "http", "https", "data"}, f"{one}: {found}"
    assert loaded > 1_000


def test_no_page_lets_anything_foreign_in(town: Town) -> None:
    """R18: the policy of every page names no other origin, no wildcard and nothing unsafe."""
    for one in _pages(town):
        policy = one.answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy, one
        words = set(re.split(r"[;\s]+", policy))
        assert not {word for word in words if "*" in word or "unsafe" in word}, policy
        assert not {word for word in words if word.startswith(("http:", "https:"))}, policy
