"""Looking for groups, and seeing beforehand whom a post would reach."""

from typing import Annotated, Self

import msgspec

from aula_plugins.posts.schemas.fields import AudienceId, Choices, ProfileId
from aula_plugins.posts.service.audience import Audience
from aula_plugins.posts.service.finding import Candidate
from aula_sdk.people import Kind


class GroupSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words to find groups by; none suggest the own groups."""

    words: Annotated[str, msgspec.Meta(max_length=100)] = ""
    sender: ProfileId | None = None


class FoundGroup(msgspec.Struct, frozen=True):
    """The people of one kind in a group, and how many they are now."""

    audience: AudienceId
    name: str
    role: Kind
    people: int

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        return cls(candidate.key, candidate.name, candidate.choice.role, candidate.size)


class FoundGroups(msgspec.Struct, frozen=True):
    """What a search found."""

    groups: list[FoundGroup]


class AudienceToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A choice of groups."""

    audience: Annotated[Choices, msgspec.Meta(min_length=1)]
    sender: ProfileId | None = None


class AudiencePreview(msgspec.Struct, frozen=True):
    """Who would get it now; ``first_names`` names the first of them, ``total`` counts all once."""

    total: int
    by_kind: dict[str, int]
    first_names: list[str]
    out_of_reach: list[AudienceId]

    @classmethod
    def of(cls, audience: Audience) -> Self:
        return cls(
            audience.size,
            {kind.value: size for kind, size in audience.by_kind.items()},
            list(audience.first_names),
            [choice.key for choice in audience.out_of_reach],
        )
