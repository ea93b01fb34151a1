"""A plugin that does next to nothing, so that what the kernel does for each request can be seen."""

from aula_sdk.i18n import gettext_for
from aula_sdk.plugin import Plugin

_ = gettext_for("probe")

plugin = Plugin(
    name="probe",
    title=_("Probe"),
    summary=_("Answers with a small document, with and without rights."),
    package=__name__,
)
