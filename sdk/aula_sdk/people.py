"""Who is asking: the actor of a request, loaded once and never changed during it."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec


class Kind(StrEnum):
    """What a person is at an institution, and the role in which somebody acts (ID-3)."""

    EMPLOYEE = "employee"
    PUPIL = "pupil"
    GUARDIAN = "guardian"
    EXTERNAL = "external"


class Assurance(IntEnum):
    """How surely we know who it is: the three levels of NSIS."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


class ActorProfile(msgspec.Struct, frozen=True):
    """The actor at one institution (ID-1: nearly everything hangs on the institution profile)."""

    id: UUID
    person_id: UUID
    institution_id: UUID
    municipality_id: UUID
    kind: Kind
    name: str
    institution_name: str
    title: str = ""
    ended_at: datetime | None = None
    """When it ended, of `Actor.former`."""
    groups: tuple[UUID, ...] = ()
    """The groups that reach it now (`aula_sdk.stamdata.reach`): in which it is, or a guardian's
    child with access is; none of `Actor.former`."""


class ActorChild(msgspec.Struct, frozen=True):
    """A child whom the acting guardian has custody of or extended access to (ID-11)."""

    profile_id: UUID
    person_id: UUID
    guardian_profile_id: UUID
    institution_id: UUID
    municipality_id: UUID
    name: str
    institution_name: str
    group_name: str
    custody: bool


class Holding(msgspec.Struct, frozen=True):
    """What one grant comes to: with these profiles the actor may act through this relation."""

    relation: str
    profiles: tuple[UUID, ...]
    institutions: tuple[UUID, ...]
    municipalities: tuple[UUID, ...]
    groups: tuple[UUID, ...] = ()
    """The only groups in which it holds; empty: not limited to any."""
    step_up: bool = False
    without: tuple[UUID, ...] = ()
    """Groups in which it does not hold."""


class Supporter(msgspec.Struct, frozen=True):
    """Who sees the site as somebody else to help them, and acts for nobody (decision 0041)."""

    impersonation_id: UUID
    account_id: UUID
    person_id: UUID
    profile_id: UUID
    """The profile that holds the right to it, in the municipality of the one who is seen."""
    role: Kind
    assurance: Assurance
    ends_at: datetime
    basis: str = "identity.see_as"
    """The action by which it is allowed: support, or broken glass."""
    glass_id: UUID | None = None
    """What was asked for and approved, where the glass is broken."""


class Actor(msgspec.Struct, frozen=True):
    """A signed-in person in one acting role, over all of the account's profiles in that role.

    ``holdings`` maps an action to what the actor holds of it. Profiles at institutions where the
    action's plugin is switched off are left out, so a query that starts from the holdings never
    reaches what has been switched off.
    """

    account_id: UUID
    role: Kind
    name: str
    profiles: tuple[ActorProfile, ...]
    children: tuple[ActorChild, ...]
    holdings: Mapping[str, tuple[Holding, ...]]
    assurance: Assurance = Assurance.LOW
    other_roles: tuple[Kind, ...] = ()
    stepped_up: bool = False
    """Whether the session was proved strongly and recently enough for what is sensitive."""
    may_step_up: bool = True
    """Whether anything sensitive is for the actor at all: not for pupils who are too young."""
    former: tuple[ActorProfile, ...] = ()
    """Profiles of the role that have ended, in municipalities where the actor has others: what was
    theirs can still be read (decision 0038). They act in nothing."""
    seen_by: Supporter | None = None
    """Who sees the site as this actor, in a session that reads alone; None in one's own session."""
    withheld: frozenset[str] = frozenset()
    """Actions that the person holds and that are not there while somebody else looks on."""

    @property
    def municipalities(self) -> tuple[UUID, ...]:
        """The municipalities to which the actor belongs, each once."""
        return tuple(dict.fromkeys(profile.municipality_id for profile in self.profiles))

    def can(self, action: str) -> bool:
        """Whether the actor holds the action anywhere at all."""
        return action in self.holdings

    def usable_holdings(self, action: str) -> tuple[Holding, ...]:
        """What the actor holds of ``action`` in the session as it is proved now (LOG-15)."""
        held = self.holdings.get(action, ())
        return held if self.stepped_up else tuple(one for one in held if not one.step_up)

    def lacks_step_up(self, action: str) -> bool:
        """Whether the actor holds ``action``, but nowhere without a fresh second factor."""
        return self.can(action) and not self.usable_holdings(action)

    def profiles_for(self, action: str) -> tuple[ActorProfile, ...]:
        """The profiles with which the actor may do ``action`` now, through whatever relation."""
        held = {profile for holding in self.usable_holdings(action) for profile in holding.profiles}
        return tuple(profile for profile in self.profiles if profile.id in held)

    def readers_for(self, action: str) -> tuple[ActorProfile, ...]:
        """`profiles_for`, and after them those that have ended and still read by this action."""
        held = {profile for holding in self.usable_holdings(action) for profile in holding.profiles}
        ended = (profile for profile in self.former if profile.id in held)
        return (*self.profiles_for(action), *ended)
