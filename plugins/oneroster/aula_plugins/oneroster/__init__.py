"""OneRoster: stamdata from 1EdTech OneRoster CSV 1.1 and 1.2."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("oneroster")

plugin = Plugin(
    name="oneroster",
    title=_("OneRoster import"),
    summary=_("Reads people, classes and families from files in the OneRoster format."),
    package=__name__,
)
