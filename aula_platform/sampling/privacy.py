"""What samples of the log keep about people, why, on what ground and for how long (art. 30)."""

from aula_platform.sampling.tables import drawn, sample
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_SECURITY = _("Legal obligation to keep personal data safe (GDPR art. 6(1)(c) and art. 32)")
_WITH_THE_LOG = _("As long as the entries of the log that were drawn")
_ORDINARY, _CONFIDENTIAL = DataClass.ORDINARY, DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        sample.name,
        _("Shows that the log is looked into regularly, and by whom"),
        _SECURITY,
        _WITH_THE_LOG,
        {"signed_by": FieldPrivacy(_ORDINARY, _("Who has signed the sample off"))},
        technical=(
            "place_id", "institution_id", "first_month", "last_month", "round", "method", "seed",
            "sealed", "strata", "size", "digest",
        ),
    ),
    PersonalData(
        drawn.name,
        _("Shows what was found when an entry of the log was looked into"),
        _SECURITY,
        _WITH_THE_LOG,
        {
            "entry_id": FieldPrivacy(_CONFIDENTIAL, _("Which entry of the log it is about")),
            "drawn_as": FieldPrivacy(_CONFIDENTIAL, _("Why the entry was drawn")),
            "signals": FieldPrivacy(_CONFIDENTIAL, _("What the entry speaks of")),
            "verdict": FieldPrivacy(_CONFIDENTIAL, _("What was found")),
            "note": FieldPrivacy(_CONFIDENTIAL, _("What the reviewer wrote about it")),
            "judged_by": FieldPrivacy(_ORDINARY, _("Who has looked into it")),
        },
        technical=("sample_id", "number"),
    ),
)  # fmt: skip
