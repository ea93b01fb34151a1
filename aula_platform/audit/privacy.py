"""What audit keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.audit.tables import checkpoint, entry, link, subject
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_SECURITY = _("Legal obligation to keep personal data safe (GDPR art. 6(1)(c) and art. 32)")
_BY_SCHEDULE = _("Under the municipality's retention schedule")
_ORDINARY = DataClass.ORDINARY
_CONFIDENTIAL = DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        entry.name,
        _("Shows who has done what, so that misuse can be found"),
        _SECURITY,
        _BY_SCHEDULE,
        {
            "at": FieldPrivacy(_ORDINARY, _("When it was done")),
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account did it")),
            "person_id": FieldPrivacy(_ORDINARY, _("Which person did it")),
            "profiles": FieldPrivacy(_ORDINARY, _("As which profiles")),
            "role": FieldPrivacy(_ORDINARY, _("In which role")),
            "assurance": FieldPrivacy(
                _ORDINARY, _("How strongly the person has proved who they are")
            ),
            "kind": FieldPrivacy(
                _ORDINARY, _("Whether it was written, read, handed over or a log-in")
            ),
            "allowed_by": FieldPrivacy(_ORDINARY, _("By which right it was allowed")),
            "action": FieldPrivacy(_CONFIDENTIAL, _("What was done")),
            "object_id": FieldPrivacy(_CONFIDENTIAL, _("To which thing")),
            "details": FieldPrivacy(
                _CONFIDENTIAL, _("Further ids and numbers; never names or words")
            ),
        },
        technical=("request_id",),
    ),
    PersonalData(
        subject.name,
        _("Shows people what was done that is about them"),
        _SECURITY,
        _BY_SCHEDULE,
        {
            "profile_id": FieldPrivacy(_CONFIDENTIAL, _("Whom it was about")),
        },
        technical=("entry_id",),
    ),
    PersonalData(
        checkpoint.name,
        _("Shows that data has been erased, or that a month has expired, by numbers"),
        _SECURITY,
        _("As long as the installation runs"),
        technical=("at", "kind", "counts", "month", "until", "head"),
    ),
    PersonalData(
        link.name,
        _("Shows that no entry has been changed, removed or put in"),
        _SECURITY,
        _BY_SCHEDULE,
        technical=("month", "number", "entry_id", "hash"),
    ),
)
