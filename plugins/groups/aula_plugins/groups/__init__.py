"""Groups: classes as they come from elsewhere, and groups that people make themselves."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("groups")

plugin = Plugin(
    name="groups",
    title=_("Groups"),
    summary=_("See classes and groups; make groups of one's own, with members and editors."),
    package=__name__,
)
