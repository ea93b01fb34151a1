"""Where the reader chooses: municipalities and institutions."""

from collections.abc import Iterable

from aula_plugins.administration import schemas
from aula_sdk.errors import NotFound
from aula_sdk.ids import INSTITUTION, MUNICIPALITY
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


async def list_places(read: ReadUnit, platform: Platform, actor: Actor) -> list[schemas.PlaceItem]:
    """Return the places that the actor looks after: municipalities first."""
    return [item_of(place) for place in await platform.choices.places(read, actor)]


async def find_place(read: ReadUnit, platform: Platform, actor: Actor, key: str) -> Place:
    """Return the place with this id; raise `NotFound` when it is not the actor's to look after."""
    return place_among(await platform.choices.places(read, actor), key)


def place_among(places: Iterable[Place], key: str) -> Place:
    """Return the place with this id; raise `NotFound` when it is none of these."""
    kind = INSTITUTION if key.startswith(f"{INSTITUTION.prefix}_") else MUNICIPALITY
    wanted = kind.format(kind.parse(key))
    for place in places:
        if item_of(place).id == wanted:
            return place
    raise NotFound


def item_of(place: Place) -> schemas.PlaceItem:
    """Return the place as it travels."""
    if place.institution_id is None:
        return schemas.PlaceItem(MUNICIPALITY.format(place.municipality_id), place.name, True)
    return schemas.PlaceItem(INSTITUTION.format(place.institution_id), place.name, False)
