"""The entries of a sample, as whoever judges them sees them.

To judge, one has to know who did it and whom it was about. Of a protected family neither name nor
place is told, whether they acted or it was about them, nor where whoever acted works: that would
tell as much (R8, as in `aula_platform.permissions.onlookers`). An institution's own sample says by
itself where that is; whoever is protected has no name in it either, so it places nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.permissions import Catalogue
from aula_platform.sampling.families import is_protected
from aula_platform.sampling.tables import drawn
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.audit import AuditKind
from aula_sdk.i18n import Text
from aula_sdk.log_samples import Concerned, DrawnEntry, Signal, Verdict
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

MOST_NAMED = 6
"""How many of those whom an entry is about are named; a list for paper is about hundreds."""

_by, _judge, _judging = person.alias("by"), profile.alias("judge"), person.alias("judging")
_ROWS = (
    sa.select(
        drawn.c.number,
        drawn.c.drawn_as,
        drawn.c.signals,
        drawn.c.verdict,
        drawn.c.note,
        drawn.c.judged_at,
        sa.func.coalesce(_judging.c.name, "").label("judged_by"),
        entry.c.id,
        entry.c.at,
        entry.c.kind,
        entry.c.role,
        entry.c.assurance,
        entry.c.action,
        entry.c.allowed_by,
        entry.c.profiles,
        entry.c.account_id,
        entry.c.person_id,
        sa.func.coalesce(_by.c.name, "").label("name"),
        # Asked of the person: an entry need not name a profile, nor the profile be there still.
        sa.case((is_protected(_by), 1), else_=0).label("hidden"),
    )
    .join(entry, entry.c.id == drawn.c.entry_id)
    .outerjoin(_by, _by.c.id == entry.c.person_id)
    .outerjoin(_judge, _judge.c.id == drawn.c.judged_by)
    .outerjoin(_judging, _judging.c.id == _judge.c.person_id)
    .order_by(drawn.c.number)
)


class Subjects(NamedTuple):
    """Whom an entry is about."""

    profiles: tuple[UUID, ...] = ()
    named: tuple[Concerned, ...] = ()
    more: int = 0
    has_protected: bool = False


async def read_entries(
    unit: ReadUnit, actor: Actor, catalogue: Catalogue, sample_id: UUID, after: int, size: int
) -> tuple[list[DrawnEntry], set[UUID]]:
    """Return entries of the sample, and the profiles of those whom they are about."""
    page = _ROWS.where(drawn.c.sample_id == sample_id, drawn.c.number > after).limit(size)
    rows = await unit.rows(page)
    about = await _find_subjects(unit, [row.id for row in rows])
    places = await _find_places(unit, rows)
    mine = {one.person_id for one in actor.profiles}
    found = [
        _describe(row, about.get(row.id, Subjects()), places, catalogue, actor.account_id, mine)
        for row in rows
    ]
    return found, {one for each in about.values() for one in each.profiles}


async def _find_subjects(unit: ReadUnit, entries: Sequence[UUID]) -> dict[UUID, Subjects]:
    """Return by entry whom it is about: the first of them, how many more, and if any is hidden."""
    hidden = sa.case((is_protected(person), 1), else_=0)
    window: dict[str, Any] = {"partition_by": subject.c.entry_id}
    every = (
        sa.select(
            subject.c.entry_id,
            profile.c.id,
            profile.c.kind,
            person.c.name,
            institution.c.name.label("institution"),
            hidden.label("hidden"),
            sa.func.max(hidden).over(**window).label("any_hidden"),
            sa.func.count().over(**window).label("total"),
            sa.func.row_number()
            .over(**window, order_by=(person.c.sort_key, profile.c.id))
            .label("place"),
        )
        .join(profile, profile.c.id == subject.c.profile_id)
        .join(person, person.c.id == profile.c.person_id)
        .join(institution, institution.c.id == profile.c.institution_id)
        .where(subject.c.entry_id.in_(entries))
        .subquery()
    )
    some = sa.select(every).where(every.c.place <= MOST_NAMED)
    by_entry: dict[UUID, list[Any]] = {}
    for row in await unit.rows(some.order_by(every.c.entry_id, every.c.place)):
        by_entry.setdefault(row.entry_id, []).append(row)
    return {key: _told(rows) for key, rows in by_entry.items()}


def _told(rows: Sequence[Any]) -> Subjects:
    has_protected = bool(rows[0].any_hidden)
    named = tuple(
        Concerned("", row.kind, "")
        if row.hidden
        else Concerned(row.name, row.kind, "" if has_protected else row.institution)
        for row in rows
    )
    return Subjects(tuple(row.id for row in rows), named, rows[0].total - len(rows), has_protected)


async def _find_places(unit: ReadUnit, rows: Sequence[sa.Row[Any]]) -> Mapping[UUID, str]:
    """Return by profile where those who acted are somebody."""
    wanted = {UUID(hex=one) for row in rows for one in row.profiles}
    statement = (
        sa.select(profile.c.id, institution.c.name)
        .join(institution, institution.c.id == profile.c.institution_id)
        .where(profile.c.id.in_(sorted(wanted)))
    )
    found = await unit.rows(statement) if wanted else ()
    return {row.id: row.name for row in found}


def _describe(
    row: Any,
    about: Subjects,
    places: Mapping[UUID, str],
    catalogue: Catalogue,
    account_id: UUID,
    mine: Collection[UUID],
) -> DrawnEntry:
    hidden = bool(row.hidden)
    place = next((places[one] for one in map(UUID, row.profiles) if one in places), "")
    right, _colon, relations = row.allowed_by.partition(":")
    action = catalogue.actions.get(row.action) or catalogue.actions.get(right)
    return DrawnEntry(
        number=row.number,
        at=row.at,
        kind=AuditKind(row.kind),
        name="" if hidden else row.name,
        is_protected=hidden,
        role=row.role,
        institution="" if hidden or about.has_protected else place,
        assurance=row.assurance,
        action=row.action,
        purpose=action.title if action else None,
        basis=tuple(_sentences(catalogue, right, relations)),
        about=about.named,
        more=about.more,
        drawn_as=Signal(row.drawn_as),
        signals=tuple(map(Signal, row.signals)),
        is_own=row.account_id == account_id or row.person_id in mine,
        verdict=Verdict(row.verdict) if row.verdict else None,
        note=row.note,
        judged_at=row.judged_at,
        judged_by=row.judged_by,
    )


def _sentences(catalogue: Catalogue, right: str, relations: str) -> Sequence[Text]:
    """Return in words the relations through which a right was held there."""
    action = catalogue.actions.get(right)
    resource = catalogue.resources.get(action.resource) if action else None
    if resource is None:
        return ()
    held = relations.split("|")
    return [one.sentence for one in resource.relations if one.name in held]
