"""What one person has been given, and giving more."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_plugins.administration.schemas.fields import (
    ACTION_PATTERN,
    RELATION_PATTERN,
    GivenId,
    GroupId,
    Moment,
    ProfileId,
    RoleKey,
)
from aula_plugins.administration.schemas.roles import RoleItem
from aula_sdk.grants import Decided
from aula_sdk.people import Kind


class PersonItem(msgspec.Struct, frozen=True):
    """A person at one institution."""

    profile: ProfileId
    name: str
    title: str
    kind: Kind
    institution: str


class GivenRole(msgspec.Struct, frozen=True):
    """A role that a person has been given."""

    id: GivenId
    key: RoleKey
    role: str
    valid_from: datetime
    valid_to: datetime | None
    deputy_for: str
    from_login: bool
    """Whether a log-in broker vouches for it; then nobody takes it back here."""


class GivenRight(msgspec.Struct, frozen=True):
    """A right that was decided for one person."""

    id: GivenId
    action: str
    title: str
    relation: str
    sentence: str
    decided: Decided
    group: str
    valid_from: datetime | None
    valid_to: datetime | None


class Given(msgspec.Struct, frozen=True):
    """What a person has been given, beside what their post brings."""

    person: PersonItem
    roles: list[GivenRole]
    rights: list[GivenRight]


class RoleToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role that somebody might be given, for a deputy with whom they would act for."""

    role: RoleKey
    deputy_for: ProfileId | None = None


class RoleToGive(RoleToPreview, frozen=True, forbid_unknown_fields=True):
    """A role to be given, from now on and for good where no period is said."""

    start: Moment | None = None
    end: Moment | None = None


class GainItem(msgspec.Struct, frozen=True):
    """One right that somebody would have by a role."""

    title: str
    sentence: str
    plugin: str
    feature: str
    """The plugin's title."""
    decided: Decided
    is_new: bool
    """Whether they have it by this and not already, or not without a second factor."""
    is_closed: bool
    """Whether they do not have it afterwards either: it is closed for them alone, or for pupils of
    their age."""


class Preview(msgspec.Struct, frozen=True):
    """What it means to give a person a role."""

    person: PersonItem
    role: RoleItem
    deputy_for: str
    items: list[GainItem]


class RightForPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A right to be decided for one person, in one group where that is said."""

    action: Annotated[str, msgspec.Meta(pattern=ACTION_PATTERN)]
    relation: Annotated[str, msgspec.Meta(pattern=RELATION_PATTERN)]
    decided: Decided
    group: GroupId | None = None
    start: Moment | None = None
    end: Moment | None = None


class GivenMade(msgspec.Struct, frozen=True):
    """The id of what was given: by it, it is taken back."""

    id: GivenId
