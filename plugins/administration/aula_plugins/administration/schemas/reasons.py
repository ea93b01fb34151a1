"""Why a person may do something."""

from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.fields import ACTION_PATTERN
from aula_plugins.administration.schemas.giving import PersonItem


class ReasonItem(msgspec.Struct, frozen=True):
    """What decided, and what each level had said."""

    allowed: bool
    sentence: str
    source: str
    levels: list[str]


class ExplainedItem(msgspec.Struct, frozen=True):
    """One action of a person, explained."""

    action: str
    title: str
    plugin: str
    feature: str
    """The plugin's title."""
    allowed: bool
    reasons: list[ReasonItem]


class PersonRights(msgspec.Struct, frozen=True):
    """What a person may do, and why."""

    person: PersonItem
    items: list[ExplainedItem]


class ThingToExplain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An action and the id of a thing."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    thing: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{3}_[0-9a-f]{32}$")]


class Why(msgspec.Struct, frozen=True):
    """Whether somebody may do it to the thing, and why."""

    allowed: bool
    reasons: list[ReasonItem]
