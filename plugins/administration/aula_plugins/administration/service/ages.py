"""Age limits by level: for own consent (CNS-4), and for what is sensitive (SEC-6)."""

import msgspec

from aula_plugins.administration import schemas
from aula_plugins.administration.service.places import item_of, place_among
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def list_places(read: ReadUnit, platform: Platform, actor: Actor) -> list[schemas.PlaceItem]:
    """Return where the actor decides age limits: municipalities first."""
    return [item_of(place) for place in await platform.grants.age_places(read, actor)]


async def read_ages(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str
) -> schemas.Ages:
    """Return the age limits at a place; raise `NotFound` where the actor decides none."""
    place = place_among(await platform.grants.age_places(read, actor), place_key)
    limits = await platform.grants.ages(read, actor, place)
    return schemas.Ages(place=item_of(place), **msgspec.structs.asdict(limits))


async def decide(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    wanted: schemas.AgesToDecide,
) -> None:
    """Decide both age limits at a place, from the next request on; raise `Invalid` by field."""
    place = place_among(await platform.grants.age_places(write, actor), place_key)
    await platform.grants.decide_ages(
        write, actor, place, consent=wanted.consent, secure_area=wanted.secure_area
    )
