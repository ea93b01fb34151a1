"""Who decides what is kept for how long: the municipality, which is the controller (GDPR-1)."""

from aula_sdk.i18n import gettext_for
from aula_sdk.permissions import MUNICIPALITY_ADMIN, Action, RoleDefault
from aula_sdk.retention import DECIDE_RETENTION

_ = gettext_for("aula")

RIGHTS: tuple[Action | RoleDefault, ...] = (
    Action(DECIDE_RETENTION, _("Decide how long things are kept, and what is deleted")),
    RoleDefault(MUNICIPALITY_ADMIN, DECIDE_RETENTION),
)
