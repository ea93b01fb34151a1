"""Messages: conversations between employees, guardians, pupils and externals."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("messages")

plugin = Plugin(
    name="messages",
    title=_("Messages"),
    summary=_("Write to people and groups; a reply goes to the sender alone."),
    package=__name__,
)
