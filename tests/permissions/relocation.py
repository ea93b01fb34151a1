"""The cast moving and stopping: by previews, and by deliveries that bring what was previewed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.moving.measuring import Measure, Measuring
from aula_platform.permissions.tables import grant, holder
from aula_platform.stamdata.changes import deliver
from aula_platform.storage import EVERYWHERE, around
from aula_sdk.grants import Period
from aula_sdk.moving import Affected, Change, ChangeKind, Consequences, HandOver
from aula_sdk.stamdata_source import Record
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People
from tests.permissions.desk import Desk

LEAVES = Change(ChangeKind.LEAVES)
DEPUTY = "institution_admin"


class Relocation:
    """Previews changes as somebody, and lets the source deliver them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.site = desk.site
        self.people: People = desk.people
        self.moving = desk.site.platform.moving

    async def preview(self, by: Member, of: Member, change: Change = LEAVES) -> Consequences:
        """Look ahead as a request does."""
        actor = await self.site.actor(by)
        async with self.site.storage.read(around(actor.municipalities), actor) as read:
            return await self.moving.preview(read, actor, of.profile_id, change)

    async def bring(self, *records: Record) -> None:
        """Let the source of the cast deliver records in the north."""
        place = self.people.admin.municipality_id
        async with self.site.storage.write(around([place])) as write:
            await deliver(write, place, "cast", records)

    async def measure(self, member: Member, places: Sequence[UUID]) -> Measure:
        """Count what somebody has at some institutions now."""
        state = self.site.app.state
        measuring = Measuring(self.site.platform.permissions, state.actors)
        async with self.site.storage.read(around([member.municipality_id])) as read:
            return await measuring.measure(read, member.profile_id, places)

    async def things(self, by: Member, of: Member) -> dict[str, UUID]:
        """Return the ids of what hangs on somebody, by how it is held and its title."""
        actor = await self.site.actor(by)
        async with self.site.storage.read(around(actor.municipalities), actor) as read:
            found = await self.moving.entrusted(read, actor, of.profile_id)
        return {f"{one.held_as.value} {one.title}": one.id for one in found}

    async def hand_over(self, by: Member, of: Member, wish: HandOver) -> None:
        """Hand over as somebody, in a transaction as a request has it."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            await self.moving.hand_over(write, actor, of.profile_id, wish)

    async def appoint_deputy(self, deputy: Member, superior: Member, period: Period) -> UUID:
        """Let somebody act for somebody else as an administrator of the school."""
        actor = await self.site.actor(self.people.leader)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            return await self.site.platform.grants.give_role(
                write, actor, deputy.profile_id, DEPUTY, period, deputy_for=superior.profile_id
            )

    async def kept(self) -> tuple[set[UUID], set[UUID]]:
        """Return the ids of the roles and of the personal rights that go on."""
        found = []
        async with self.site.storage.read(EVERYWHERE) as read:
            for table in (holder, grant):
                goes_on = sa.or_(table.c.valid_to.is_(None), table.c.valid_to > read.now)
                rows = await read.rows(
                    sa.select(table.c.id).where(goes_on, table.c.profile_id.is_not(None))
                )
                found.append({row.id for row in rows})
        return found[0], found[1]


def of(found: Consequences, member: Member) -> Affected:
    """Return what the change does to one person."""
    return next(one for one in found.affected if one.person.profile_id == member.profile_id)


def amounts(one: Affected) -> dict[str, tuple[int, int, int]]:
    """Return what somebody reads before, afterwards and as old, by action."""
    return {each.action: (each.before, each.after, each.old) for each in one.amounts}
