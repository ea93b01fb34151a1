"""The pages' HTML, without a browser: words, headings, forms, and nothing inline."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from aula_platform.web.asset_build import WEB
from tests.web_design.sample_pages import SAMPLE_PAGES, sample_page
from tests.web_design.sample_shell import make_shell, render

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PAGES = sorted(SAMPLE_PAGES)
Attributes = dict[str, str | None]


class Outline(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[Attributes]:
        """Return the attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]


def messages_of(path: Path) -> set[str]:
    """Return the texts of a template by their English words."""
    with path.open("rb") as source:
        found = list(babel_extract(source, ("_", "ngettext"), [], {}))
    texts = (message[0] if isinstance(message, tuple) else message for _, _, message, _ in found)
    return {text for text in texts if text}


@pytest.mark.parametrize("locale", ["da", "en"])
def test_every_text_of_a_template_is_in_the_catalogue(locale: str) -> None:
    """Experience 7: Danish and English from the first day."""
    with (WEB / "locale" / f"{locale}.po").open("rb") as source:
        catalogue = read_po(source, locale=locale)
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.string and all(message.string) and not message.fuzzy
    }
    asked = set().union(*(messages_of(path) for path in TEMPLATES))
    assert len(asked) > 40
    assert asked - known == set()


def test_the_reader_s_language_is_the_page_s() -> None:
    """The same page in Danish and in English."""
    assert "Spring til indhold" in sample_page("overview", locale="da")
    english = sample_page("overview", locale="en")
    assert "Skip to content" in english
    assert '<html lang="en"' in english


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline(name: str) -> None:
    """The content security policy refuses inline styles, handlers and scripts without a nonce."""
    outline = Outline(sample_page(name))
    inline = [
        (tag, attribute)
        for tag, attributes in outline.elements
        for attribute in attributes
        if attribute == "style" or attribute.startswith("on")
    ]
    assert inline == []
    assert outline.all("style") == []
    assert all(script.get("src") and script.get("nonce") for script in outline.all("script"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_main_heading_a_title_and_no_id_twice(name: str) -> None:
    """WCAG 1.3.1, 2.4.2, 4.1.1."""
    html = sample_page(name)
    outline = Outline(html)
    ids = Counter(found["id"] for _, found in outline.elements if "id" in found)
    assert len(outline.all("h1")) == 1
    assert re.search(r"<title>[^<]+ – Aula</title>", html)
    assert [identity for identity, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_posts_carries_its_token(name: str) -> None:
    """A form without the CSRF field would be refused; one with two keys would be two acts."""
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", sample_page(name), re.DOTALL):
        assert form.count('name="_csrf_token" value="csrf-of-the-session"') == 1
        assert form.count('name="idempotency_key"') <= 1


def test_two_forms_are_two_acts() -> None:
    """Settled question 15: each form has an idempotency key of its own."""
    keys = re.findall(r'name="idempotency_key" value="([^"]+)"', sample_page("thread"))
    assert len(keys) > 1
    assert len(keys) == len(set(keys))


def test_what_people_wrote_is_escaped() -> None:
    """A name with markup in it stays a name, in text and in attributes."""
    nasty = '"><script>alert(1)</script>'
    shell = make_shell(municipality=nasty)
    html = render("aula/chooser.html", shell, municipalities=[{"name": nasty, "href": "/"}])
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_child_has_the_same_colour_everywhere_and_initials_of_its_own() -> None:
    """Colour and letters help recognition, and never change between pages."""
    shell = make_shell()
    assert shell.tone("child-1") == shell.tone("child-1")
    assert {shell.tone(f"child-{number}") for number in range(200)} == set(range(1, 9))
    assert shell.initials("Åse Bjerre-Krogh") == "ÅK"
    assert shell.initials("Bo") == "B"
    assert shell.initials("  ") == "?"
