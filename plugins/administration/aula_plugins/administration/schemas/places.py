"""Municipalities and institutions, and whose word something there rests on."""

from datetime import datetime

import msgspec

from aula_plugins.administration.schemas.fields import PlaceId
from aula_sdk.operations import DecidedBy


class PlaceItem(msgspec.Struct, frozen=True):
    """A municipality or an institution that the reader looks after."""

    id: PlaceId
    name: str
    is_municipality: bool


class Places(msgspec.Struct, frozen=True):
    """All of them: municipalities first, then institutions by name."""

    items: list[PlaceItem]


class Decision(msgspec.Struct, frozen=True):
    """Whose word something rests on."""

    by: DecidedBy
    why: str
    """The whole explanation."""
    name: str = ""
    """Who chose it, where that was a person who is still known."""
    at: datetime | None = None
    key: str = ""
    """Where it stands in the operator's configuration."""
