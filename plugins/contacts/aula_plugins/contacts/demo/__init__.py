"""Fictional choices: who shares what, and contact parents, by the plugin's own services."""

from aula_plugins.contacts.demo.choices import choose_in, groups_to_fill
from aula_sdk.protocols import Platform


async def fill_demo(platform: Platform) -> str:
    """Let the guardians of some groups choose, where nobody has yet; say how many have."""
    chosen = 0
    for municipality in platform.active_municipalities("contacts"):
        for group in await groups_to_fill(platform, municipality):
            chosen += await choose_in(platform, group)
    return f"{chosen} choices of who sees contact data"
