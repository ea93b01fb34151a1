"""The year roll: what ends, what begins, and groups made here that follow (GRP-5, GRP-7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.queries import roll as queries
from aula_plugins.groups.queries.roll import AffectedRow, RolledRow, Shared
from aula_plugins.groups.service.settling import (
    Settled,
    compare,
    parts_of,
    records_of,
    replace_part,
    settle,
)
from aula_plugins.groups.service.templates import institutions
from aula_plugins.groups.settings import settings_of
from aula_plugins.groups.writer import WRITER
from aula_sdk.ids import GROUP, WrongIdKind
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.stamdata_source import PlannedChange

ROLL = "groups.roll_year"
_SUMMER = timedelta(days=60)
"""Who was taken out of a class so shortly before now counts as having been in it to its end."""


class Repointing(msgspec.Struct, frozen=True):
    """A group made here, and an ending part of it with those who could take its place."""

    affected: AffectedRow
    kinds: tuple[str, ...]
    options: tuple[RolledRow, ...]
    proposed: UUID | None
    """The one with most of the old one's people; None when none has any of them."""
    shared: Mapping[UUID, int]

    @property
    def key(self) -> str:
        """The pair on the wire."""
        group = GROUP.format(self.affected.group_id)
        return f"{group}:{GROUP.format(self.affected.part_id)}"


class Roll(msgspec.Struct, frozen=True):
    """The year roll as it stands."""

    ending: tuple[RolledRow, ...]
    beginning: tuple[RolledRow, ...]
    repointings: tuple[Repointing, ...]


class Choice(msgspec.Struct, frozen=True):
    """What takes the place of an ending part of a group; None for nothing."""

    group_id: UUID
    old_id: UUID
    new_id: UUID | None


class Preview(msgspec.Struct, frozen=True):
    """What the choices come to: by group who comes and goes, and the delivery as a whole."""

    settled: tuple[Settled, ...]
    planned: tuple[PlannedChange, ...]
    names: Mapping[UUID, str]


def parse_choice(pair: str, target: str) -> Choice:
    """Return the choice behind ``grp_…:grp_…`` and ``grp_…`` or nothing; raise `Invalid`."""
    group, _colon, old = pair.partition(":")
    try:
        new = GROUP.parse(target) if target else None
        return Choice(GROUP.parse(group), GROUP.parse(old), new)
    except WrongIdKind as error:
        raise wrong_field("choices", _("This is not a group"), "malformed") from error


async def look(read: ReadUnit, platform: Platform, actor: Actor) -> Roll:
    """Return what ends and begins at the institutions whose roll the actor carries out.

    Known is what the imports have said so far, ends and beginnings in the future included.
    """
    given = _given(read, platform, actor)
    ending = await read.structs(RolledRow, queries.ENDING, given)
    going_on = await read.structs(RolledRow, queries.CONTINUING, given)
    affected = await read.structs(AffectedRow, queries.AFFECTED, given)
    shared = await _shared(read, affected, going_on)
    moving = {row.institution_id for row in ending}
    beginning = [
        row for row in going_on if row.valid_from >= given["since"] and row.institution_id in moving
    ]
    return Roll(tuple(ending), tuple(beginning), _repointings(affected, going_on, shared))


def _given(read: ReadUnit, platform: Platform, actor: Actor) -> dict[str, Any]:
    windows = [
        settings_of(platform, profile.municipality_id).roll_window_days
        for profile in actor.profiles_for(ROLL)
    ]
    window = timedelta(days=max(windows, default=1))
    return {
        "institutions": institutions(actor, ROLL),
        "since": read.now - window,
        "until": read.now + window,
        "now": read.now,
    }


async def _shared(
    read: ReadUnit, affected: Sequence[AffectedRow], going_on: Sequence[RolledRow]
) -> list[Shared]:
    if not affected or not going_on:
        return []
    given = {
        "old": list({row.part_id for row in affected}),
        "new": [row.id for row in going_on],
        "recently": read.now - _SUMMER,
        "now": read.now,
    }
    return await read.structs(Shared, queries.SHARED, given)


