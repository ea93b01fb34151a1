"""The box on the overview: what is important now, and what is new."""

from typing import Any

from aula_plugins.posts.pages import wording
from aula_plugins.posts.service.reading import Filter, list_pinned, list_posts
from aula_sdk.contributions import View
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

SHOWN = 5


async def newest_posts(
    actor: Actor, read: ReadUnit, platform: Platform, view: View
) -> dict[str, Any]:
    """Return the important posts whose time it is, then the newest ones."""
    wanted = Filter(child=view.child)
    pinned = await list_pinned(read, platform, actor, wanted)
    newest = await list_posts(read, platform, actor, wanted)
    return {"posts": (*pinned, *newest.items)[:SHOWN], "say": wording}
