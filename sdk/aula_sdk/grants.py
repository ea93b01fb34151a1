"""Roles and grants: what municipalities and institutions allow or close beyond the defaults.

A right is an action through a relation (`aula_sdk.permissions`). A role is a bundle of rights
(RGT-2): the kinds of people, the administrators' roles, and roles that are made here. Whoever has
`GRANT_MUNICIPALITY` decides for the municipality; whoever has `GRANT` at an institution gives there
only what they hold themselves, and may take away. What is decided holds from the next request on,
and is audited.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from aula_sdk.age_limits import DecidesAges
from aula_sdk.channels import Channel
from aula_sdk.errors import Conflict, Forbidden
from aula_sdk.group_grants import DecidesInGroups
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import IdKind
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import Explanation
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("sdk")

GRANT = "permissions.grant"
"""The action of deciding rights at an institution: its administrators hold it from the start."""
GRANT_MUNICIPALITY = "permissions.grant_municipality"
"""The action of deciding rights for a municipality: its administrators hold it from the start."""
GRANT_IN_GROUP = "permissions.grant_in_group"
"""The action of deciding what kinds of people may do in a group."""
EXPLAIN = "permissions.explain"
"""The action of asking why somebody may do something."""

HOLDER = IdKind("hol")
"""That somebody has been given a role."""
PERSONAL_GRANT = IdKind("gra")
"""A right that was decided for one person."""
ROLE_PATTERN = "^[a-z][a-z0-9_]{0,39}$"
MAX_ROLE_NAME = 80

Decided = Literal["yes", "two_factors", "no"]
"""What is decided of a right: held, held after a log-in with two factors, not held."""


class NotYoursToGive(Forbidden):
    """Who administers an institution gives only what they hold there themselves (ADM-2)."""

    code = "permissions.not-yours-to-give"
    title = _("You can only give rights that you have yourself")


class RoleFromLogin(Conflict):
    """A role that a log-in broker vouches for ends where the broker's privileges are given."""

    code = "permissions.role-from-login"
    title = _("This role comes with the log-in, and is taken away where log-ins are managed")


class RightLocked(Conflict):
    """Without this right nobody could come back to decide otherwise, or even use the platform."""

    code = "permissions.locked"
    title = _("This right cannot be changed")


class RoleGiven(Conflict):
    """The person has the role already."""

    code = "permissions.role-given"
    title = _("This person has the role already")


class RoleHead(msgspec.Struct, frozen=True):
    """A role that there is at a place."""

    key: str
    title: Text | str
    is_own: bool
    """Whether it was made here, rather than known to the platform."""
    can_be_given: bool
    """Whether it can be given to people; kinds of people cannot."""
    is_ours: bool
    """Whether it was made at this very place, so that it can be removed here."""


class RightLine(msgspec.Struct, frozen=True):
    """One right of a role at a place."""

    action: str
    title: Text
    relation: str
    sentence: Text | None
    """To what: "is a group of mine"; None where the action is about nothing."""
    plugin: str
    decided: Decided | None
    """What holds; None when nobody has ever said anything."""
    source: str
    """``default``, ``municipality`` or ``institution``; empty with nothing decided."""
    chosen: Decided | None
    """What was decided at this very place."""
    is_open: bool
    """Whether the asker may give it here."""
    sensitive: bool


class RoleReport(msgspec.Struct, frozen=True):
    """A role with every right that there is."""

    head: RoleHead
    lines: tuple[RightLine, ...]


class Holder(msgspec.Struct, frozen=True):
    """Somebody who has been given a role."""

    id: UUID
    profile_id: UUID
    name: str
    title: str
    institution_id: UUID
    role: str
    valid_from: datetime
    valid_to: datetime | None
    deputy_for: UUID | None
    deputy_name: str | None
    broker: str | None
    """The log-in broker with which the role comes; None for one that somebody has given."""


class PersonalGrant(msgspec.Struct, frozen=True):
    """A right that was decided for one person."""

    id: UUID
    action: str
    title: Text
    relation: str
    sentence: Text | None
    decided: Decided
    group_id: UUID | None
    valid_from: datetime | None
    valid_to: datetime | None


class Candidate(msgspec.Struct, frozen=True):
    """A person at one of the places where the asker decides."""

    profile_id: UUID
    name: str
    title: str
    kind: Kind
    institution_id: UUID
    institution_name: str
    municipality_id: UUID


class OpenRight(msgspec.Struct, frozen=True):
    """A right that the asker may decide for a person."""

    action: str
    title: Text
    relation: str
    sentence: Text | None
    plugin: str
    can_narrow: bool
    """Whether it can be limited to one group."""


class RoleGain(msgspec.Struct, frozen=True):
    """One right that a person would have by a role."""

    action: str
    title: Text
    sentence: Text | None
    plugin: str
    decided: Decided
    is_new: bool
    """Whether the person has it by this and not already, by whatever role, or not without a second
    factor."""
    is_closed: bool = False
    """Whether the person does not have it afterwards either: it is closed for them alone, or for
    pupils of their age."""


class RolePreview(msgspec.Struct, frozen=True):
    """What it means to give a person a role."""

    person: Candidate
    role: RoleHead
    deputy_for: Candidate | None
    lines: tuple[RoleGain, ...]


