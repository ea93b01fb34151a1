"""How long a municipality keeps what: as it has decided, or as the owner of the things says."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aula_platform.privacy.retention.held import hold_off_deleting
from aula_platform.privacy.retention.tables import policy
from aula_sdk.db import Id
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import DecidedBy, Source
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.retention import PolicyLine, RetentionSubject

_ = gettext_for("aula")
DECIDED = "privacy.retention_decided"
Subjects = Mapping[str, RetentionSubject]
_DECIDED_HERE = sa.select(policy).where(
    policy.c.municipality_id == sa.bindparam("municipality_id", type_=Id)
)
_BY_MUNICIPALITY = _("The municipality has decided so")
_BY_OWNER = _("Nobody has decided otherwise: it is so from the start")


async def read_months(unit: ReadUnit, municipality_id: UUID, subjects: Subjects) -> dict[str, int]:
    """Return how many months each kind of thing is kept.

    What was decided once and lies beyond the bounds by now is brought back within them.
    """
    rows = await unit.rows(_DECIDED_HERE, {"municipality_id": municipality_id})
    return _months({row.subject: row.months for row in rows}, subjects)


def _months(decided: Mapping[str, int], subjects: Subjects) -> dict[str, int]:
    return {
        name: min(max(decided.get(name, one.months), one.least), one.most)
        for name, one in subjects.items()
    }


async def list_policies(
    unit: ReadUnit, municipality_id: UUID, subjects: Subjects
) -> Sequence[PolicyLine]:
    """Return how long everything is kept, with who has decided so."""
    rows = await unit.rows(_DECIDED_HERE, {"municipality_id": municipality_id})
    decided = {row.subject: row for row in rows}
    months = _months({name: row.months for name, row in decided.items()}, subjects)
    lines = []
    for name, one in sorted(subjects.items()):
        row = decided.get(name)
        source = (
            Source(DecidedBy.PLUGIN, _BY_OWNER)
            if row is None
            else Source(
                DecidedBy.MUNICIPALITY,
                _BY_MUNICIPALITY,
                profile_id=row.decided_by,
                at=row.decided_at,
            )
        )
        lines.append(
            PolicyLine(
                name,
                one.title,
                one.counts_from,
                one.by_school_year,
                months[name],
                one.months,
                one.least,
                one.most,
                one.formal is not None,
                source,
            )
        )
    return lines


async def decide(
    write: WriteUnit,
    municipality_id: UUID,
    by: UUID | None,
    subject: RetentionSubject | None,
    months: int | None,
    *,
    is_sqlite: bool,
) -> None:
    """Decide how long things are kept; raise `NotFound` for none, `Invalid` beyond the bounds."""
    if subject is None:
        raise NotFound
    await hold_off_deleting(write, municipality_id)
    here = policy.c.municipality_id == municipality_id, policy.c.subject == subject.name
    if months is None:
        gone = await write.execute(sa.delete(policy).where(*here))
        if not gone.rowcount:
            return
    else:
        if not subject.least <= months <= subject.most:
            told = _("From %(least)s to %(most)s months") % {
                "least": subject.least,
                "most": subject.most,
            }
            raise Invalid(told, fields=(FieldError("months", str(told)),))
        values = {"months": months, "decided_by": by, "decided_at": write.now}
        insert = (sqlite if is_sqlite else postgresql).insert(policy)
        key = ("municipality_id", "subject")
        await write.execute(
            insert.on_conflict_do_update(index_elements=key, set_=values),
            {"municipality_id": municipality_id, "subject": subject.name, **values},
        )
    details: dict[str, str | int | bool] = {"subject": subject.name, "months": months or 0}
    write.audit(DECIDED, municipality_id=municipality_id, details=details)
