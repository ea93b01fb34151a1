"""What the room keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.privacy.tables import request
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_ORDINARY, _CONFIDENTIAL = DataClass.ORDINARY, DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        request.name,
        _("Lets people have their data, or have it put right or erased, and shows how far it is"),
        _("Legal obligation towards the person (GDPR art. 6(1)(c), art. 12 and 15 to 20)"),
        _("Under the municipality's retention schedule; the export itself for 14 days"),
        {
            "person_id": FieldPrivacy(_ORDINARY, _("Whom it is about")),
            "asker_id": FieldPrivacy(_ORDINARY, _("Who has asked")),
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "locale": FieldPrivacy(_ORDINARY, _("Chosen language")),
            "what": FieldPrivacy(_CONFIDENTIAL, _("What was asked for")),
            "words": FieldPrivacy(_CONFIDENTIAL, _("What the person wrote about it")),
            "state": FieldPrivacy(_CONFIDENTIAL, _("How far it is")),
            "decider_id": FieldPrivacy(_ORDINARY, _("Who has decided")),
            "answer": FieldPrivacy(_CONFIDENTIAL, _("What was answered")),
        },
        technical=("institution_id", "file_id"),
    ),
)
