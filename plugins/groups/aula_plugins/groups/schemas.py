"""The Structs at the HTTP edge: what programs send and get."""

from datetime import date, datetime
from typing import Annotated, Self

import msgspec

from aula_plugins.groups.ids import APPLICATION, TEMPLATE
from aula_plugins.groups.models import MAX_DESCRIPTION, MAX_NAME, MAX_WORDS, Access
from aula_plugins.groups.queries.applications import ApplicationRow
from aula_plugins.groups.queries.groups import GroupRow, PartRow
from aula_plugins.groups.queries.members import Editor, MemberRow
from aula_plugins.groups.queries.roll import RolledRow
from aula_plugins.groups.queries.templates import TemplateRow
from aula_plugins.groups.service.finding import Found
from aula_plugins.groups.service.making import last_day
from aula_plugins.groups.service.members import MAX_CHOICES
from aula_plugins.groups.service.reading import GroupPage, MemberPage, Opened
from aula_plugins.groups.service.rolling import Preview, Repointing, Roll
from aula_plugins.groups.service.set_ups import SetUp
from aula_plugins.groups.service.settling import Settled
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE
from aula_sdk.people import Kind

GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]
ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
TemplateId = Annotated[str, msgspec.Meta(pattern=TEMPLATE.pattern)]
ApplicationId = Annotated[str, msgspec.Meta(pattern=APPLICATION.pattern)]
InstitutionId = Annotated[str, msgspec.Meta(pattern=INSTITUTION.pattern)]
ChoiceId = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^({PROFILE.prefix}_[0-9a-f]{{32}}|{GROUP.prefix}_[0-9a-f]{{32}}:"
        rf"({'|'.join(Kind)}))$",
        description="A person `pro_…`, or the people of one kind in a group `grp_…:pupil`.",
    ),
]
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
Description = Annotated[str, msgspec.Meta(max_length=MAX_DESCRIPTION)]
Words = Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]


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
    """Takes its set-up from there instead."""


class GroupToKeep(SetUpToKeep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a group becomes, whole."""

    name: Name
    ends_on: date | None = None


class TemplateToMake(SetUpToKeep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new template."""

    name: Name
    maker: ProfileId | None = None


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: str


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a name begins; sent by POST, so that it is in no log of addresses."""

    words: Annotated[str, msgspec.Meta(max_length=100)]
    editors: bool = False
    """Look for somebody to look after the group, not for members."""


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


class Joiner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who joins, leaves or takes an application back: oneself, or a child."""

    who: ProfileId
    words: Words = ""


class Joined(msgspec.Struct, frozen=True):
    """Whether it was done at once, or is to be decided."""

    application: ApplicationId | None


class Application(msgspec.Struct, frozen=True):
    """An application that waits."""

    id: ApplicationId
    group: GroupId
    group_name: str
    who: ProfileId
    name: str
    applicant_name: str
    words: str
    made_at: datetime

    @classmethod
    def of(cls, row: ApplicationRow) -> Self:
        return cls(
            row.key,
            row.group_key,
            row.group_name,
            PROFILE.format(row.profile_id),
            row.name or "",
            row.applicant_name or "",
            row.words,
            row.made_at,
        )


class Applications(msgspec.Struct, frozen=True):
    """The applications that wait for the reader, the oldest first."""

    items: list[Application]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided about an application."""

    accept: bool


class Template(msgspec.Struct, frozen=True):
    """A named set-up."""

    id: TemplateId
    name: str
    institution: InstitutionId
    description: str
    access: Access
    show_members: bool
    kinds: list[Kind]

    @classmethod
    def of(cls, row: TemplateRow) -> Self:
        return cls(
            row.key,
            row.name,
            INSTITUTION.format(row.institution_id),
            row.description,
            row.access,
            row.show_members,
            list(row.kinds),
        )


class Templates(msgspec.Struct, frozen=True):
    """Templates by institution and name."""

    items: list[Template]


class Rolled(msgspec.Struct, frozen=True):
    """A group of the administrative system that ends or begins."""

    id: GroupId
    name: str
    institution_name: str
    begins_at: datetime
    ends_at: datetime | None

    @classmethod
    def of(cls, row: RolledRow) -> Self:
        return cls(row.key, row.name, row.institution_name, row.valid_from, row.valid_to)


class RepointingItem(msgspec.Struct, frozen=True):
    """A group made here whose part ends, and what is proposed in its place."""

    group: GroupId
    group_name: str
    old: GroupId
    old_name: str
    proposed: GroupId | None
    options: list[Rolled]

    @classmethod
    def of(cls, one: Repointing) -> Self:
        row = one.affected
        return cls(
            GROUP.format(row.group_id),
            row.group_name,
            GROUP.format(row.part_id),
            row.part_name,
            GROUP.format(one.proposed) if one.proposed else None,
            [Rolled.of(option) for option in one.options],
        )


class YearRoll(msgspec.Struct, frozen=True):
    """The year roll as it stands."""

    ending: list[Rolled]
    beginning: list[Rolled]
    repointings: list[RepointingItem]

    @classmethod
    def of(cls, roll: Roll) -> Self:
        return cls(
            [Rolled.of(row) for row in roll.ending],
            [Rolled.of(row) for row in roll.beginning],
            [RepointingItem.of(one) for one in roll.repointings],
        )


class RollChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What takes the place of an ending part; nothing when ``new`` is left out."""

    group: GroupId
    old: GroupId
    new: GroupId | None = None


class RollToDo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be carried over; only looked at until ``apply`` is said."""

    choices: Annotated[list[RollChoice], msgspec.Meta(min_length=1, max_length=500)]
    apply: bool = False


class RolledGroup(msgspec.Struct, frozen=True):
    """Who comes into one group, and who goes."""

    group: GroupId
    gained: list[ProfileId]
    lost: list[ProfileId]

    @classmethod
    def of(cls, settled: Settled) -> Self:
        return cls(
            GROUP.format(settled.group_id),
            [PROFILE.format(one.profile_id) for one in settled.gained],
            [PROFILE.format(one.profile_id) for one in settled.lost],
        )


class RollDone(msgspec.Struct, frozen=True):
    """What was, or would be, changed."""

    applied: bool
    groups: list[RolledGroup]

    @classmethod
    def of_preview(cls, preview: Preview) -> Self:
        return cls(applied=False, groups=[RolledGroup.of(one) for one in preview.settled])
