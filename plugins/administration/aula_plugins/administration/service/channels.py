"""Which kinds of people can write to which, by level (RGT-3)."""

from collections.abc import Sequence

from aula_plugins.administration import schemas
from aula_plugins.administration.service.places import item_of
from aula_plugins.administration.service.rights import find_place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def list_channels(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str
) -> schemas.Channels:
    """Return each kind of person with each other, and whether the channel is closed."""
    place = await find_place(read, platform, actor, place_key)
    items = [
        schemas.ChannelItem(one.sender, one.recipient, one.is_closed, one.closed_here)
        for one in await platform.grants.channels(read, actor, place)
    ]
    return schemas.Channels(item_of(place), items)


async def decide(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    wanted: Sequence[schemas.ChannelToDecide],
) -> None:
    """Close and open channels at a place: all of it, or nothing."""
    place = await find_place(write, platform, actor, place_key)
    grants = platform.grants
    for one in wanted:
        change = grants.close_channel if one.closed else grants.open_channel
        await change(write, actor, place, one.sender, one.recipient)
