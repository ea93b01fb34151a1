"""The people of a group: its members, its editors, its parts, and who can be added."""

from datetime import datetime
from typing import Annotated, Self

import msgspec

from aula_plugins.groups.queries.groups import PartRow
from aula_plugins.groups.queries.members import Editor, MemberRow
from aula_plugins.groups.schemas.fields import ChoiceId, InstitutionId, ProfileId
from aula_plugins.groups.service.finding import Found
from aula_plugins.groups.service.members import MAX_CHOICES
from aula_plugins.groups.service.reading import MemberPage
from aula_plugins.groups.service.settling import Settled
from aula_sdk.ids import INSTITUTION, PROFILE
from aula_sdk.people import Kind


class Member(msgspec.Struct, frozen=True):
    """Somebody in a group."""

    id: ProfileId
    name: str
    kind: Kind
    title: str
    institution: InstitutionId

    @classmethod
    def of(cls, row: MemberRow) -> Self:
        return cls(
            row.key, row.name, Kind(row.kind), row.title, INSTITUTION.format(row.institution_id)
        )


class Members(msgspec.Struct, frozen=True):
    """Some members, by name; ``next`` is where those that follow begin."""

    items: list[Member]
    next: ProfileId | None

    @classmethod
    def of(cls, page: MemberPage) -> Self:
        following = PROFILE.format(page.next) if page.next else None
        return cls([Member.of(row) for row in page.items], following)


class EditorItem(msgspec.Struct, frozen=True):
    """Somebody who looks after a group."""

    id: ProfileId
    name: str
    title: str

    @classmethod
    def of(cls, row: Editor) -> Self:
        return cls(row.key, row.name, row.title)


class Part(msgspec.Struct, frozen=True):
    """Another group whose people of one kind are members too."""

    id: ChoiceId
    name: str
    ends_at: datetime | None

    @classmethod
    def of(cls, row: PartRow) -> Self:
        return cls(row.key, row.name or "", row.valid_to)


class FoundItem(msgspec.Struct, frozen=True):
    """Somebody, or the people of one kind in a group, who can be added."""

    id: ChoiceId
    name: str
    kind: Kind
    details: list[str]
    size: int


class FoundItems(msgspec.Struct, frozen=True):
    """What a search found."""

    items: list[FoundItem]

    @classmethod
    def of(cls, found: Found) -> Self:
        parts = [FoundItem(one.key, one.name, Kind(one.kind), [], one.size) for one in found.parts]
        people = [
            FoundItem(one.person.key, one.person.name, Kind(one.person.kind), list(one.details), 1)
            for one in found.people
        ]
        return cls([*parts, *people])


class PeopleToAdd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes into a group."""

    people: Annotated[list[ChoiceId], msgspec.Meta(min_length=1, max_length=MAX_CHOICES)]


class MembersChanged(msgspec.Struct, frozen=True):
    """How many came in and how many went."""

    gained: int
    lost: int

    @classmethod
    def of(cls, settled: Settled) -> Self:
        return cls(len(settled.gained), len(settled.lost))
