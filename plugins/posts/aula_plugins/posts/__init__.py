"""Posts: what school, day-care and families tell the people of their groups."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("posts")

plugin = Plugin(
    name="posts",
    title=_("Posts"),
    summary=_("Tell the people of groups something; they can comment, bookmark and report."),
    package=__name__,
)
