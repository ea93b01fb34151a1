"""Fictional conversations, written by the plugin's own services as if people had sent them."""

from aula_plugins.messages.demo.play import Play
from aula_plugins.messages.demo.stage import set_stage
from aula_sdk.protocols import Platform


async def fill_demo(platform: Platform) -> str:
    """Write conversations into every municipality that has none yet; say how many."""
    written = 0
    for municipality in platform.active_municipalities("messages"):
        async with platform.read() as read:
            stage = await set_stage(read, municipality)
        if stage is not None:
            written += await Play(platform, stage).perform()
    return f"{written} conversations"
