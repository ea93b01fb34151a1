"""The box on the overview: what needs an administrator."""

from typing import Any

from aula_plugins.administration.service.attention import what_waits
from aula_sdk.contributions import View
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


async def needs_somebody(
    actor: Actor, read: ReadUnit, platform: Platform, _view: View
) -> dict[str, Any]:
    """Return what waits: imports that went wrong and parked deliveries."""
    return {"concerns": (await what_waits(read, platform, actor)).items}
