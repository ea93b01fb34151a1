"""Deciding what kinds of people may do in single groups: part of `aula_sdk.grants.Grants` (RGT-4).

Which rights can be given so, a plugin says with a `GroupRight` (`aula_sdk.permissions`).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from aula_sdk.i18n import Text
from aula_sdk.operations import Place
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, WriteUnit


class GroupCell(msgspec.Struct, frozen=True):
    """What one kind of person may do in a group."""

    kind: Kind
    is_given: bool
    chosen: Literal["yes", "no"] | None
    """What was decided for this very group."""
    is_open: bool
    """Whether the asker may give it, if need be with a fresh second factor."""
    may_close: bool
    """Whether the asker may take it away."""


class GroupLine(msgspec.Struct, frozen=True):
    """One right in a group, for each kind of person to whom it can be given."""

    right: str
    title: Text
    plugin: str
    cells: tuple[GroupCell, ...]


class GroupDecision(msgspec.Struct, frozen=True):
    """What is to hold in a group for one kind of person; None: as it is elsewhere."""

    kind: Kind
    right: str
    """The name of a `GroupRight`."""
    decided: Literal["yes", "no"] | None


class DecidesInGroups(Protocol):
    """Decides the rights of groups for who may."""

    async def group_rights(
        self, unit: ReadUnit, actor: Actor, group_id: UUID
    ) -> Sequence[GroupLine]:
        """Return the matrix of a group (RGT-4).

        Raises `NotFound` for a group that the actor may not decide about. What takes a second
        factor counts as theirs: they are asked for it when they decide (LOG-17).
        """
        ...

    async def decide_in_group(
        self,
        write: WriteUnit,
        actor: Actor,
        group_id: UUID,
        kind: Kind,
        right: str,
        decided: Literal["yes", "no"] | None,
    ) -> None:
        """Give or take a right in one group; None: as it is elsewhere."""
        ...

    async def new_group_rights(
        self, unit: ReadUnit, actor: Actor, place: Place
    ) -> Sequence[GroupLine]:
        """Return the matrix that a group would have if it were made at this institution now:
        nothing is chosen yet, and each cell says what the actor could decide there (RGT-4). Where
        the actor decides about no groups, or about single ones, that is nothing. What takes a
        second factor counts as theirs: they are asked for it when they decide (LOG-17).
        """
        ...

    async def rights_in_groups(
        self, unit: ReadUnit, actor: Actor, place: Place, group_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[GroupLine]]:
        """Return the matrix of each of several groups of this institution, by as many statements as
        of one: for whoever shows before `decide_in_groups` what it would come to.

        In a group about which the actor may not decide, no cell is theirs to give or to take away;
        a second factor counts as in `new_group_rights`. Who may read it is for the caller to say.
        """
        ...

    async def decide_in_groups(
        self,
        write: WriteUnit,
        actor: Actor,
        group_ids: Sequence[UUID],
        decisions: Sequence[GroupDecision],
    ) -> None:
        """Decide the same in several groups, those included that have still to begin; all of it, or
        nothing. Of one right of one kind of person the last decision counts.

        Raises `NotFound` for a group that the actor may not decide about or a right that is off
        there, `NotYoursToGive`, and `StepUpRequired` where a fresh second factor is all that is
        missing.
        """
        ...

    async def take_turn(self, write: WriteUnit) -> None:
        """Wait for whoever decides rights at the same time, and let others wait until this
        transaction ends: for whoever reads first, and decides by what was read.
        """
        ...
