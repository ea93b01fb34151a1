"""What files keep about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.files.tables import file
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_ORDINARY = DataClass.ORDINARY
_CONFIDENTIAL = DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        file.name,
        _("Keeps files that people attach to what they write"),
        _TASK,
        _("A day until it is attached, and then as long as what it is attached to"),
        {
            "account_id": FieldPrivacy(_ORDINARY, _("Who uploaded it")),
            "name": FieldPrivacy(_CONFIDENTIAL, _("What the file is called")),
        },
        technical=(
            "media_type",
            "size",
            "sha256",
            "has_preview",
            "action",
            "object_id",
            "part_id",
        ),
    ),
)
