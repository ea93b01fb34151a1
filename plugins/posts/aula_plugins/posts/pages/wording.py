"""How audiences, reasons and posts are called on pages."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from aula_plugins.posts import _
from aula_plugins.posts.models import Reason
from aula_plugins.posts.queries.feed import Label
from aula_plugins.posts.queries.posts import PostRow
from aula_sdk.i18n import Text, ngettext_for
from aula_sdk.ids import FILE
from aula_sdk.people import Kind
from aula_sdk.protocols import StoredFile
from aula_sdk.richtext import from_plain_text

_n = ngettext_for("posts")
_MEGABYTE = 1_000_000

NOBODY = _("Someone who is no longer here")
NO_TITLE = _("Post withdrawn")
KINDS: dict[str, Text] = {
    Kind.EMPLOYEE: _("Employee"),
    Kind.GUARDIAN: _("Guardian"),
    Kind.PUPIL: _("Pupil"),
    Kind.EXTERNAL: _("External"),
}
_IN_GROUP: dict[str, Text] = {
    Kind.EMPLOYEE: _("Employees of %(group)s"),
    Kind.GUARDIAN: _("Guardians of %(group)s"),
    Kind.PUPIL: _("Pupils of %(group)s"),
    Kind.EXTERNAL: _("Externals of %(group)s"),
}
REASONS: dict[str, Text] = {
    Reason.UNKIND: _("It is unkind to somebody"),
    Reason.PRIVATE: _("It tells something private about somebody"),
    Reason.WRONG_PLACE: _("It does not belong here"),
    Reason.OTHER: _("Something else"),
}


def audience_name(role: str, name: str | None) -> Text:
    """Return how the people of one kind in a group are called: "guardians of 3.A"."""
    return _IN_GROUP[role] % {"group": name or "?"}


def audience(labels: Sequence[Label]) -> str:
    """Return for whom a post is, in words, without the groups that it was taken off."""
    shown = [label for label in labels if not label.is_removed]
    return ", ".join(str(audience_name(label.role, label.name)) for label in shown)


def people(count: int) -> Text:
    """Return "44 people"."""
    return _n("%(count)s person", "%(count)s people", count)


def kind_count(kind: Kind, count: int) -> Text:
    """Return "4 guardians"."""
    if kind is Kind.EMPLOYEE:
        return _n("%(count)s employee", "%(count)s employees", count)
    if kind is Kind.GUARDIAN:
        return _n("%(count)s guardian", "%(count)s guardians", count)
    if kind is Kind.PUPIL:
        return _n("%(count)s pupil", "%(count)s pupils", count)
    return _n("%(count)s external", "%(count)s externals", count)


def comments(count: int) -> Text:
    """Return "3 comments"."""
    return _n("%(count)s comment", "%(count)s comments", count)


def title(row: PostRow) -> Text | str:
    """Return the title, or that there is none any more."""
    return row.title or NO_TITLE


def paragraphs(text: str) -> Markup:
    """Return plain text as paragraphs; every sign of it is escaped."""
    return Markup(from_plain_text(text))  # noqa: S704  # It escapes what it is given.


def pictures(row: PostRow) -> list[dict[str, str]]:
    """Return the addresses of the pictures that a list shows."""
    return [{"href": f"/files/{key}", "small": f"/files/{key}/thumbnail"} for key in row.pictures]


def shown_pictures(files: Sequence[StoredFile]) -> list[dict[str, str]]:
    """Return the pictures of a post, larger, with their names."""
    return [
        {"name": file.name, "href": address, "large": f"{address}/preview"}
        for file in files
        if file.has_preview
        for address in [f"/files/{FILE.format(file.id)}"]
    ]


def attachments(files: Sequence[StoredFile]) -> list[dict[str, Any]]:
    """Return files without a preview, as the page's list of attachments takes them."""
    return [
        {
            "name": file.name,
            "href": f"/files/{FILE.format(file.id)}",
            "size": _size(file.size),
            "kind": "file",
        }
        for file in files
        if not file.has_preview
    ]


def _size(octets: int) -> str:
    if octets < _MEGABYTE:
        return f"{max(1, round(octets / 1000))} kB"
    return f"{octets / _MEGABYTE:.1f} MB"
