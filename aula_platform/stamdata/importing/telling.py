"""The report of an import as lines that people read: a table per institution."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from aula_platform.stamdata.importing.preview import Count
from aula_platform.stamdata.importing.reports import Report
from aula_sdk.i18n import Text, gettext_for, ngettext_for

_ = gettext_for("aula")
_n = ngettext_for("aula")

KINDS: dict[str, Text] = {
    "institution": _("Institution"),
    "person": _("Persons"),
    "pupil": _("Children"),
    "employee": _("Employees"),
    "external": _("Externals"),
    "guardian": _("Guardians"),
    "role": _("Administrators' roles"),
    "group": _("Groups"),
    "membership": _("Memberships"),
    "guardianship": _("Contact persons of children"),
}
CHANGES: dict[str, Text] = {
    "added": _("new"),
    "changed": _("changed"),
    "leaving": _("leaving"),
    "returning": _("back"),
    "same": _("as before"),
}
_STATES: dict[str, Text] = {
    "preview": _("This is a preview: nothing has been changed. --apply carries it out."),
    "applied": _("It has been carried out."),
    "stopped": _("Nothing has been changed. Look at what would leave; --yes-remove confirms it."),
    "refused": _("Nothing has been changed: the delivery cannot be taken as it is."),
}
_LOSSES: dict[str, Text] = {
    "people": _("%(institution)s would lose %(leaving)s of %(of)s people"),
    "memberships": _("%(institution)s would lose %(leaving)s of %(of)s memberships"),
}
_WHOLE = _("The whole municipality")
_NOTHING = _("Nothing differs from what is there.")
_SAMPLE = _("For example")
_LINE = _("line %(line)s")
_WIDTH = 10


def tell(report: Report) -> Iterator[str]:
    """Yield the lines, in the language of whoever is being served."""
    yield f"{report.municipality}: {report.format} ({report.mode}), {report.source}"
    if not report.changes:
        yield str(_NOTHING)
    for institution, counts in groupby(report.counts, lambda count: count.institution):
        yield ""
        yield institution or str(_WHOLE)
        yield from _table(list(counts))
    yield from _samples(report)
    yield from _errors(report)
    for stop in report.stops:
        values = {"institution": stop.institution, "leaving": stop.leaving, "of": stop.of}
        yield f"! {_LOSSES[stop.what] % values}"
    yield ""
    yield str(_STATES.get(report.state, report.state))


def _table(counts: Sequence[Count]) -> Iterator[str]:
    wide = max(len(str(KINDS[count.kind])) for count in counts)
    heads = "".join(f"{CHANGES[change]!s:>{_WIDTH}}" for change in CHANGES)
    yield f"  {'':{wide}}{heads}"
    for count in counts:
        cells = "".join(f"{getattr(count, change) or '·':>{_WIDTH}}" for change in CHANGES)
        yield f"  {KINDS[count.kind]!s:{wide}}{cells}"


def _samples(report: Report) -> Iterator[str]:
    if report.samples:
        yield ""
        yield f"{_SAMPLE}:"
    for (place, kind, change), few in groupby(
        report.samples, lambda sample: (sample.institution, sample.kind, sample.change)
    ):
        names = ", ".join(sample.name for sample in few)
        yield f"  {place}, {KINDS[kind]}, {CHANGES[change]}: {names}"


def _errors(report: Report) -> Iterator[str]:
    if report.error_count:
        yield ""
        yield str(
            _n(
                "%(count)s row cannot be taken:",
                "%(count)s rows cannot be taken:",
                report.error_count,
            )
        )
    for error in report.errors:
        line = f", {_LINE % {'line': error.line}}" if error.line else ""
        column = f", {error.field}" if error.field else ""
        yield f"  {error.file}{line}{column}: {error.reason}"
    if report.error_count > len(report.errors):
        yield "  …"
