"""Administration: where a municipality and its institutions are looked after."""

from aula_sdk.i18n import gettext_for, ngettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("administration")
_n = ngettext_for("administration")

plugin = Plugin(
    name="administration",
    title=_("Administration"),
    summary=_("Which features are on where, what imports found, and whether all is well."),
    package=__name__,
)
