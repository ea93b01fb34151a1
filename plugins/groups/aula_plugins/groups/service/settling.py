"""Making stamdata agree with what was chosen: the members of groups that were made here.

Whatever is done to members ends here: the tables say who should be in a group, one statement finds
who is missing or too much, and the difference is one delivery (decision 0010).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.events import MembersChanged
from aula_plugins.groups.models import part, set_up
from aula_plugins.groups.queries import params
from aula_plugins.groups.queries import settling as queries
from aula_plugins.groups.queries.groups import PARTS, PartRow
from aula_plugins.groups.queries.members import DIFFERENCES, INSIDE, Difference
from aula_plugins.groups.settings import settings_of
from aula_plugins.groups.writer import WRITER, membership_record
from aula_sdk.errors import Invalid
from aula_sdk.people import Kind
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.stamdata_source import GroupRecord, MembershipRecord

LIVE_TOPIC = "groups"

_COUNT = sa.select(sa.func.count()).select_from(INSIDE.subquery())
_LOCK = (
    sa.select(set_up.c.id)
    .where(
        set_up.c.id == params.group_id(),
        set_up.c.municipality_id.in_(params.many("municipalities")),
    )
    .with_for_update()
)


class Settled(msgspec.Struct, frozen=True):
    """What would have to change about the members of one group."""

    group_id: UUID
    differences: tuple[Difference, ...]

    @property
    def gained(self) -> tuple[Difference, ...]:
        """Who comes in."""
        return tuple(one for one in self.differences if one.gained)

    @property
    def lost(self) -> tuple[Difference, ...]:
        """Who goes."""
        return tuple(one for one in self.differences if not one.gained)


Parts = Iterable[tuple[UUID, Kind]]


async def lock_group(write: WriteUnit, municipalities: Iterable[UUID], group_id: UUID) -> None:
    """Let nobody else change this group before the transaction ends, if it is one of theirs.

    Two who do the same at the same moment come one after the other, so that the second finds it
    done. Taken before anything is delivered, because deliveries wait for each other as well.
    """
    await write.scalar(_LOCK, {"group_id": group_id, "municipalities": list(municipalities)})


async def parts_of(read: ReadUnit, group_id: UUID) -> tuple[tuple[UUID, Kind], ...]:
    """Return the parts of a group as they are kept."""
    rows = await read.structs(PartRow, PARTS, {"group_id": group_id, "now": read.now})
    return tuple((row.part_id, row.kind) for row in rows)


async def compare(read: ReadUnit, group_id: UUID, parts: Parts) -> Settled:
    """Return who would come into the group and who would go, if its parts were these."""
    given: dict[str, object] = {"group_id": group_id, "now": read.now}
    chosen = list(parts)
    for kind in Kind:
        given[f"{kind.value}_parts"] = [one for one, of_kind in chosen if of_kind == kind]
    found = await read.structs(Difference, DIFFERENCES, given)
    return Settled(group_id, tuple(found))


def records_of(write: ReadUnit, settled: Sequence[Settled]) -> list[MembershipRecord]:
    """Return the memberships that begin, and those that end at this moment."""
    return [
        membership_record(one.group_id, who.profile_id, None if who.gained else write.now)
        for one in settled
        for who in one.differences
    ]


async def settle(
    write: WriteUnit,
    platform: Platform,
    municipality_id: UUID,
    group_ids: Sequence[UUID],
    *,
    groups: Sequence[GroupRecord] = (),
) -> list[Settled]:
    """Deliver what the groups lack, and ``groups`` before it; say what was done.

    Afterwards stamdata has exactly the members who were chosen, or whom a part reaches. Raises
    `Invalid` when a group would become larger than the municipality allows.
    """
    settled = [
        await compare(write, group_id, await parts_of(write, group_id)) for group_id in group_ids
    ]
    for one in settled:
        await _check_size(write, platform, municipality_id, one)
    records: list[GroupRecord | MembershipRecord] = [*groups, *records_of(write, settled)]
    if records:
        await platform.stamdata.deliver(write, WRITER, municipality_id, records)
    for one in settled:
        _tell(write, municipality_id, one)
    return settled


async def _check_size(
    write: WriteUnit, platform: Platform, municipality_id: UUID, settled: Settled
) -> None:
    limit = settings_of(platform, municipality_id).max_members
    if not settled.gained:
        return
    now = int(await write.scalar(_COUNT, {"group_id": settled.group_id, "now": write.now}) or 0)
    size = now + len(settled.gained) - len(settled.lost)
    if size > limit:
        reason = _("The group would have %(size)s members; at most %(limit)s are possible")
        raise wrong_field("people", reason % {"size": size, "limit": limit}, "too-many")


def _tell(write: WriteUnit, municipality_id: UUID, settled: Settled) -> None:
    if not settled.differences:
        return
    write.emit(MembersChanged(municipality_id=municipality_id, group_id=settled.group_id))
    write.changed(LIVE_TOPIC, [one.profile_id for one in settled.differences])
    write.audit(
        "groups.members_changed",
        municipality_id=municipality_id,
        object_id=settled.group_id,
        subjects=[one.profile_id for one in settled.differences],
        details={"added": len(settled.gained), "removed": len(settled.lost)},
    )


async def follow_parts(platform: Platform) -> None:
    """Let groups that have other groups as parts follow these as people come and go (GRP-2)."""
    for municipality_id in platform.active_municipalities("groups"):
        async with platform.read() as read:
            given = {"municipality_id": municipality_id, "now": read.now}
            following = [row[0] for row in await read.rows(queries.FOLLOWING, given)]
            moved = [
                group_id
                for group_id in following
                if (await compare(read, group_id, await parts_of(read, group_id))).differences
            ]
        for group_id in moved:
            # A group that would outgrow the municipality's limit stays as it is; others follow.
            with suppress(Invalid):
                async with platform.write() as write:
                    await lock_group(write, [municipality_id], group_id)
                    await settle(write, platform, municipality_id, [group_id])


async def replace_part(write: WriteUnit, group_id: UUID, old_id: UUID, new_id: UUID | None) -> None:
    """Let another group take over from a part when both times have come, or drop the part."""
    here = sa.and_(part.c.group_id == group_id, part.c.part_id == old_id)
    rows = await write.rows(sa.select(part).where(here))
    if new_id is None:
        await write.execute(sa.delete(part).where(here))
        return
    await write.execute(sa.update(part).where(here).values(follower_id=new_id))
    there = {of_kind for one, of_kind in await parts_of(write, group_id) if one == new_id}
    new = [
        {
            "group_id": group_id,
            "part_id": new_id,
            "kind": row.kind,
            "municipality_id": row.municipality_id,
        }
        for row in rows
        if row.kind not in there
    ]
    if new:
        await write.execute(sa.insert(part), new)
