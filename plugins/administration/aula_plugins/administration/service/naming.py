"""What features are called, for reports that know only their names."""

from collections.abc import Mapping

from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


async def titles_of(read: ReadUnit, platform: Platform, actor: Actor) -> Mapping[str, str]:
    """Return the titles of the features at one of the actor's places, by name."""
    for place in await platform.choices.places(read, actor):
        reports = await platform.choices.reports(read, actor, place)
        return {report.name: str(report.title) for report in reports}
    return {}
