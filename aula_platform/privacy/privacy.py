"""What the room keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.privacy.retention.tables import count, freeze, item, policy, run, tombstone
from aula_platform.privacy.tables import request
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_ORDINARY, _CONFIDENTIAL = DataClass.ORDINARY, DataClass.CONFIDENTIAL
_LIMITED = _("Keeps nothing longer than is needed (GDPR art. 5(1)(e)), and shows how it went")
_DUTY = _("Legal obligation (GDPR art. 6(1)(c), art. 5 and 17; archiving law)")
_STANDS = _("As long as the municipality uses the platform")
_PROOF = _("Five years, as proof of what was deleted")

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
    PersonalData(
        policy.name,
        _LIMITED,
        _DUTY,
        _STANDS,
        {"decided_by": FieldPrivacy(_ORDINARY, _("Who has decided"))},
        technical=("subject", "months"),
    ),
    PersonalData(
        freeze.name,
        _("Keeps from being deleted what a case, an authority or an archive needs"),
        _DUTY,
        _STANDS,
        {
            "target_id": FieldPrivacy(_CONFIDENTIAL, _("Whom or what it is about")),
            "reason": FieldPrivacy(_CONFIDENTIAL, _("Why it must not be deleted")),
            "frozen_by": FieldPrivacy(_ORDINARY, _("Who has decided")),
            "lifted_by": FieldPrivacy(_ORDINARY, _("Who has ended it")),
        },
        technical=("kind",),
    ),
    PersonalData(
        run.name,
        _LIMITED,
        _DUTY,
        _STANDS,
        {
            "planned_by": FieldPrivacy(_ORDINARY, _("Who has planned it")),
            "announced_by": FieldPrivacy(_ORDINARY, _("Who has decided")),
        },
        technical=("state",),
    ),
    PersonalData(
        count.name,
        _LIMITED,
        _DUTY,
        _STANDS,
        technical=(
            "run_id",
            "subject",
            "institution_id",
            "found",
            "frozen",
            "deleted",
            "preserved",
            "spared",
            "failed",
        ),
    ),
    PersonalData(
        item.name,
        _("Lets a run delete what was previewed and announced, and nothing else"),
        _DUTY,
        _("Until the run is over"),
        {"object_id": FieldPrivacy(_ORDINARY, _("Which thing; of contact data whose"))},
        technical=("run_id", "subject", "institution_id"),
    ),
    PersonalData(
        tombstone.name,
        _LIMITED,
        _DUTY,
        _PROOF,
        {"object_id": FieldPrivacy(_ORDINARY, _("Which thing; of contact data whose"))},
        technical=("run_id", "subject"),
    ),
)
