"""Roles, what they may do, and who has been given one."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.fields import (
    ACTION_PATTERN,
    RELATION_PATTERN,
    ProfileId,
    RoleKey,
)
from aula_plugins.administration.schemas.places import PlaceItem
from aula_sdk.grants import MAX_ROLE_NAME, Decided


class RoleItem(msgspec.Struct, frozen=True):
    """A role at a place."""

    key: RoleKey
    title: str
    is_own: bool
    """Whether it was made by a municipality or an institution."""
    is_ours: bool
    """Whether it was made at this very place."""


class HolderItem(msgspec.Struct, frozen=True):
    """Somebody who has been given a role, and until when."""

    profile: ProfileId
    name: str
    role: str
    valid_from: datetime
    valid_to: datetime | None
    deputy_for: str
    from_login: bool
    """Whether a log-in broker vouches for it, at each log-in anew."""


class Roles(msgspec.Struct, frozen=True):
    """The roles at a place, and who has been given one."""

    place: PlaceItem
    items: list[RoleItem]
    holders: list[HolderItem]


class RightItem(msgspec.Struct, frozen=True):
    """One right of a role: an action, through a relation where it is about something."""

    action: str
    title: str
    relation: str
    sentence: str
    plugin: str
    feature: str
    """The plugin's title."""
    decided: Decided | None
    source: str
    chosen: Decided | None
    is_open: bool


class RoleView(msgspec.Struct, frozen=True):
    """A role with every right that there is."""

    place: PlaceItem
    role: RoleItem
    items: list[RightItem]


class RightToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to hold of one right; null: what the level above says."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    relation: Annotated[str, msgspec.Meta(pattern=RELATION_PATTERN)]
    decided: Decided | None


class RoleToMake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role to be made."""

    name: Annotated[str, msgspec.Meta(max_length=MAX_ROLE_NAME)]


class RoleMade(msgspec.Struct, frozen=True):
    """The key of a role that was made."""

    key: RoleKey
