"""The Structs at the HTTP edge: what programs send and get, and what pages are made of.

Pages and the API have the same Structs from the same service, so that neither says more (R12).
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from aula_plugins.contacts.models import Audience
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Kind

MAX_WORDS = 100
MAX_PARENTS = 20

ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]


class Show(StrEnum):
    """Which people of a group a list shows (CON-1, CON-3)."""

    CHILDREN = "children"
    GUARDIANS = "guardians"
    EMPLOYEES = "employees"
    CONTACT_PARENTS = "contact_parents"


class Reach(StrEnum):
    """Whether the reader is told how to reach somebody, and why not.

    Shown says nothing of what there is: what is protected and what is not registered look the same.
    """

    SHOWN = "shown"
    NOT_SHARED = "not_shared"


class GroupName(msgspec.Struct, frozen=True):
    """A group by name."""

    id: GroupId
    name: str
    kind: str


class Contact(msgspec.Struct, frozen=True):
    """Somebody in a group, as far as the reader may know; see `fields.py`."""

    id: str = ""
    name: str = ""
    kind: Kind | None = None
    title: str = ""
    is_contact_parent: bool = False
    reach: Reach = Reach.NOT_SHARED
    email: str = ""
    phone: str = ""
    mobile: str = ""
    address: str = ""


class Relative(Contact, frozen=True):
    """A guardian of a child or a child of a guardian, and how the guardian is related to it."""

    relation: str = ""


class Entry(Contact, frozen=True):
    """A row of a list: somebody with the guardians or the children that belong there."""

    relatives: tuple[Relative, ...] = ()


class Card(Entry, frozen=True):
    """Somebody by themselves, with the groups in which the reader meets them."""

    groups: tuple[GroupName, ...] = ()


class GroupItem(msgspec.Struct, frozen=True):
    """A group whose contacts the reader may see; ``children`` are the reader's own in it."""

    id: GroupId
    name: str
    kind: str
    institution: str
    is_mine: bool
    children: tuple[str, ...] = ()


class GroupPage(msgspec.Struct, frozen=True):
    """Some groups; ``next`` is what ``after`` has to be for the ones that follow."""

    items: list[GroupItem]
    next: GroupId | None = None


class GroupHead(msgspec.Struct, frozen=True):
    """A group whose contacts are shown, and what the reader may do with it."""

    id: GroupId
    name: str
    kind: str
    institution: str
    may_set_contact_parents: bool


class ContactPage(msgspec.Struct, frozen=True):
    """Some people of a group, in Danish order of names."""

    group: GroupHead
    items: list[Entry]
    next: ProfileId | None = None


class ContactSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The beginning of a name, or of a part of it."""

    words: Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]


class ContactParents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All contact parents of a group; whoever is not named is one no longer."""

    parents: Annotated[list[ProfileId], msgspec.Meta(max_length=MAX_PARENTS)]


class SharingChoice(msgspec.Struct, frozen=True):
    """With whom the reader shares the data of one person, and what holds for that person."""

    id: ProfileId
    name: str
    is_me: bool
    may_choose: bool
    """False for a child who has reached the age for own consent and decides alone (CNS-4)."""
    chosen: Audience | None
    """The reader's own answer; None where there is none."""
    in_force: Audience
    """The narrowest of the answers that count (CNS-9); nobody where there is none."""


class SharingChoices(msgspec.Struct, frozen=True):
    """The reader, and the children for whom the reader chooses (CNS-3), or chose till they were
    old enough.
    """

    items: list[SharingChoice]


class SharingToChoose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer."""

    audience: Audience
