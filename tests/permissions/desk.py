"""The cast deciding rights, each as who asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.storage import EVERYWHERE, around
from aula_platform.testing import RunningSite
from aula_sdk.grants import (
    Decided,
    Period,
    RightToGive,
)
from aula_sdk.operations import Place
from aula_sdk.people import Kind
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import People


class Desk:
    """The cast deciding rights."""

    def __init__(self, site: RunningSite, people: People) -> None:
        self.site = site
        self.people = people
        self.grants = site.platform.grants

    def school(self) -> Place:
        """Return the school of most of the cast."""
        admin = self.people.admin
        return Place(admin.municipality_id, admin.institution_id)

    def whole(self) -> Place:
        """Return the municipality in the north."""
        return Place(self.people.admin.municipality_id)

    async def decide(
        self,
        by: Member,
        place: Place,
        role: str,
        right: tuple[str, str],
        decided: Decided | None,
    ) -> None:
        """Decide as somebody, in a transaction as a request has it."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            await self.grants.decide(write, actor, place, role, *right, decided)

    async def give(self, by: Member, to: Member, role: str, period: Period = Period()) -> UUID:  # noqa: B008
        """Give a role as somebody."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            return await self.grants.give_role(write, actor, to.profile_id, role, period)

    async def give_right(self, by: Member, to: Member, right: RightToGive) -> UUID:
        """Decide a right for one person as somebody."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            return await self.grants.give_right(write, actor, to.profile_id, right)

    async def take_back(self, by: Member, id_: UUID) -> None:
        """Take something back as somebody."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            await self.grants.take_back(write, actor, id_)

    async def in_group(self, by: Member, group: str, kind: Kind, decided: Any) -> None:
        """Decide who writes posts in a group."""
        actor = await self.site.actor(by)
        async with self.site.storage.write(around(actor.municipalities), actor) as write:
            await self.grants.decide_in_group(
                write, actor, self.people.groups[group], kind, "posts.write_in_group", decided
            )

    async def can(self, member: Member, action: str) -> bool:
        """Whether somebody's next request may do it somewhere."""
        return (await self.site.actor(member)).can(action)

    async def may(self, member: Member, action: str, object_id: UUID) -> bool:
        """Whether somebody's next request may do it to this."""
        actor = await self.site.actor(member)
        async with self.site.storage.read(around(actor.municipalities)) as read:
            return await self.site.platform.permissions.may(read, actor, action, object_id)

    async def audited(self) -> list[Any]:
        """Return what the audit has of rights."""
        async with self.site.storage.read(EVERYWHERE) as read:
            statement = sa.select(entry.c.action, entry.c.details, entry.c.role).order_by(
                entry.c.id
            )
            rows = await read.rows(statement.where(entry.c.action.like("permissions.%")))
        return list(rows)
