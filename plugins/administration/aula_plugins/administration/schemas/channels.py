"""Which kinds of people can write to which."""

import msgspec

from aula_plugins.administration.schemas.places import PlaceItem
from aula_sdk.people import Kind


class ChannelItem(msgspec.Struct, frozen=True):
    """One kind of person writing to another, at a place."""

    sender: Kind
    recipient: Kind
    is_closed: bool
    closed_here: bool
    """Whether this very place has closed it; what the municipality closed it opens itself."""


class Channels(msgspec.Struct, frozen=True):
    """Which kinds of people can write to which at a place."""

    place: PlaceItem
    items: list[ChannelItem]


class ChannelToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel to be closed or opened at a place."""

    sender: Kind
    recipient: Kind
    closed: bool
