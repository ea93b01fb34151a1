"""What is refused here though a right would allow it."""

from aula_plugins.administration import _
from aula_sdk.errors import Conflict


class WouldShutOut(Conflict):
    """Whoever switched this off could not switch it on again: the page would be gone."""

    code = "administration.would-shut-out"
    title = _("The administration cannot be switched off from here")
