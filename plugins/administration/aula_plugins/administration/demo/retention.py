"""A longer time for posts, an institution that is exempt, and a deletion that is being planned."""

from aula_plugins.administration.schemas import retention as schemas
from aula_plugins.administration.service import places, retention
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform
from aula_sdk.retention import DECIDE_RETENTION

_SUBJECT, _MONTHS = "posts.posts", 24
_REASON = "Rigsarkivet har bedt om at se, hvordan institutionen skriver med forældre."


async def plan_in(platform: Platform, administrator: Actor) -> int:
    """Decide, exempt and plan; return how much of it, which is nothing where it was done before."""
    if not administrator.can(DECIDE_RETENTION):
        return 0
    (municipality, *_others) = retention.list_places(platform, administrator)
    key = places.item_of(municipality).id
    async with platform.read() as read:
        if (await retention.list_runs(read, platform, administrator, key)).items:
            return 0
        policies = await retention.list_policies(read, platform, administrator, key)
        institutions = [
            one
            for one in await places.list_places(read, platform, administrator)
            if not one.is_municipality
        ]
    decided = 0
    async with platform.write(administrator) as write:
        if any(one.subject == _SUBJECT for one in policies.items):
            await retention.decide(write, platform, administrator, key, _SUBJECT, _MONTHS)
            decided += 1
        if institutions:
            wanted = schemas.ThingToFreeze(institutions[-1].id, _REASON)
            await retention.freeze(write, platform, administrator, key, wanted)
            decided += 1
        await retention.plan(write, platform, administrator, key)
    return decided + 1
