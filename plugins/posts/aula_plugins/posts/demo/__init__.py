"""Fictional posts, written by the plugin's own services as if people had posted them."""

from aula_plugins.posts.demo.play import Play
from aula_plugins.posts.demo.stage import set_stage
from aula_sdk.protocols import Platform


async def fill_demo(platform: Platform) -> str:
    """Write posts into every municipality that has none yet; say how many."""
    written = 0
    for municipality in platform.active_municipalities("posts"):
        async with platform.read() as read:
            stage = await set_stage(read, municipality)
        if stage is not None:
            written += await Play(platform, stage).perform()
    return f"{written} posts"
