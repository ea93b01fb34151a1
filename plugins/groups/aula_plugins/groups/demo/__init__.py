"""Fictional groups, made by the plugin's own services as if people had made them."""

from aula_plugins.groups.demo.play import play
from aula_sdk.protocols import Platform


async def fill_demo(platform: Platform) -> str:
    """Make groups in every municipality that has none yet; say how many."""
    made = 0
    for municipality in platform.active_municipalities("groups"):
        made += await play(platform, municipality)
    return f"{made} groups"
