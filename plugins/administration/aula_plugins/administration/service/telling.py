"""What a report of health says to somebody who does not run the machine.

Each trouble says what it means to people, what to do, and in ``details`` what to pass on to
whoever runs the installation. Problems and places there are the platform's own words.
"""

from collections.abc import Iterator, Mapping

from aula_plugins.administration import _, _n
from aula_plugins.administration.schemas import Trouble
from aula_sdk.health import HealthReport
from aula_sdk.i18n import Text

_TELL = _("Tell whoever runs the installation.")
_PLACES: Mapping[str, Text] = {
    "widget": _("A box on the overview"),
    "template": _("A box on the overview"),
    "badge": _("A number in the menu"),
    "route": _("A page"),
    "job": _("Work in the background"),
    "subscriber": _("What follows from an event"),
    "migration": _("Its tables"),
}
_PART = _("A part of it")
_CAUSES: Mapping[str, Text] = {
    "stalled": _("It stood still."),
    "memory": _("It had taken too much memory."),
    "slow start": _("It did not start in time."),
    "died": _("It ended by itself."),
}


def feature(name: str, titles: Mapping[str, str]) -> str:
    """Return what a feature is called; its name where nobody knows."""
    return titles.get(name, name)


def tell(report: HealthReport, titles: Mapping[str, str]) -> Iterator[Trouble]:
    """Yield what is wrong now, then what has been; parked deliveries are told by themselves."""
    yield from _basics(report)
    yield from _refused(report, titles)
    yield from _paused(report, titles)
    yield from _jobs(report)
    yield from _past(report, titles)


def _basics(report: HealthReport) -> Iterator[Trouble]:
    if not report.has_database:
        yield Trouble(
            "database",
            str(_("The database does not answer")),
            str(_("Nobody can use the site while it is away. Nothing that was kept is lost.")),
            str(_TELL),
        )
    if not report.has_files:
        yield Trouble(
            "files",
            str(_("Uploaded files cannot be reached")),
            str(_("Pictures and attachments cannot be shown or added. The rest works.")),
            str(_TELL),
        )
    for owner in report.behind:
        yield Trouble(
            "behind",
            str(_("A new version is only half installed")),
            str(
                _("The tables of %(feature)s have not been brought up to date.")
                % {"feature": owner}
            ),
            str(_("Whoever runs the installation runs the command aula migrate.")),
        )


def _refused(report: HealthReport, titles: Mapping[str, str]) -> Iterator[Trouble]:
    for one in report.refused:
        name = feature(one.plugin, titles)
        whole = _("%(feature)s is left out")
        part = _("A part of %(feature)s is left out")
        yield Trouble(
            "refused",
            str((part if one.hook else whole) % {"feature": name}),
            str(_("It does not fit this installation. The rest of the site works without it.")),
            str(_TELL),
            details=f"{one.distribution} {one.hook} {one.problem}: {one.remedy}".replace("  ", " "),
        )


def _paused(report: HealthReport, titles: Mapping[str, str]) -> Iterator[Trouble]:
    for one in report.quarantines:
        yield Trouble(
            "paused",
            str(_("A part of %(feature)s is paused") % {"feature": feature(one.plugin, titles)}),
            str(
                _("%(part)s has failed again and again, and is left alone for a while.")
                % {"part": _part(one.place)}
            ),
            str(
                _("It is tried again by itself. If it goes on, tell whoever runs the installation.")
            ),
            at=one.until,
            details=f"{one.plugin} {one.place}: {one.reason}",
        )


def _jobs(report: HealthReport) -> Iterator[Trouble]:
    for one in report.failing_jobs:
        yield Trouble(
            "job",
            str(_("Work in the background has failed")),
            str(_n("The last run failed.", "The last %(count)s runs failed.", one.failures)),
            str(
                _("It is tried again by itself. If it goes on, tell whoever runs the installation.")
            ),
            at=one.next_run,
            details=f"{one.name}: {one.error}",
        )


def _past(report: HealthReport, titles: Mapping[str, str]) -> Iterator[Trouble]:
    paused = {(one.plugin, one.place) for one in report.quarantines}
    for one in report.faults:
        if (one.plugin, one.place) not in paused:
            yield Trouble(
                "fault",
                feature(one.plugin, titles),
                str(
                    _n(
                        "%(part)s has failed once.",
                        "%(part)s has failed %(count)s times.",
                        one.failures,
                    )
                    % {"part": _part(one.place)}
                ),
                "",
                at=one.failed_at,
                is_past=True,
                details=f"{one.plugin} {one.place}: {one.error}",
            )
    for restart in report.restarts:
        what = str(_CAUSES.get(restart.cause, _CAUSES["died"]))
        if restart.plugin:
            running = _("%(feature)s was running then.")
            what = f"{what} {running % {'feature': feature(restart.plugin, titles)}}"
        yield Trouble(
            "restart",
            str(_("A part of the machine was started anew")),
            what,
            "",
            at=restart.at,
            is_past=True,
            details=f"{restart.cause} {restart.plugin} {restart.place}".strip(),
        )


def _part(place: str) -> str:
    return str(_PLACES.get(place.partition(" ")[0], _PART))