class Period(msgspec.Struct, frozen=True):
    """When something holds, half-open; nothing said: from now on, until it is taken back."""

    start: datetime | None = None
    end: datetime | None = None


class RightToGive(msgspec.Struct, frozen=True):
    """A right to be decided for one person, in one group where ``group_id`` says so."""

    action: str
    relation: str
    decided: Decided
    group_id: UUID | None = None
    period: Period = Period()


class ActionExplained(msgspec.Struct, frozen=True):
    """What a person may do, and why."""

    action: str
    title: Text
    plugin: str
    explanation: Explanation


class Grants(DecidesAges, DecidesInGroups, Protocol):
    """Deciding who may do what.

    Each method raises `NotFound` for a place, role or person that the actor has nothing to do with,
    and `Forbidden` to somebody who decides for institutions of a municipality, not for itself.
    """

    @property
    def features(self) -> Mapping[str, Text | str]:
        """What the plugins are called, and those parts of the platform that have rights."""
        ...

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor decides: municipalities first, then institutions by name."""
        ...

    async def roles(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[RoleHead]:
        """Return the roles there: kinds of people, administrators', then those made here."""
        ...

    async def role(self, unit: ReadUnit, actor: Actor, place: Place, role: str) -> RoleReport:
        """Return a role with every right of the features that are on there."""
        ...

    async def decide(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        role: str,
        action: str,
        relation: str,
        decided: Decided | None,
    ) -> None:
        """Decide a right of a role at a place; None takes back what was decided there.

        Raises `NotYoursToGive`, `RightLocked`, and `NotFound` for a right that there is not.
        """
        ...

    async def make_role(self, write: WriteUnit, actor: Actor, place: Place, name: str) -> str:
        """Make a role without rights; return its key. Raises `Invalid` for a bad or taken name."""
        ...

    async def drop_role(self, write: WriteUnit, actor: Actor, place: Place, role: str) -> None:
        """Remove a role that was made at this place, from everybody who has it."""
        ...

    async def holders(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[Holder]:
        """Return who has been given a role there, by name; those whose time is over are left out.

        Of a municipality these are the people at all its institutions.
        """
        ...

    async def find_people(
        self, unit: ReadUnit, actor: Actor, place: Place, words: str
    ) -> Sequence[Candidate]:
        """Return some people there, by name."""
        ...

    async def person(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Candidate:
        """Return a person at a place where the actor decides."""
        ...

    async def personal(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[PersonalGrant]:
        """Return what was decided for this person alone, and is not over."""
        ...

    async def roles_of(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> Sequence[Holder]:
        """Return which roles this person has been given, and has still or will have."""
        ...

    async def roles_to_give(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[RoleHead]:
        """Return the roles that the actor may give this person."""
        ...

    async def rights_to_give(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[OpenRight]:
        """Return the rights that the actor may decide for this person, plugin by plugin."""
        ...

    async def superiors(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Candidate]:
        """Return for whom this person can act: colleagues whose post brings a role, by name."""
        ...

    async def preview_role(
        self,
        unit: ReadUnit,
        actor: Actor,
        profile_id: UUID,
        role: str,
        *,
        deputy_for: UUID | None = None,
    ) -> RolePreview:
        """Return what the person would have by the role, as if it began now; raises as `give_role`
        does, but not for a role that they have already.

        Not for use within an open transaction of the caller's: for a moment it is the database's
        only writer.
        """
        ...

    async def give_role(
        self,
        write: WriteUnit,
        actor: Actor,
        profile_id: UUID,
        role: str,
        period: Period,
        *,
        deputy_for: UUID | None = None,
    ) -> UUID:
        """Give somebody a role for a period; return its id.

        Raises `NotYoursToGive` unless the actor holds every right in it, `RoleGiven`, and
        `Invalid` for a period that ends before it begins.
        """
        ...

    async def give_right(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, right: RightToGive
    ) -> UUID:
        """Decide a right for one person, in the stead of what was decided before; return its id."""
        ...

    async def take_back(self, write: WriteUnit, actor: Actor, id_: UUID) -> None:
        """End that somebody has a role, or forget what was decided for one person."""
        ...

    async def explain(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[ActionExplained]:
        """Return everything that the person may do somewhere, explained. The asking is audited
        where things are named (`explain_thing`); this names none.
        """
        ...

    async def explain_thing(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, action: str, thing: str
    ) -> Explanation:
        """Say why the person may or may not do this to the thing with this id; audited.

        Raises `NotFound` for an action that is about no thing, `WrongIdKind` for another's id.
        """
        ...

    async def explain_each(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, thing: str
    ) -> Sequence[ActionExplained]:
        """Say of everything that can be done to the thing with this id whether the person may, and
        why; audited. Nothing is known of an id whose kind no right is about.
        """
        ...

    async def channels(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[Channel]:
        """Return which kinds of people can write to which at the place, each to each (RGT-3)."""
        ...

    async def close_channel(
        self, write: WriteUnit, actor: Actor, place: Place, sender: Kind, recipient: Kind
    ) -> None:
        """Let nobody of a kind write to another kind there, from the next message on."""
        ...

    async def open_channel(
        self, write: WriteUnit, actor: Actor, place: Place, sender: Kind, recipient: Kind
    ) -> None:
        """Open what this very place has closed; what the municipality has closed stays so."""
        ...
