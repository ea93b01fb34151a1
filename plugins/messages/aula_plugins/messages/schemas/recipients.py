"""Looking for recipients, and seeing beforehand who would get a message."""

from typing import Annotated, Self

import msgspec

from aula_plugins.messages.schemas.fields import ProfileId, RecipientId, Recipients, Who
from aula_plugins.messages.service import audience as audiences
from aula_plugins.messages.service.finding import Candidate, Candidates
from aula_sdk.people import Kind

PREVIEW_PEOPLE = 50


class RecipientSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words to find people and groups by; too few letters suggest the own groups."""

    words: Annotated[str, msgspec.Meta(max_length=100)] = ""
    sender: ProfileId | None = None


class Found(msgspec.Struct, frozen=True):
    """Somebody to write to, with what tells namesakes apart (R6)."""

    recipient: RecipientId
    name: str
    kind: Kind
    details: list[str]
    people: int

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        return cls(
            candidate.key,
            candidate.name,
            candidate.kind,
            list(candidate.details),
            candidate.size,
        )


class FoundRecipients(msgspec.Struct, frozen=True):
    """What a search found."""

    groups: list[Found]
    people: list[Found]

    @classmethod
    def of(cls, candidates: Candidates) -> Self:
        return cls(
            [Found.of(candidate) for candidate in candidates.groups],
            [Found.of(candidate) for candidate in candidates.people],
        )


class AudienceToPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A choice of recipients."""

    recipients: Annotated[Recipients, msgspec.Meta(min_length=1)]
    sender: ProfileId | None = None


class AudiencePreview(msgspec.Struct, frozen=True):
    """Who would get it; ``people`` names the first of them, ``total`` counts all."""

    total: int
    by_kind: dict[str, int]
    people: list[Who]
    out_of_reach: list[RecipientId]

    @classmethod
    def of(cls, audience: audiences.Audience) -> Self:
        by_kind = audiences.size_by_kind(audience)
        return cls(
            len(audience.people),
            {kind.value: size for kind, size in by_kind.items()},
            [Who.of(one.profile_id, one.name) for one in audience.people[:PREVIEW_PEOPLE]],
            [choice.key for choice in audience.out_of_reach],
        )
