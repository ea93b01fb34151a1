"""What people write, made safe and fit to be stored."""

from aula_plugins.messages import _
from aula_plugins.messages.errors import wrong_field
from aula_plugins.messages.models import MAX_EXCERPT, MAX_HTML, MAX_SUBJECT
from aula_sdk.richtext import plain_text, sanitise


def clean_subject(subject: str) -> str:
    """Return the subject on one line; raise `Invalid` when there is none or it is too long."""
    clean = " ".join(subject.split())
    if not clean:
        raise wrong_field("subject", _("Write a subject"), "missing")
    if len(clean) > MAX_SUBJECT:
        raise wrong_field(
            "subject",
            _("The subject is longer than %(limit)s letters") % {"limit": MAX_SUBJECT},
            "too-long",
        )
    return clean


def clean_html(html: str, *, has_attachments: bool = False) -> str:
    """Return what was written without anything that could run; raise `Invalid` when it is empty.

    A message may consist of attachments alone.
    """
    clean = shorten_html(html)
    if not plain_text(clean) and not has_attachments:
        raise wrong_field("html", _("Write something first"), "missing")
    return clean


def shorten_html(html: str) -> str:
    """Return what was written, made safe; raise `Invalid` when it is too long. May be empty."""
    if len(html) > MAX_HTML:
        raise wrong_field("html", _("The text is too long for one message"), "too-long")
    clean = sanitise(html)
    return clean if plain_text(clean) else ""


def excerpt_of(html: str) -> str:
    """Return the first words, for lists."""
    words = " ".join(plain_text(html).split())
    return words if len(words) <= MAX_EXCERPT else words[: MAX_EXCERPT - 1].rstrip() + "…"
