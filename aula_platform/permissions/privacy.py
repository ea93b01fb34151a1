"""What permissions keep about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.permissions.tables import grant
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_ORDINARY = DataClass.ORDINARY

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        grant.name,
        _("Says what municipalities and institutions allow or close beyond the roles"),
        _TASK,
        _("Until it is chosen otherwise, or the municipality is erased"),
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("Who has been given or denied the right")),
            "action": FieldPrivacy(_ORDINARY, _("Which right")),
            "allowed": FieldPrivacy(_ORDINARY, _("Whether it is given or denied")),
        },
        technical=(
            "institution_id",
            "group_id",
            "role",
            "relation",
            "step_up",
        ),
    ),
)
