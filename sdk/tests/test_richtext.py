"""Rich text: nothing in it may run, track or imitate the page."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_sdk.richtext import from_plain_text, plain_text, sanitise

PIECES = st.lists(
    st.sampled_from(
        (
            *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href=", "javascript:1"),
            *('"', "'", ">", "<svg/onload=x>", "<style>", "&lt;", "<p hx-get=/x>", "</p>", "<b>"),
            *(
                "tekst",
                "<math><mtext>",
                "<!--",
                "-->",
                "<iframe srcdoc=",
                "\x00",
                "data:text/html,",
            ),
        )
    ),
    max_size=12,
).map("".join)
_BLOCKS = {"p", "div", "br", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "pre", "code"}
_ALLOWED = _BLOCKS | {"strong", "b", "em", "i", "u", "s", "del", "a"}


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<p>Hej <b>alle</b></p>", "<p>Hej <b>alle</b></p>"),
        ("<p onclick=x>Hej</p>", "<p>Hej</p>"),
        ("<button hx-get='/x'>Tryk</button>", "Tryk"),
        ("<script>alert(1)</script>Hej", "Hej"),
        ("<img src='https://evil.example/p.gif'>", ""),
        (
            "<a href='javascript:alert(1)'>Link</a>",
            '<a rel="noopener noreferrer nofollow">Link</a>',
        ),
        ("<p style='position:fixed'>Hej</p>", "<p>Hej</p>"),
    ],
)
def test_only_what_the_editor_makes_is_kept(given_html: str, kept: str) -> None:
    assert sanitise(given_html) == kept


def test_links_open_without_telling_where_from() -> None:
    """R16: a link out says nothing of the page it stood on."""
    assert sanitise('<a href="https://skole.example/x">her</a>') == (
        '<a href="https://skole.example/x" rel="noopener noreferrer nofollow">her</a>'
    )


class _Seen(HTMLParser):
    """What a browser would find in the markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and its attributes."""
        self.tags.add(tag)
        self.attributes.update({name: value or "" for name, value in attrs})


@given(PIECES)
def test_whatever_comes_only_harmless_markup_is_left(markup: str) -> None:
    """For any mixture of hostile pieces: known tags, no handlers, no foreign schemes; stable."""
    clean = sanitise(markup)
    seen = _Seen(clean)
    assert seen.tags <= _ALLOWED
    assert set(seen.attributes) <= {"href", "hreflang", "rel", "lang", "dir"}
    assert not seen.attributes.get("href", "").startswith(("javascript", "data"))
    assert sanitise(clean) == clean


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_plain_text_survives_being_made_html_and_back(text: str) -> None:
    """What was typed without the editor is shown as it was typed, and is never markup."""
    assert plain_text(sanitise(from_plain_text(text))).split() == text.split()


def test_paragraphs_and_lines_are_kept() -> None:
    assert from_plain_text("Hej\r\nmed dig\r\n\r\nVh <Mette>") == (
        "<p>Hej<br>med dig</p><p>Vh &lt;Mette&gt;</p>"
    )
    assert plain_text("<p>Hej&nbsp;alle</p><ul><li>et</li><li>to</li></ul>") == "Hej alle\net\nto"
