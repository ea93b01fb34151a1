"""Before somebody moves or stops: what it does to what they may, and handing over.

Who belongs where comes with deliveries of stamdata, so nothing here moves anybody. It is said
beforehand what a change of school, of custody or the end of an employment takes, leaves and gives,
by the rules that will hold then; and what somebody has been given is handed over in time, by who
decides rights at their institution (`aula_sdk.grants.GRANT`).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from aula_sdk.grants import Candidate, Decided, RoleGain
from aula_sdk.i18n import Text
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

MOST = 1000
"""So far things are counted; one more stands for any number beyond."""


class ChangeKind(StrEnum):
    """What can change of whom."""

    LEAVES = "leaves"
    """A pupil leaves, or the employment of an employee or external ends."""
    MOVES = "moves"
    """The same, and begins at another institution of the municipality."""
    ACCESS_ENDS = "access_ends"
    """A guardian loses custody of, and access to, one child."""


class Change(msgspec.Struct, frozen=True):
    """A change of where somebody belongs, or to whom."""

    kind: ChangeKind
    to: UUID | None = None
    """The institution to which somebody moves; None: one where the asker decides no rights."""
    child: UUID | None = None
    """The child's profile, of a guardian whose access to it ends."""


class ChangeChoices(msgspec.Struct, frozen=True):
    """What can be looked at beforehand of one person."""

    kinds: tuple[ChangeKind, ...]
    places: tuple[Place, ...]
    """Where the asker decides rights and somebody can move to, by name."""
    children: tuple[Candidate, ...]
    """To whom a guardian has access, by name."""


class EntrustedAs(StrEnum):
    """How somebody comes to hold something."""

    POST = "post"
    """A role that comes with the post, in the stamdata."""
    ROLE = "role"
    DEPUTY = "deputy"
    """A role, to act for somebody else."""
    DEPUTISED = "deputised"
    """A role that somebody else has, to act for this person."""
    RIGHT = "right"
    """A right that was decided for this person alone."""


class Entrusted(msgspec.Struct, frozen=True):
    """Something that hangs on one person at one institution."""

    id: UUID
    held_as: EntrustedAs
    title: Text | str
    """The role's or the action's."""
    sentence: Text | None
    """To what a right applies."""
    group: str
    """The only group in which a right holds; empty: not limited to one."""
    other: str
    """For whom a deputy acts, or who acts for this person."""
    decided: Decided
    valid_from: datetime | None
    valid_to: datetime | None
    can_hand_over: bool
    """Not what comes with a post or a log-in, and not a no."""


class Ending(msgspec.Struct, frozen=True):
    """Something entrusted, and whether the change ends it."""

    thing: Entrusted
    ends: bool


class Amount(msgspec.Struct, frozen=True):
    """How many things somebody reads by one action; none is counted beyond `MOST` and one."""

    action: str
    title: Text
    plugin: str
    before: int
    after: int
    """Afterwards as one's own, which goes on."""
    old: int
    """Afterwards as what was one's own: read alone, nothing newer (decision 0038)."""


class Affected(msgspec.Struct, frozen=True):
    """What the change does to one person, at the institutions where the asker decides."""

    person: Candidate
    stays: bool
    """Whether the person can still sign in as what they are, at an institution where the asker
    decides: where else they may be is not told (R8)."""
    groups_left: tuple[str, ...]
    groups_joined: tuple[str, ...]
    things: tuple[Ending, ...]
    amounts: tuple[Amount, ...]


class Consequences(msgspec.Struct, frozen=True):
    """What a change does to the person, and of a child to those who have access to it."""

    person: Candidate
    change: Change
    place: str
    """Where the person moves to, by name; empty for nowhere."""
    child: str
    """The child's name, of a guardian whose access to it ends."""
    affected: tuple[Affected, ...]


class HandOver(msgspec.Struct, frozen=True):
    """What a successor takes over, and from when; without ``start`` at once."""

    successor: UUID
    things: tuple[UUID, ...]
    start: datetime | None = None


class HandOverPreview(msgspec.Struct, frozen=True):
    """What it means to hand over."""

    person: Candidate
    successor: Candidate
    things: tuple[Entrusted, ...]
    gains: tuple[RoleGain, ...]
    """What the successor has by it and not already, as if it began now."""


class Moving(Protocol):
    """Looking ahead, and handing over.

    Each method raises `NotFound` for people at whose institution the actor decides no rights.
    """

    async def choices(self, unit: ReadUnit, actor: Actor, profile_id: UUID) -> ChangeChoices:
        """Return which changes can be looked at beforehand of this person."""
        ...

    async def preview(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID, change: Change
    ) -> Consequences:
        """Return what the change would do from its delivery on; nothing is changed, and that
        somebody has looked is audited.

        Raises `Invalid` for what cannot become of this person. Not for use within an open
        transaction of the caller's: for a moment it is the database's only writer.
        """
        ...

    async def entrusted(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Entrusted]:
        """Return what hangs on the person now or later: roles, rights, and who acts for whom."""
        ...

    async def successors(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID
    ) -> Sequence[Candidate]:
        """Return the employees of the same institution who can take over, by name."""
        ...

    async def preview_hand_over(
        self, unit: ReadUnit, actor: Actor, profile_id: UUID, wish: HandOver
    ) -> HandOverPreview:
        """Return what the successor would gain; raise as `hand_over` does, and as `preview` is not
        for use within a transaction.
        """
        ...

    async def hand_over(
        self, write: WriteUnit, actor: Actor, profile_id: UUID, wish: HandOver
    ) -> None:
        """End what is chosen and give it to the successor until the moment at which it would have
        ended, all of it or nothing; each end and each beginning is audited.

        Who acts for the person acts for the successor from then on. What the successor has already
        is ended and not given twice. Raises `NotYoursToGive` for what the actor may not take or
        give, `NotFound` for what does not hang on the person, and `Invalid`.
        """
        ...
