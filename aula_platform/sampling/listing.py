"""The list of samples, those that are overdue, and one by its id; filtered in SQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.sampling.tables import drawn, sample
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.db import Instant
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.log_samples import REVIEW_LOG, SampleHead
from aula_sdk.paging import Cursor, Page, beyond, page_of
from aula_sdk.people import Actor
from aula_sdk.permissions import Visible
from aula_sdk.protocols import Permissions, ReadUnit

_MOST_OVERDUE = 20
_signer = profile.alias("signer")
_judged = (
    sa.select(sa.func.count())
    .where(drawn.c.sample_id == sample.c.id, drawn.c.verdict.is_not(None))
    .scalar_subquery()
)
_HEADS = (
    sa.select(
        sample.c.id,
        sample.c.municipality_id,
        sample.c.institution_id,
        sa.func.coalesce(institution.c.name, ""),
        sample.c.first_month,
        sample.c.last_month,
        sample.c.round > 0,
        sample.c.drawn_at,
        sample.c.due_at,
        sample.c.size,
        _judged,
        sample.c.signed_at,
        sa.func.coalesce(person.c.name, ""),
    )
    .select_from(sample)
    .outerjoin(institution, institution.c.id == sample.c.institution_id)
    .outerjoin(_signer, _signer.c.id == sample.c.signed_by)
    .outerjoin(person, person.c.id == _signer.c.person_id)
)


def reviewable(permissions: Permissions, actor: Actor) -> Visible:
    """Return which samples the actor goes through; raise `Forbidden` where that is never any."""
    if not actor.can(REVIEW_LOG):
        raise Forbidden
    return permissions.visible(actor, REVIEW_LOG)


async def list_newest(
    unit: ReadUnit, visible: Visible, after: Cursor | None, size: int
) -> Page[SampleHead]:
    """Return a page of samples, the newest first."""
    statement = _HEADS.where(visible.clause).order_by(sample.c.drawn_at.desc(), sample.c.id.desc())
    params: dict[str, Any] = dict(visible.params)
    if after is not None:
        statement = statement.where(beyond(sample.c.drawn_at, sample.c.id))
        params |= after.params
    rows = await unit.structs(SampleHead, statement.limit(size + 1), params)
    return page_of(rows, size, lambda one: Cursor(one.drawn_at, one.id))


async def list_overdue(unit: ReadUnit, visible: Visible) -> Sequence[SampleHead]:
    """Return what should have been signed off by now, the oldest first."""
    waits = sample.c.signed_at.is_(None), sample.c.due_at <= sa.bindparam("now", type_=Instant)
    statement = _HEADS.where(visible.clause, *waits).order_by(sample.c.due_at, sample.c.id)
    params = {**visible.params, "now": unit.now}
    return await unit.structs(SampleHead, statement.limit(_MOST_OVERDUE), params)


async def find_sample(unit: ReadUnit, visible: Visible, sample_id: UUID) -> SampleHead:
    """Return one sample; raise `NotFound` for one that is not the actor's to go through."""
    statement = _HEADS.where(visible.clause, sample.c.id == sample_id)
    found = await unit.structs(SampleHead, statement, visible.params)
    if not found:
        raise NotFound
    return found[0]
