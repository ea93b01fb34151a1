"""What storage keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.storage.tables import idempotency
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_ORDINARY = DataClass.ORDINARY

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        idempotency.name,
        _("Keeps a double click or a second try from doing the same thing twice"),
        _TASK,
        _("Seven days"),
        {
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account sent it")),
            "object_id": FieldPrivacy(_ORDINARY, _("What it made")),
        },
        technical=("key",),
    ),
)
