"""Features at a place, and their settings."""

from typing import Annotated, Any

import msgspec

from aula_plugins.administration.schemas.fields import MAX_SETTINGS
from aula_plugins.administration.schemas.places import Decision, PlaceItem
from aula_sdk.operations import LeftTo, Switch


class SettingItem(msgspec.Struct, frozen=True):
    """One setting of a feature at a place."""

    name: str
    title: str
    kind: str
    options: tuple[str, ...]
    value_titles: dict[str, str]
    """How values are called to people."""
    expected: str
    value: Any
    is_open: bool
    is_chosen: bool
    decision: Decision


class FeatureItem(msgspec.Struct, frozen=True):
    """A feature (plugin) at a place: its state and who decided it."""

    name: str
    title: str
    summary: str
    is_on: bool
    is_open: bool
    left_to: LeftTo
    chosen: Switch | None
    """What was chosen at this very place; it rests while a level above decides."""
    decision: Decision
    settings: tuple[SettingItem, ...] = ()
    ignored: tuple[str, ...] = ()
    """Settings that were chosen once and do not fit any more."""


class Features(msgspec.Struct, frozen=True):
    """Every feature at a place, by title."""

    place: PlaceItem
    items: list[FeatureItem]


class StateToChoose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On or off; a municipality says also whether its institutions may choose for themselves."""

    state: Switch
    left_to: LeftTo = "nobody"


class SettingsToChoose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings by name; those that are not named stay as they are."""

    values: Annotated[dict[str, Any], msgspec.Meta(max_length=MAX_SETTINGS)]
