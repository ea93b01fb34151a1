"""The way of a run: planned, previewed, announced, carried out; or cancelled."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.privacy.retention.tables import count, item, run
from aula_platform.stamdata.tables import institution
from aula_sdk.db import Id
from aula_sdk.errors import Conflict, FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.retention import (
    LEAST_NOTICE,
    MOST_NOTICE,
    RetentionSubject,
    RunCount,
    RunLine,
    RunReport,
    RunState,
)

_ = gettext_for("aula")
PLANNED = "privacy.retention_planned"
ANNOUNCED = "privacy.retention_announced"
CANCELLED = "privacy.retention_cancelled"
_MOST = 100
_LINE = [run.c[name] for name in RunLine.__struct_fields__]


class RunOpen(Conflict):
    """A municipality has one run at a time."""

    code = "retention.run-open"
    title = _("There is a run already that is not over")


class NotNow(Conflict):
    """The run is not so far, or over."""

    code = "retention.not-now"
    title = _("The run is not at a point where this can be done")


class NothingToDelete(Conflict):
    """Nothing would go."""

    code = "retention.nothing"
    title = _("Nothing is due: there is nothing to announce")


async def list_runs(read: ReadUnit, municipality_id: UUID) -> list[RunLine]:
    """Return the newest runs."""
    mine = sa.select(*_LINE).where(run.c.municipality_id == municipality_id)
    rows = await read.rows(mine.order_by(run.c.planned_at.desc(), run.c.id.desc()).limit(_MOST))
    return [_line(row) for row in rows]


async def find_run(read: ReadUnit, municipalities: Sequence[UUID], run_id: UUID) -> RunLine:
    """Return a run of one of these municipalities; raise `NotFound`."""
    this = run.c.id == run_id, run.c.municipality_id.in_(municipalities)
    row = await read.first(sa.select(*_LINE).where(*this))
    if row is None:
        raise NotFound
    return _line(row)


async def report_run(
    read: ReadUnit,
    line: RunLine,
    subjects: Mapping[str, RetentionSubject],
    municipality: str,
) -> RunReport:
    """Return the run with its counts; what is at no institution counts as the municipality's."""
    numbers = [
        count.c[name] for name in ("found", "frozen", "deleted", "preserved", "spared", "failed")
    ]
    rows = await read.rows(
        sa.select(count.c.subject, count.c.institution_id, institution.c.name, *numbers)
        .outerjoin(institution, institution.c.id == count.c.institution_id)
        .where(count.c.run_id == line.id)
        .order_by(count.c.subject, institution.c.sort_key, count.c.institution_id)
    )
    counts = tuple(
        RunCount(
            row.subject,
            # Of a plugin that has left the name alone is known.
            subjects[row.subject].title if row.subject in subjects else row.subject,
            row.institution_id,
            row.name or municipality,
            *tuple(row)[3:],
        )
        for row in rows
    )
    return RunReport(line, counts)


async def plan(write: WriteUnit, municipality_id: UUID, by: UUID | None) -> UUID:
    """Plan a run; raise `RunOpen` while another one is."""
    going = run.c.municipality_id == municipality_id, run.c.finished_at.is_(None)
    if await write.first(sa.select(run.c.id).where(*going)) is not None:
        raise RunOpen
    key = new_id()
    values = {
        "id": key, "municipality_id": municipality_id, "state": RunState.PLANNED,
        "planned_by": by, "planned_at": write.now,
    }  # fmt: skip
    await write.execute(sa.insert(run), values)
    write.audit(PLANNED, municipality_id=municipality_id, object_id=key)
    return key


async def announce(write: WriteUnit, line: RunLine, by: UUID | None, days: int) -> None:
    """Tell those whose things go; raise `Invalid`, `NotNow`, `NothingToDelete`."""
    if not LEAST_NOTICE <= days <= MOST_NOTICE:
        told = _("From %(least)s to %(most)s days") % {"least": LEAST_NOTICE, "most": MOST_NOTICE}
        raise Invalid(told, fields=(FieldError("days", str(told)),))
    if line.state is not RunState.PREVIEWED:
        raise NotNow
    some = sa.select(item.c.object_id).where(item.c.run_id == line.id).limit(1)
    if await write.first(some) is None:
        raise NothingToDelete
    values = {
        "state": RunState.ANNOUNCED, "announced_by": by, "announced_at": write.now,
        "deletes_from": write.now + timedelta(days=days),
    }  # fmt: skip
    await _change(write, line, (RunState.PREVIEWED,), values)
    write.audit(
        ANNOUNCED,
        municipality_id=line.municipality_id,
        object_id=line.id,
        details={"days": days},
    )


async def cancel(write: WriteUnit, line: RunLine) -> None:
    """End the run; raise `NotNow` when it is over. The job removes what was left of its items."""
    values = {"state": RunState.CANCELLED, "finished_at": write.now}
    going = tuple(one for one in RunState if one not in {RunState.DONE, RunState.CANCELLED})
    await _change(write, line, going, values)
    write.audit(CANCELLED, municipality_id=line.municipality_id, object_id=line.id)


async def _change(
    write: WriteUnit, line: RunLine, states: Sequence[RunState], values: Mapping[str, Any]
) -> None:
    this = run.c.id == sa.literal(line.id, Id), run.c.state.in_(states)
    changed = await write.execute(sa.update(run).where(*this).values(values))
    if not changed.rowcount:
        raise NotNow


def _line(row: sa.Row[Any]) -> RunLine:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
    return RunLine(**{**values, "state": RunState(values["state"])})
