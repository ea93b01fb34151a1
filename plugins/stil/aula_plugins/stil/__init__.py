"""Stamdata from UNI-Login style XML: exports as STIL hands them to services."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("stil")

plugin = Plugin(
    name="stil",
    title=_("UNI-Login import"),
    summary=_("Reads people, classes and families from UNI-Login style XML exports."),
    package=__name__,
)
