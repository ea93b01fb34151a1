"""Fictional choices: what an administrator has chosen, by the plugin's own services."""

from aula_plugins.administration.demo.choices import choose_in, find_administrator
from aula_plugins.administration.demo.retention import plan_in
from aula_plugins.administration.demo.roles import give_in
from aula_plugins.administration.demo.samples import sample_in
from aula_sdk.protocols import Platform


async def fill_demo(platform: Platform) -> str:
    """Let a municipality's administrator choose, where that is left open; say how much."""
    chosen = given = planned = drawn = 0
    for municipality in platform.active_municipalities("administration"):
        administrator = await find_administrator(platform, municipality)
        if administrator is not None:
            chosen += await choose_in(platform, administrator)
            given += await give_in(platform, administrator)
            planned += await plan_in(platform, administrator)
            drawn += await sample_in(platform, administrator, municipality)
    return (
        f"{chosen} choices of an administrator, {given} roles given, "
        f"{planned} decisions about deletion, {drawn} samples"
    )
