"""What plugin_host keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.plugin_host.tables import changed, fault, restart, set_up, switched
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_NOBODY = _("None is needed: nothing about people is kept here")
_ALWAYS = _("As long as the installation runs")
_UNTIL_CHOSEN = _("Until it is chosen otherwise, or the municipality is erased")
_ORDINARY = DataClass.ORDINARY

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        switched.name,
        _("Knows which feature is on where, and who chose it"),
        _TASK,
        _UNTIL_CHOSEN,
        {
            "chosen_by": FieldPrivacy(_ORDINARY, _("Which administrator chose it")),
            "chosen_at": FieldPrivacy(_ORDINARY, _("When it was chosen")),
        },
        technical=(
            "institution_id",
            "plugin",
            "state",
            "left_to",
        ),
    ),
    PersonalData(
        set_up.name,
        _("Knows what a feature is set to where, and who chose it"),
        _TASK,
        _UNTIL_CHOSEN,
        {
            "chosen_by": FieldPrivacy(_ORDINARY, _("Which administrator chose it")),
            "chosen_at": FieldPrivacy(_ORDINARY, _("When it was chosen")),
        },
        technical=(
            "institution_id",
            "plugin",
            "setting",
            "value",
        ),
    ),
    PersonalData(
        changed.name,
        _("Tells workers when what they remember is old"),
        _NOBODY,
        _ALWAYS,
        technical=("epoch",),
    ),
    PersonalData(
        fault.name,
        _("Shows operators which feature fails where"),
        _NOBODY,
        _ALWAYS,
        technical=(
            "plugin",
            "place",
            "failures",
            "error",
            "reason",
            "times",
        ),
    ),
    PersonalData(
        restart.name,
        _("Shows operators which worker was ended and why"),
        _NOBODY,
        _("Thirty days"),
        technical=(
            "cause",
            "plugin",
            "place",
        ),
    ),
)
