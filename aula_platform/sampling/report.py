"""The report of a sample: how it was drawn, what was found, and that it has not changed since."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.audit.expiring import EXPIRED
from aula_platform.audit.tables import checkpoint, entry
from aula_platform.sampling.tables import drawn, sample
from aula_platform.stamdata.tables import person, profile
from aula_sdk.audit import AuditKind
from aula_sdk.log_samples import (
    ReportLine,
    SampleHead,
    SampleReport,
    Signal,
    Stratum,
    Verdict,
)
from aula_sdk.protocols import ReadUnit

SIGNED = "audit.sample_signed"
"""The audit's entry of a sign-off, with the sum and the number of what was signed."""
_encode = msgspec.json.Encoder(order="deterministic").encode
_JUDGED = ("number", "entry_id", "drawn_as", "signals", "verdict", "note", "judged_at")
_DRAWN = ("id", "place_id", "first_month", "last_month", "method", "seed", "sealed", "strata")
_LINES = (
    sa.select(
        drawn.c.number,
        entry.c.id,
        entry.c.at,
        entry.c.kind,
        entry.c.role,
        entry.c.action,
        drawn.c.drawn_as,
        drawn.c.verdict,
        drawn.c.note,
        drawn.c.judged_at,
        sa.func.coalesce(person.c.name, "").label("judged_by"),
    )
    .join(entry, entry.c.id == drawn.c.entry_id)
    .outerjoin(profile, profile.c.id == drawn.c.judged_by)
    .outerjoin(person, person.c.id == profile.c.person_id)
    .order_by(drawn.c.number)
)


async def digest_of(unit: ReadUnit, sample_id: UUID) -> tuple[str, int]:
    """Return SHA-256 over how the sample was drawn and what was said of each entry, and how many
    entries there are.

    Not over who said it: people can be erased. Who it was stands in the audit, as long as anything.
    """
    head = await unit.first(
        sa.select(*(sample.c[name] for name in _DRAWN)).where(sample.c.id == sample_id)
    )
    lines = await unit.rows(
        sa.select(*(drawn.c[name] for name in _JUDGED))
        .where(drawn.c.sample_id == sample_id)
        .order_by(drawn.c.number)
    )
    said = [list(head or ()), [list(line) for line in lines]]
    return hashlib.sha256(_encode(said)).hexdigest(), len(lines)


async def make_report(unit: ReadUnit, head: SampleHead) -> SampleReport:
    """Return the report of a sample."""
    made: Any = await unit.first(sa.select(sample).where(sample.c.id == head.id))
    rows = await unit.rows(_LINES.where(drawn.c.sample_id == head.id))
    return SampleReport(
        head,
        made.method,
        made.seed,
        made.sealed,
        msgspec.convert(made.strata, tuple[Stratum, ...]),
        tuple(_line(row) for row in rows),
        made.digest,
        is_intact=await _is_intact(unit, made),
    )


async def _is_intact(unit: ReadUnit, made: Any) -> bool:
    """Return whether what is kept is what the audit says was signed off.

    The sum beside the sample proves nothing: whoever changes the one can change the other. Of a
    sample of which a month has expired there can be less, and then no sum is left to compare with.
    """
    said = await unit.rows(
        sa.select(entry.c.details)
        .where(
            entry.c.municipality_id == made.municipality_id,
            entry.c.object_id == made.id,
            entry.c.action == SIGNED,
        )
        .limit(2)
    )
    if not said:
        return made.signed_at is None and not made.digest
    details = said[0].details
    if len(said) > 1 or details["digest"] != made.digest or details["entries"] != made.size:
        return False
    digest, kept = await digest_of(unit, made.id)
    if kept < made.size:
        return await _has_expired(unit, made)
    return made.signed_at is not None and digest == made.digest


async def _has_expired(unit: ReadUnit, made: Any) -> bool:
    """Return whether the audit has let go of a month that the sample was drawn from."""
    point = sa.exists().where(
        checkpoint.c.municipality_id == made.municipality_id,
        checkpoint.c.month.in_(sorted(made.sealed)),
        checkpoint.c.kind == EXPIRED,
    )
    return bool(await unit.scalar(sa.select(point)))


def _line(row: Any) -> ReportLine:
    return ReportLine(
        row.number,
        row.id,
        row.at,
        AuditKind(row.kind),
        row.role,
        row.action,
        Signal(row.drawn_as),
        Verdict(row.verdict) if row.verdict else None,
        row.note,
        row.judged_at,
        row.judged_by,
    )
