"""What can be wrong with a record, as codes that programs read and sentences that people read."""

from collections.abc import Sequence

import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.protocols import ReadUnit
from aula_sdk.stamdata_source import RowError

_ = gettext_for("aula")

REASONS: dict[str, Text] = {
    "cpr.refused": _("This may be a CPR number; CPR numbers are not taken in"),
    "value.missing": _("The value is missing"),
    "value.too-long": _("The text is too long"),
    "dates.zone": _("A moment needs a time zone"),
    "dates.order": _("It ends before it begins (%(record)s)"),
    "record.repeated": _("The same is said more than once; the first was taken (%(record)s)"),
    "record.other-source": _("Another source owns this, so it was left as it is (%(record)s)"),
    "reference.unknown": _("This refers to something that is not known (%(record)s)"),
    "reference.itself": _("This refers to itself (%(record)s)"),
    "uniid.taken": _("The UNI-ID belongs to another person (%(record)s)"),
    "institution.second": _("The municipality is there twice (%(record)s)"),
    "membership.no-profile": _(
        "The person does not belong to the institution of the group (%(record)s)"
    ),
}

_KEYS: dict[sa.Table, tuple[str, ...]] = {
    tables.institution: ("source_id",),
    tables.person: ("source_id",),
    tables.profile: ("person_source_id", "org_source_id", "kind"),
    tables.group: ("source_id",),
    tables.membership: ("group_source_id", "person_source_id", "role"),
    tables.guardianship: ("guardian_source_id", "child_source_id"),
}


def problem(
    what: str, field: str, code: str, record: str = "", about: tuple[str, ...] = ()
) -> RowError:
    """Return the report of one record; it has no line, so it is known by the source's ids."""
    return RowError(what, 0, field, REASONS[code] % {"record": record}, code, about=about)


async def found_problems(read: ReadUnit, scope: Scope, limit: int, offset: int) -> list[RowError]:
    """Return a part of what comparing has found to be wrong, in the delivery's order."""
    rows = await read.rows(_statement(scope).limit(limit).offset(offset))
    return [problem(row.what, row.field or "", row.problem, row.record) for row in rows]


def _statement(scope: Scope) -> sa.Select[tuple[str, str, str, str]]:
    parts = [_of_kind(scope, stage, keys) for stage, keys in _KEYS.items()]
    every = sa.union_all(*parts).subquery()
    return sa.select(every.c.what, every.c.field, every.c.problem, every.c.record).order_by(
        every.c.row
    )


def _of_kind(scope: Scope, stage: sa.Table, keys: Sequence[str]) -> sa.Select[tuple[str, ...]]:
    record: sa.ColumnElement[str] = stage.c[keys[0]]
    for key in keys[1:]:
        record = record + " / " + stage.c[key]
    what = "org" if stage is tables.institution else stage.name.removeprefix("stamdata_stage_")
    return sa.select(
        sa.literal(what, sa.String).label("what"),
        stage.c.row,
        stage.c.field,
        stage.c.problem,
        record.label("record"),
    ).where(scope.staged(stage), stage.c.problem.is_not(None))
