"""The box on the overview: what is new, and about which child."""

from typing import Any

from aula_plugins.messages.pages import wording
from aula_plugins.messages.queries.inbox import Box
from aula_plugins.messages.service.reading import Filter, list_threads
from aula_sdk.contributions import View
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

SHOWN = 5


async def newest_threads(
    actor: Actor, read: ReadUnit, platform: Platform, view: View
) -> dict[str, Any]:
    """Return the newest unread conversations; when all is read, the newest ones."""
    unread = await list_threads(read, platform, actor, Filter(Box.UNREAD, view.child))
    if unread.items:
        return {"threads": unread.items[:SHOWN], "is_unread": True, "say": wording}
    latest = await list_threads(read, platform, actor, Filter(child=view.child))
    return {"threads": latest.items[:SHOWN], "is_unread": False, "say": wording}
