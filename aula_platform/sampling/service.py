"""Samples of the log as plugins reach them: implements `aula_sdk.log_samples.LogSamples`."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_platform.permissions.rights import Rights
from aula_platform.sampling import judging
from aula_platform.sampling.listing import find_sample, list_newest, list_overdue, reviewable
from aula_platform.sampling.planning import Planner
from aula_platform.sampling.reading import read_entries
from aula_platform.sampling.report import make_report
from aula_platform.sampling.rights import WHOLE
from aula_platform.stamdata.tables import municipality
from aula_platform.storage import Storage
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.log_samples import (
    REVIEW_LOG,
    DrawnEntry,
    SampleHead,
    SamplePlan,
    SampleReport,
    Verdict,
)
from aula_sdk.operations import Place
from aula_sdk.paging import Cursor, Page
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit


class SampleDesk:
    """Who may do it, then the doing."""

    def __init__(self, storage: Storage, rights: Rights) -> None:
        self._rights = rights
        self._planner = Planner(storage, rights.catalogue)

    async def draw_due(self, municipality_id: UUID, plan: SamplePlan) -> int:
        """Draw what is due in a municipality; return how many samples that was."""
        return await self._planner.draw_due(municipality_id, plan)

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return the municipalities whose samples the actor goes through, by name."""
        named = sa.select(municipality.c.id, municipality.c.name).order_by(municipality.c.name)
        rows = await unit.rows(named.where(municipality.c.id.in_(_wholes(actor))))
        return [Place(row.id, name=row.name) for row in rows]

    async def draw_extra(self, actor: Actor, municipality_id: UUID, plan: SamplePlan) -> UUID:
        """Draw a sample of this month for the municipality; return its id."""
        if municipality_id not in _wholes(actor):
            raise NotFound
        return await self._planner.draw_extra(actor, municipality_id, plan)

    async def newest(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[SampleHead]:
        """Return the samples, the newest first."""
        return await list_newest(unit, reviewable(self._rights, actor), after, size)

    async def overdue(self, unit: ReadUnit, actor: Actor) -> Sequence[SampleHead]:
        """Return the samples that should have been signed off by now, the oldest first."""
        return await list_overdue(unit, reviewable(self._rights, actor))

    async def find(self, unit: ReadUnit, actor: Actor, sample_id: UUID) -> SampleHead:
        """Return one sample."""
        return await find_sample(unit, reviewable(self._rights, actor), sample_id)

    async def entries(
        self, unit: ReadUnit, actor: Actor, sample_id: UUID, *, after: int = 0, size: int = 20
    ) -> tuple[SampleHead, Sequence[DrawnEntry]]:
        """Return a sample and some of its entries."""
        head = await self.find(unit, actor, sample_id)
        found, about = await read_entries(
            unit, actor, self._rights.catalogue, sample_id, after, size
        )
        unit.looked(
            REVIEW_LOG,
            municipality_id=head.municipality_id,
            object_id=sample_id,
            subjects=sorted(about),
            details={"listed": len(found)},
        )
        return head, found

    async def judge(
        self,
        write: WriteUnit,
        actor: Actor,
        sample_id: UUID,
        number: int,
        verdict: Verdict,
        note: str = "",
    ) -> None:
        """Say what is to be thought of an entry."""
        await self._require(write, actor, sample_id)
        await judging.judge(write, actor, sample_id, number, verdict, note)

    async def sign_off(self, write: WriteUnit, actor: Actor, sample_id: UUID) -> None:
        """Sign the sample off for good."""
        await self._require(write, actor, sample_id)
        await judging.sign_off(write, actor, sample_id)

    async def report(self, unit: ReadUnit, actor: Actor, sample_id: UUID) -> SampleReport:
        """Return the sample's report."""
        head = await self.find(unit, actor, sample_id)
        unit.looked(
            REVIEW_LOG,
            municipality_id=head.municipality_id,
            object_id=sample_id,
            details={"report": True},
        )
        return await make_report(unit, head)

    async def _require(self, unit: ReadUnit, actor: Actor, sample_id: UUID) -> None:
        if not actor.can(REVIEW_LOG):
            raise Forbidden
        if not await self._rights.may(unit, actor, REVIEW_LOG, sample_id):
            raise NotFound


def _wholes(actor: Actor) -> list[UUID]:
    """Return the municipalities in which the actor goes through all samples."""
    if not actor.can(REVIEW_LOG):
        raise Forbidden
    held = [one for one in actor.usable_holdings(REVIEW_LOG) if one.relation == WHOLE]
    return sorted({place for one in held for place in one.municipalities})
