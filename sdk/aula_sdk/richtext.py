"""Rich text from people: made safe on the server before it is stored, never trusted when shown.

Only what the editor makes is kept; everything else (scripts, styles, event handlers, ``hx-``
attributes, images from elsewhere) is removed.
"""

import html
import re

import nh3

_TAGS = {"p", "div", "br", "strong", "b", "em", "i", "u", "s", "del", "a", "ul", "ol", "li"} | {
    "blockquote",
    "h1",
    "h2",
    "h3",
    "pre",
    "code",
}
_ATTRIBUTES = {"a": {"href", "hreflang"}, "p": {"lang", "dir"}, "div": {"lang", "dir"}}
_SCHEMES = {"https", "mailto", "tel"}
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-3]|/blockquote)\s*/?>")


def sanitise(markup: str) -> str:
    """Return the HTML with nothing in it that could run, track or imitate the page."""
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def plain_text(markup: str) -> str:
    """Return the words alone, one line a paragraph, for lists, searches and notifications."""
    words = html.unescape(nh3.clean(_BREAKS.sub("\n", markup), tags=set()))
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def from_plain_text(text: str) -> str:
    """Return HTML that shows the text as it was typed, for those who write without the editor."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    return "".join(
        f"<p>{html.escape(part.strip()).replace(chr(10), '<br>')}</p>"
        for part in paragraphs
        if part.strip()
    )
