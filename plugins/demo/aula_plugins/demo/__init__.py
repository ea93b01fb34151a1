"""The demo: a fictional municipality, its log-in broker, and one command that starts it all."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("demo")

plugin = Plugin(
    name="demo",
    title=_("Demo"),
    summary=_("A fictional municipality to try the platform with."),
    package=__name__,
)
