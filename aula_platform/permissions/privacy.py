"""What permissions keep about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.permissions.tables import age, channel, grant, holder, role
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
            "granted_by": FieldPrivacy(_ORDINARY, _("Who decided it")),
            "valid_from": FieldPrivacy(_ORDINARY, _("From when it holds")),
            "valid_to": FieldPrivacy(_ORDINARY, _("Until when it holds")),
        },
        technical=(
            "institution_id",
            "group_id",
            "role",
            "relation",
            "step_up",
        ),
    ),
    PersonalData(
        role.name,
        _("Names the roles that municipalities and institutions have made"),
        _TASK,
        _("Until the role is removed, or the municipality is erased"),
        {"created_by": FieldPrivacy(_ORDINARY, _("Who made the role"))},
        technical=("institution_id", "name"),
    ),
    PersonalData(
        holder.name,
        _("Says who has been given a role, and who acts for whom"),
        _TASK,
        _("Until the municipality is erased; who has had a role must be known afterwards"),
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("Who has been given the role")),
            "role": FieldPrivacy(_ORDINARY, _("Which role")),
            "deputy_for": FieldPrivacy(_ORDINARY, _("For whom the person acts")),
            "granted_by": FieldPrivacy(_ORDINARY, _("Who decided it")),
            "valid_from": FieldPrivacy(_ORDINARY, _("From when it holds")),
            "valid_to": FieldPrivacy(_ORDINARY, _("Until when it holds")),
            "broker": FieldPrivacy(_ORDINARY, _("With which log-in it comes")),
        },
        technical=("institution_id",),
    ),
    PersonalData(
        channel.name,
        _("Says which kinds of people cannot write to each other"),
        _TASK,
        _("Until the channel is opened again, or the municipality is erased"),
        {
            "closed_by": FieldPrivacy(_ORDINARY, _("Who closed the channel")),
            "closed_at": FieldPrivacy(_ORDINARY, _("When it was closed")),
        },
        technical=("institution_id", "sender", "recipient"),
    ),
    PersonalData(
        age.name,
        _("Says from which age pupils consent themselves, and get to what is sensitive"),
        _TASK,
        _("Until it is chosen otherwise, or the municipality is erased"),
        {
            "decided_by": FieldPrivacy(_ORDINARY, _("Who decided it")),
            "decided_at": FieldPrivacy(_ORDINARY, _("When it was decided")),
        },
        technical=("institution_id", "consent_age", "secure_area_age"),
    ),
)
