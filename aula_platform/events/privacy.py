"""What events keep about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.events.tables import delivery, job, lane, outbox, subscriber, topic
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_NOBODY = _("None is needed: nothing about people is kept here")
_ALWAYS = _("As long as the installation runs")
_A_WEEK = _("Seven days after everybody has been told")
_ORDINARY = DataClass.ORDINARY
_CONFIDENTIAL = DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        outbox.name,
        _("Tells the parts of the site what has happened, by ids"),
        _TASK,
        _A_WEEK,
        {
            "payload": FieldPrivacy(
                _CONFIDENTIAL, _("Ids of what has happened and whom it is about")
            ),
        },
        technical=(
            "sequence",
            "name",
            "stream",
        ),
    ),
    PersonalData(
        subscriber.name,
        _("Knows which part is told of what"),
        _NOBODY,
        _ALWAYS,
        technical=(
            "name",
            "event",
        ),
    ),
    PersonalData(
        delivery.name,
        _("Sees that everybody who is to be told is told once"),
        _NOBODY,
        _A_WEEK,
        technical=(
            "sequence",
            "subscriber",
            "stream",
            "skipped",
        ),
    ),
    PersonalData(
        lane.name,
        _("Keeps what happened in order while it is told"),
        _NOBODY,
        _ALWAYS,
        technical=(
            "subscriber",
            "stream",
            "leased_by",
            "failures",
            "error",
        ),
    ),
    PersonalData(
        topic.name,
        _("Tells open pages that there is something new"),
        _TASK,
        _("Ten minutes"),
        {
            "profiles": FieldPrivacy(_ORDINARY, _("Whose pages are told")),
        },
        technical=(
            "sequence",
            "name",
        ),
    ),
    PersonalData(
        job.name,
        _("Knows when background work runs next"),
        _NOBODY,
        _ALWAYS,
        technical=(
            "name",
            "leased_by",
            "failures",
            "error",
        ),
    ),
)
