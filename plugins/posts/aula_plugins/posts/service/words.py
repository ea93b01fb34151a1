"""What people write, made safe and fit to be stored."""

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field
from aula_plugins.posts.models import MAX_COMMENT, MAX_EXCERPT, MAX_HTML, MAX_TITLE, MAX_WORDS
from aula_sdk.richtext import plain_text, sanitise


def clean_title(title: str) -> str:
    """Return the title on one line; raise `Invalid` when there is none or it is too long."""
    clean = " ".join(title.split())
    if not clean:
        raise wrong_field("title", _("Write a title"), "missing")
    if len(clean) > MAX_TITLE:
        raise wrong_field(
            "title",
            _("The title is longer than %(limit)s letters") % {"limit": MAX_TITLE},
            "too-long",
        )
    return clean


def clean_html(html: str, *, has_attachments: bool = False) -> str:
    """Return what was written without anything that could run; raise `Invalid` when it is empty.

    A post may consist of a title and attachments alone.
    """
    clean = shorten_html(html)
    if not clean and not has_attachments:
        raise wrong_field("html", _("Write something first"), "missing")
    return clean


def shorten_html(html: str) -> str:
    """Return what was written, made safe; raise `Invalid` when it is too long. May be empty."""
    if len(html) > MAX_HTML:
        raise wrong_field("html", _("The text is too long for one post"), "too-long")
    clean = sanitise(html)
    return clean if plain_text(clean) else ""


def clean_comment(text: str) -> str:
    """Return a comment without blanks around it; raise `Invalid` when empty or too long."""
    clean = text.replace("\r\n", "\n").strip()
    if not clean:
        raise wrong_field("text", _("Write something first"), "missing")
    if len(clean) > MAX_COMMENT:
        raise wrong_field(
            "text",
            _("A comment has at most %(limit)s letters") % {"limit": MAX_COMMENT},
            "too-long",
        )
    return clean


def clean_words(words: str) -> str:
    """Return what a report says beside its reason; raise `Invalid` when too long. May be empty."""
    clean = words.strip()
    if len(clean) > MAX_WORDS:
        raise wrong_field(
            "words",
            _("Write at most %(limit)s letters") % {"limit": MAX_WORDS},
            "too-long",
        )
    return clean


def excerpt_of(html: str) -> str:
    """Return the first words, for lists."""
    words = " ".join(plain_text(html).split())
    return words if len(words) <= MAX_EXCERPT else words[: MAX_EXCERPT - 1].rstrip() + "…"