def _repointings(
    affected: Sequence[AffectedRow], going_on: Sequence[RolledRow], shared: Sequence[Shared]
) -> tuple[Repointing, ...]:
    pairs: dict[tuple[UUID, UUID], list[AffectedRow]] = {}
    for row in affected:
        pairs.setdefault((row.group_id, row.part_id), []).append(row)
    by_old: dict[UUID, dict[UUID, int]] = {}
    for one in shared:
        by_old.setdefault(one.old_id, {})[one.new_id] = one.people
    found = []
    for (_group, old), rows in pairs.items():
        people = by_old.get(old, {})
        options = sorted(going_on, key=lambda row: -people.get(row.id, 0))
        proposed = next(iter(people), None)
        kinds = tuple(row.kind.value for row in rows)
        found.append(Repointing(rows[0], kinds, tuple(options), proposed, people))
    return tuple(found)


async def preview(
    write: WriteUnit, platform: Platform, actor: Actor, choices: Sequence[Choice]
) -> Preview:
    """Return what the choices would change; nothing is changed.

    The whole is counted by the kernel's own comparison, which applying repeats exactly.
    """
    roll = await look(write, platform, actor)
    affected = _check(roll, choices)
    settled = []
    for group_id in dict.fromkeys(choice.group_id for choice in choices):
        moves = {one.old_id: one for one in choices if one.group_id == group_id}
        parts = [
            (part_id, kind)
            for old_id, kind in await parts_of(write, group_id)
            for part_id in _parts_after(roll, moves.get(old_id), old_id, write.now)
        ]
        settled.append(await compare(write, group_id, parts))
    planned: list[PlannedChange] = []
    for municipality_id in {row.municipality_id for row in affected.values()}:
        here = [one for one in settled if affected[one.group_id].municipality_id == municipality_id]
        records = records_of(write, here)
        if records:
            planned.extend(await platform.stamdata.preview(write, WRITER, municipality_id, records))
    names = {row.group_id: row.group_name for row in affected.values()}
    return Preview(tuple(settled), tuple(planned), names)


async def carry_over(
    write: WriteUnit, platform: Platform, actor: Actor, choices: Sequence[Choice]
) -> list[Settled]:
    """Put other groups in the place of the ending ones and settle the members, as one delivery for
    each municipality. What was shared stays with those who had it (GRP-5).
    """
    affected = _check(await look(write, platform, actor), choices)
    for choice in choices:
        await replace_part(write, choice.group_id, choice.old_id, choice.new_id)
    settled = []
    for municipality_id in {row.municipality_id for row in affected.values()}:
        here = [
            group_id
            for group_id in dict.fromkeys(choice.group_id for choice in choices)
            if affected[group_id].municipality_id == municipality_id
        ]
        settled.extend(await settle(write, platform, municipality_id, here))
        write.audit(
            "groups.year_rolled", municipality_id=municipality_id, details={"groups": len(here)}
        )
    return settled


def _parts_after(
    roll: Roll, choice: Choice | None, old_id: UUID, now: datetime
) -> tuple[UUID, ...]:
    """Return which groups are parts at once when ``choice`` is made about one part.

    The old one stays until it has ended and the new one has begun.
    """
    if choice is None:
        return (old_id,)
    if choice.new_id is None:
        return ()
    affected = [
        one
        for one in roll.repointings
        if (one.affected.group_id, one.affected.part_id) == (choice.group_id, old_id)
    ]
    begins = {row.id: row.valid_from for row in affected[0].options}
    over = affected[0].affected.part_ends <= now and begins[choice.new_id] <= now
    return (choice.new_id,) if over else (old_id, choice.new_id)


def _check(roll: Roll, choices: Sequence[Choice]) -> dict[UUID, AffectedRow]:
    """Return the groups by id; raise `Invalid` when a choice is not one that `look` offers."""
    if not choices:
        raise wrong_field("choices", _("Choose at least one group to carry over"), "missing")
    offered = {
        (one.affected.group_id, one.affected.part_id): {row.id for row in one.options}
        for one in roll.repointings
    }
    for choice in choices:
        options = offered.get((choice.group_id, choice.old_id))
        if options is None or (choice.new_id is not None and choice.new_id not in options):
            raise wrong_field(
                "choices", _("One of the groups can no longer be chosen"), "out-of-reach"
            )
    rows = {one.affected.group_id: one.affected for one in roll.repointings}
    return {choice.group_id: rows[choice.group_id] for choice in choices}
