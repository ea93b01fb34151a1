"""How conversations and recipients are called on pages."""

from collections.abc import Sequence

from aula_plugins.messages import _
from aula_plugins.messages.models import RecipientKind
from aula_plugins.messages.queries.inbox import Label, ThreadRow
from aula_plugins.messages.service.reading import Listed
from aula_sdk.i18n import Text, ngettext_for
from aula_sdk.ids import FILE
from aula_sdk.people import Kind
from aula_sdk.protocols import StoredFile

_n = ngettext_for("messages")
_MEGABYTE = 1_000_000

NOBODY = _("Someone who is no longer here")
NO_SUBJECT = _("(subject removed)")
KINDS: dict[Kind, Text] = {
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


def recipient_name(what: str, role: str, name: str | None) -> Text | str:
    """Return how a choice of recipients is called: "guardians of 3.A"."""
    if not name:
        return NOBODY
    if what == RecipientKind.GROUP:
        return _IN_GROUP[role] % {"group": name}
    if what == RecipientKind.GUARDIANS_OF:
        return _("The guardians of %(name)s") % {"name": name}
    return name


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


def recipients(labels: Sequence[Label]) -> str:
    """Return the names of those to whom a conversation was addressed."""
    return ", ".join(str(recipient_name(one.what, one.role, one.name)) for one in labels)


def names(listed: Listed) -> str:
    """Return whose conversation it is in a list: who wrote to me, or to whom I wrote."""
    if listed.is_own and listed.recipients:
        return str(_("To %(names)s") % {"names": recipients(listed.recipients)})
    return listed.row.creator_name or str(NOBODY)


def subject(text: str) -> Text | str:
    """Return the subject, or that it was removed with the person who wrote it."""
    return text or NO_SUBJECT


def snippet(row: ThreadRow) -> Text | str:
    """Return the first words of the newest message, or what happened instead."""
    if row.message_kind == "people_added":
        return _("People were added")
    if row.message_kind == "person_left":
        return _("%(name)s has left") % {"name": row.author_name or str(NOBODY)}
    if row.withdrawn_at is not None:
        return _("Message withdrawn")
    if row.excerpt:
        return row.excerpt
    # Words or a file are in every message: without either they are not this reader's any more.
    return _("Attachment") if row.attachment_count else _("Changed later")


def attachments(files: Sequence[StoredFile]) -> list[dict[str, str]]:
    """Return files as the page's list of attachments takes them."""
    return [
        {
            "name": file.name,
            "href": f"/files/{FILE.format(file.id)}",
            "size": _size(file.size),
            "kind": "image" if file.media_type.startswith("image/") else "file",
        }
        for file in files
    ]


def _size(octets: int) -> str:
    if octets < _MEGABYTE:
        return f"{max(1, round(octets / 1000))} kB"
    return f"{octets / _MEGABYTE:.1f} MB"
