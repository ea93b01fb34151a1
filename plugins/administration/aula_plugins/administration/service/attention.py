"""What needs an administrator now: imports that went wrong, parked deliveries, faults, and samples
of the log that nobody has signed off in time.
"""

from collections.abc import Iterator, Sequence

from aula_plugins.administration import _, _n, schemas
from aula_plugins.administration.service.health import needs_operator
from aula_sdk.health import READ_HEALTH, HealthReport, ParkedStream
from aula_sdk.i18n import Text
from aula_sdk.imports import IMPORT, READ_IMPORTS, ImportHead
from aula_sdk.log_samples import REVIEW_LOG, SAMPLE, SampleHead
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

_HEALTH_PAGE = "/administration/health"
_OVERDUE = _("A sample of the log should have been signed off by now")
_OVERDUE_AT = _("A sample of the log at %(institution)s should have been signed off by now")
_STATES: dict[str, Text] = {
    "stopped": _("The import from %(source)s waits: too many people would leave"),
    "refused": _("The import from %(source)s was refused as a whole"),
    "failed": _("The import from %(source)s broke off"),
}


async def what_needs_somebody(
    read: ReadUnit, platform: Platform, actor: Actor
) -> schemas.Attention:
    """Return everything that needs somebody now, as far as the actor may know."""
    found: list[schemas.Concern] = []
    if actor.can(READ_IMPORTS):
        found += _imports(await platform.imports.troubled(read, actor))
    if actor.can(READ_HEALTH):
        report = await platform.health.report(actor)
        found += [*_parked(report.parked), *_machine(report)]
    if actor.can(REVIEW_LOG):
        found += _samples(await platform.log_samples.overdue(read, actor))
    return schemas.Attention(found)


async def what_waits(read: ReadUnit, platform: Platform, actor: Actor) -> schemas.Attention:
    """Return the same without looking at the machine: by three statements, for the overview."""
    found: list[schemas.Concern] = []
    if actor.can(READ_IMPORTS):
        found += _imports(await platform.imports.troubled(read, actor))
    if actor.can(READ_HEALTH):
        found += _parked(await platform.health.parked(read, actor))
    if actor.can(REVIEW_LOG):
        found += _samples(await platform.log_samples.overdue(read, actor))
    return schemas.Attention(found)


def _imports(troubled: Sequence[ImportHead]) -> Iterator[schemas.Concern]:
    for one in troubled:
        if one.state in _STATES:
            text = _STATES[one.state] % {"source": one.source}
        else:
            text = _n(
                "The import from %(source)s left %(count)s row out",
                "The import from %(source)s left %(count)s rows out",
                one.errors,
            ) % {"source": one.source}
        href = f"/administration/imports/{IMPORT.format(one.id)}"
        yield schemas.Concern("import", str(text), href, one.started_at)


def _parked(parked: Sequence[ParkedStream]) -> Iterator[schemas.Concern]:
    if parked:
        text = _n(
            "%(count)s thing could not be passed on to a feature and waits",
            "%(count)s things could not be passed on to a feature and wait",
            len(parked),
        )
        yield schemas.Concern("parked", str(text), _HEALTH_PAGE, parked[0].parked_at)


def _samples(overdue: Sequence[SampleHead]) -> Iterator[schemas.Concern]:
    for one in overdue:
        where = {"institution": one.institution}
        text = _OVERDUE_AT % where if one.institution else _OVERDUE
        href = f"/administration/samples/{SAMPLE.format(one.id)}"
        yield schemas.Concern("sample", str(text), href, one.due_at)


def _machine(report: HealthReport) -> Iterator[schemas.Concern]:
    if needs_operator(report):
        text = str(_("Something in the installation does not work as it should"))
        yield schemas.Concern("health", text, _HEALTH_PAGE, report.at)
