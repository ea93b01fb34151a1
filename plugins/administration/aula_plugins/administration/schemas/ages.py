"""Age limits of a place."""

from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.places import PlaceItem

Age = Annotated[int, msgspec.Meta(ge=1, le=99)]


class Ages(msgspec.Struct, frozen=True):
    """The age limits at a place, in years: what holds, and what it rests on."""

    place: PlaceItem
    consent: int
    """From when pupils consent themselves."""
    secure_area: int
    """From when pupils get to what is sensitive, with a second factor."""
    consent_here: int | None
    """What this very place has decided; null where it goes by what holds above."""
    secure_area_here: int | None
    consent_above: int
    """What holds where this place decides nothing."""
    secure_area_above: int
    """What holds where this place decides nothing, and the least that holds here."""


class AgesToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both age limits of a place; null goes by what holds above."""

    consent: Age | None
    secure_area: Age | None
