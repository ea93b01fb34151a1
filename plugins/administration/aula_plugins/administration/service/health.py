"""How the installation is, and letting parked deliveries go on."""

from uuid import UUID

from aula_plugins.administration import schemas
from aula_plugins.administration.service import telling
from aula_plugins.administration.service.naming import titles_of
from aula_sdk.health import RELEASE, STREAM, HealthReport
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def look(read: ReadUnit, platform: Platform, actor: Actor) -> schemas.HealthView:
    """Return how the installation is; raise `Forbidden` to who may not know."""
    report = await platform.health.report(actor)
    # Where the database is gone, nobody can be asked what features are called.
    titles = await titles_of(read, platform, actor) if report.has_database else {}
    parked = [
        schemas.ParkedItem(
            one.subscriber,
            STREAM.format(one.stream),
            telling.feature(one.subscriber.partition(".")[0], titles),
            one.event_name,
            one.waiting,
            one.parked_at,
            one.error,
        )
        for one in report.parked
    ]
    troubles = list(telling.tell(report, titles))
    is_well = not parked and all(trouble.is_past for trouble in troubles)
    return schemas.HealthView(report.at, is_well, troubles, parked, actor.can(RELEASE))


async def replay(
    write: WriteUnit, platform: Platform, actor: Actor, subscriber: str, stream: UUID
) -> None:
    """Let parked deliveries go on, beginning with the one on which they stopped."""
    await platform.health.replay(write, actor, subscriber, stream)


async def skip(
    write: WriteUnit, platform: Platform, actor: Actor, subscriber: str, stream: UUID
) -> None:
    """Give up the delivery on which they stopped, and let the others go on."""
    await platform.health.skip(write, actor, subscriber, stream)


def needs_operator(report: HealthReport) -> bool:
    """Whether something other than parked deliveries needs somebody now."""
    return bool(
        not (report.has_database and report.has_files)
        or report.refused
        or report.quarantines
        or report.failing_jobs
        or report.behind
    )
