"""Groups: in lists, opened, made and changed."""

from datetime import date, datetime
from typing import Annotated, Self

import msgspec

from aula_plugins.groups.models import Access
from aula_plugins.groups.queries.groups import GroupRow
from aula_plugins.groups.schemas.fields import (
    Description,
    GroupId,
    InstitutionId,
    Name,
    ProfileId,
    TemplateId,
)
from aula_plugins.groups.schemas.members import EditorItem, Members, Part
from aula_plugins.groups.service.making import last_day
from aula_plugins.groups.service.reading import GroupPage, Opened
from aula_plugins.groups.service.set_ups import SetUp
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind


class GroupItem(msgspec.Struct, frozen=True):
    """A group in a list."""

    id: GroupId
    name: str
    kind: str
    institution_name: str
    made_here: bool
    access: Access
    size: int
    ends_at: datetime | None

    @classmethod
    def of(cls, row: GroupRow) -> Self:
        return cls(
            row.key,
            row.name,
            row.kind,
            row.institution_name,
            row.made_here,
            row.access,
            row.size,
            row.valid_to,
        )


class Groups(msgspec.Struct, frozen=True):
    """Some groups; ``next`` is where those that follow begin."""

    items: list[GroupItem]
    next: GroupId | None

    @classmethod
    def of(cls, page: GroupPage) -> Self:
        following = GROUP.format(page.next) if page.next else None
        return cls([GroupItem.of(row) for row in page.items], following)


class Group(msgspec.Struct, frozen=True):
    """A group with what this reader may see of it and do to it."""

    id: GroupId
    name: str
    kind: str
    institution: InstitutionId
    institution_name: str
    made_here: bool
    across: bool
    description: str
    access: Access
    show_members: bool
    kinds: list[Kind]
    size: int
    ends_on: date | None
    editors: list[EditorItem]
    parts: list[Part]
    members: Members
    may: list[str]
    waiting: list[ProfileId]
    """For whom of the reader's own an application waits."""

    @classmethod
    def of(cls, opened: Opened) -> Self:
        head = opened.head
        return cls(
            id=head.key,
            name=head.name,
            kind=head.kind,
            institution=head.institution_key,
            institution_name=head.institution_name,
            made_here=head.made_here,
            across=head.across,
            description=head.description,
            access=head.access,
            show_members=head.show_members,
            kinds=list(head.kinds),
            size=head.size,
            ends_on=last_day(head.valid_to),
            editors=[EditorItem.of(row) for row in opened.editors],
            parts=[Part.of(row) for row in opened.parts],
            members=Members.of(opened.members),
            may=list(head.may),
            waiting=sorted(PROFILE.format(one) for one in opened.waiting),
        )


class SetUpToKeep(msgspec.Struct, frozen=True, kw_only=True):
    """How a group is set up."""

    description: Description = ""
    access: Access = Access.CLOSED
    show_members: bool = False
    kinds: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=len(Kind))] = (
        Kind.EMPLOYEE,
        Kind.PUPIL,
    )

    @property
    def set_up(self) -> SetUp:
        """The same for the service."""
        kinds = tuple(dict.fromkeys(self.kinds))
        return SetUp(self.description, self.access, self.show_members, kinds)


class GroupToMake(SetUpToKeep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new group. ``maker`` is needed only of who works at several institutions."""

    name: Name
    across: bool = False
    ends_on: date | None = None
    maker: ProfileId | None = None
    template: TemplateId | None = None
    """Takes its set-up from there instead, and the rights in it."""


class GroupToKeep(SetUpToKeep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a group becomes, whole."""

    name: Name
    ends_on: date | None = None


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: str


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a name begins; sent by POST, so that it is in no log of addresses."""

    words: Annotated[str, msgspec.Meta(max_length=100)]
    editors: bool = False
    """Look for somebody to look after the group, not for members."""
