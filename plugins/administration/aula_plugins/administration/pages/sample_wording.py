"""How samples of the log are said to people."""

from datetime import date

from aula_plugins.administration import _, _n
from aula_plugins.administration.sample_schemas import (
    ConcernedItem,
    EntryItem,
    LineItem,
    ReportView,
    SampleItem,
)
from aula_sdk.audit import AuditKind
from aula_sdk.i18n import Text, month_name
from aula_sdk.log_samples import Signal, Verdict
from aula_sdk.people import Kind

_ROLES: dict[str, Text] = {
    Kind.EMPLOYEE: _("Employee"),
    Kind.EXTERNAL: _("External partner"),
    Kind.GUARDIAN: _("Parent or guardian"),
    Kind.PUPIL: _("Pupil"),
}
_STATES: dict[str, tuple[Text, str]] = {
    "waiting": (_("To be gone through"), "accent"),
    "overdue": (_("Overdue"), "error"),
    "signed": (_("Signed off"), "success"),
}
SIGNALS: dict[Signal, Text] = {
    Signal.CHANCE: _("Drawn by chance"),
    Signal.PROTECTED: _("About a protected person or their family"),
    Signal.OWN_FAMILY: _("At work, about the own family"),
    Signal.NO_COMMON_GROUP: _("No common group with whom it is about"),
    Signal.COLLEAGUE: _("About a colleague"),
    Signal.MANY_LOOKS: _("Very many readings on the same day"),
    Signal.UNUSUAL_HOUR: _("At night"),
    Signal.SENSITIVE: _("Takes a second factor"),
    Signal.SUPPORT: _("By support, seeing the site as somebody else"),
    Signal.EXPORT: _("Data was taken out"),
    Signal.RIGHTS: _("Rights were changed"),
}
VERDICTS: dict[str, tuple[Text, str]] = {
    Verdict.JUSTIFIED: (_("Justified"), "success"),
    Verdict.ASK_FURTHER: (_("To be asked about"), "warning"),
    Verdict.BREACH: (_("Breach suspected"), "error"),
    "open": (_("Not judged yet"), "neutral"),
}
_HINTS: dict[str, Text] = {
    Verdict.JUSTIFIED: _("It belongs to the work that the person does."),
    Verdict.ASK_FURTHER: _("The person or the leader has to explain it."),
    Verdict.BREACH: _("Tell your data protection officer today: the deadline is 72 hours."),
}
_DEEDS: dict[str, Text] = {
    AuditKind.LOOK: _("Read"),
    AuditKind.EXPORT: _("Took out"),
    AuditKind.GRANT: _("Changed rights"),
    AuditKind.WRITE: _("Changed"),
    AuditKind.SIGN_IN: _("Signed in"),
}
_PLATFORM = _("The platform itself")
_ERASED = _("Somebody who has been erased")
_PROTECTED = _("Protected person")
_WHOLE = _("the whole municipality")
_EXTRA = _("drawn beside the plan")


def month_of(text: str) -> str:
    """Return ``2026-10`` as people read it."""
    year, _dash, number = text.partition("-")
    return month_name(date(int(year), int(number), 1))


def period_of(sample: SampleItem) -> str:
    """Return the months that a sample is about."""
    if sample.first_month == sample.last_month:
        return month_of(sample.first_month)
    return f"{month_of(sample.first_month)} – {month_of(sample.last_month)}"


def title_of(sample: SampleItem) -> Text:
    """Return what a sample is called."""
    return _("Sample of the log, %(period)s") % {"period": period_of(sample)}


def place_of(sample: SampleItem) -> str:
    """Return whose log it is about, and whether it was asked for."""
    place = sample.institution or str(_WHOLE)
    return f"{place} · {_EXTRA}" if sample.is_extra else place


def state_of(sample: SampleItem) -> tuple[Text, str]:
    """Return how far it is, and the kind of badge."""
    return _STATES[sample.state]


def progress_of(sample: SampleItem) -> Text:
    """Return how many entries have been judged."""
    told = _n(
        "%(judged)s of %(count)s entry judged", "%(judged)s of %(count)s entries judged",
        sample.size,
    )  # fmt: skip
    return told % {"judged": sample.judged}


def who_did(entry: EntryItem) -> str:
    """Return who did it; of a protected family no name."""
    if entry.is_protected:
        return str(_PROTECTED)
    return entry.name or str(_PLATFORM if entry.role == "system" else _ERASED)


def role_of(role: str) -> str:
    """Return a role in words."""
    return str(_ROLES.get(role, _PLATFORM))


def deed_of(entry: EntryItem | LineItem) -> Text | str:
    """Return what was done, in one word."""
    return _DEEDS.get(entry.kind, entry.kind)


def whom(one: ConcernedItem) -> str:
    """Return whom it is about; of a protected family, neither who nor where."""
    parts = [one.name or str(_PROTECTED), role_of(one.kind).casefold()]
    return ", ".join([*parts, one.institution] if one.institution else parts)


def others(entry: EntryItem) -> Text | str:
    """Return how many more it is about."""
    if not entry.more:
        return ""
    return _n("and %(count)s more person", "and %(count)s more people", entry.more)


def reasons_of(entry: EntryItem) -> list[Text]:
    """Return why it was drawn, and everything else that it speaks of."""
    return [SIGNALS[one] for one in dict.fromkeys((entry.drawn_as, *entry.signals))]


def verdict_options() -> list[dict[str, object]]:
    """Return what can be said of an entry."""
    return [{"value": one.value, "label": VERDICTS[one][0], "hint": _HINTS[one]} for one in Verdict]


def months_sealed(report: ReportView) -> str:
    """Return up to which place of each month's chain there was drawn."""
    return ", ".join(f"{month}: {number}" for month, number in sorted(report.sealed.items()))
