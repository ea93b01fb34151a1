"""What happens when somebody moves or stops, and handing over."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.fields import GivenId, InstitutionId, Moment, ProfileId
from aula_plugins.administration.schemas.giving import GainItem, PersonItem
from aula_sdk.grants import Decided
from aula_sdk.moving import ChangeKind, EntrustedAs

MOST_THINGS = 200


class Destination(msgspec.Struct, frozen=True):
    """An institution to which somebody can move."""

    id: InstitutionId
    name: str


class EntrustedItem(msgspec.Struct, frozen=True):
    """Something that hangs on a person at an institution."""

    id: GivenId | None
    """By which it is handed over; none where it cannot be."""
    held_as: EntrustedAs
    title: str
    sentence: str
    group: str
    other: str
    """For whom a deputy acts, or who acts for this person."""
    decided: Decided
    valid_from: datetime | None
    valid_to: datetime | None


class MovingView(msgspec.Struct, frozen=True):
    """What can be looked at beforehand of a person, and what can be handed over to whom."""

    person: PersonItem
    kinds: list[ChangeKind]
    places: list[Destination]
    children: list[PersonItem]
    things: list[EntrustedItem]
    successors: list[PersonItem]


class ChangeToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change to be looked at beforehand: where to, or of which child."""

    kind: ChangeKind
    to: InstitutionId | None = None
    child: ProfileId | None = None


class EndingItem(msgspec.Struct, frozen=True):
    """Something that hangs on a person, and whether the change ends it."""

    thing: EntrustedItem
    ends: bool


class AmountItem(msgspec.Struct, frozen=True):
    """How many things somebody reads now, and afterwards; 1001 stands for more than 1000."""

    action: str
    title: str
    plugin: str
    feature: str
    """The plugin's title."""
    before: int
    after: int
    old: int
    """Afterwards as what was their own: read alone, nothing newer."""


class AffectedItem(msgspec.Struct, frozen=True):
    """What the change does to one person."""

    person: PersonItem
    stays: bool
    groups_left: list[str]
    groups_joined: list[str]
    things: list[EndingItem]
    amounts: list[AmountItem]


class ConsequencesView(msgspec.Struct, frozen=True):
    """What a change does; it is carried out by the next delivery of stamdata, never here."""

    person: PersonItem
    kind: ChangeKind
    place: str
    child: str
    affected: list[AffectedItem]


class HandOverToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a successor would take over."""

    successor: ProfileId
    things: Annotated[list[GivenId], msgspec.Meta(min_length=1, max_length=MOST_THINGS)]


class HandOverToDo(HandOverToPreview, frozen=True, forbid_unknown_fields=True):
    """What a successor takes over, at once where no start is said."""

    start: Moment | None = None


class HandOverView(msgspec.Struct, frozen=True):
    """What it means to hand over."""

    person: PersonItem
    successor: PersonItem
    things: list[EntrustedItem]
    items: list[GainItem]
    """What the successor has by it and not already."""
