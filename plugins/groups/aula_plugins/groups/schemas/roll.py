"""The year roll."""

from datetime import datetime
from typing import Annotated, Self

import msgspec

from aula_plugins.groups.queries.roll import RolledRow
from aula_plugins.groups.schemas.fields import GroupId, ProfileId
from aula_plugins.groups.service.rolling import Preview, Repointing, Roll
from aula_plugins.groups.service.settling import Settled
from aula_sdk.ids import GROUP, PROFILE


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
