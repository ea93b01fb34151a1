"""Contacts: who is in a group, and how to reach them as far as they let the reader know."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("contacts")

plugin = Plugin(
    name="contacts",
    title=_("Contacts"),
    summary=_("Who is in a group, and how to reach them, as far as each shares it."),
    package=__name__,
)
