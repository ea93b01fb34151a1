"""The box on the overview: applications that wait for an answer."""

from typing import Any

from aula_plugins.groups.service.joining import list_waiting
from aula_sdk.contributions import View
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

SHOWN = 5


async def waiting_applications(
    actor: Actor, read: ReadUnit, platform: Platform, _view: View
) -> dict[str, Any]:
    """Return the applications that have waited longest."""
    found = await list_waiting(read, platform, actor)
    return {"applications": found[:SHOWN]}
