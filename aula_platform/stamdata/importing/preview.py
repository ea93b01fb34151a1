"""What a delivery would change, counted per institution and kind, before anything is changed."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.matching import LEAVING
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.db import Id
from aula_sdk.protocols import ReadUnit


class Count(msgspec.Struct):
    """How many records of one kind at one institution would change, and how."""

    institution_id: UUID | None
    """None for persons and guardianships, which belong to the whole municipality."""
    institution: str
    kind: str
    added: int = 0
    changed: int = 0
    leaving: int = 0
    returning: int = 0
    same: int = 0

    @property
    def changes(self) -> int:
        """How many would not stay as they are."""
        return self.added + self.changed + self.leaving + self.returning


async def count_changes(read: ReadUnit, scope: Scope) -> list[Count]:
    """Return the counts by institution and kind, in the order in which people read them."""
    counts: dict[tuple[UUID | None, str], Count] = {}
    parts = [*_staged(scope), *_leaving(scope)]
    found = await read.rows(sa.select(sa.union_all(*parts).subquery()))
    names = await _institution_names(read, scope)
    for row in found:
        key = (row.institution_id, row.kind)
        if key not in counts:
            counts[key] = Count(row.institution_id, names.get(row.institution_id, ""), row.kind)
        before = getattr(counts[key], row.change)
        setattr(counts[key], row.change, before + row.number)
    return sorted(counts.values(), key=lambda count: (count.institution, _ORDER.index(count.kind)))


_ORDER = (
    "institution",
    "person",
    "pupil",
    "employee",
    "external",
    "guardian",
    "role",
    "group",
    "membership",
    "guardianship",
)
_NOWHERE = sa.cast(sa.null(), Id)


async def _institution_names(read: ReadUnit, scope: Scope) -> dict[UUID | None, str]:
    live, stage = live_tables.institution, tables.institution
    known = sa.select(live.c.id, live.c.name).where(scope.here(live))
    staged = sa.select(stage.c.id, stage.c.name).where(scope.sound(stage))
    every = sa.select(known.union_all(staged).subquery())
    return {row.id: row.name for row in await read.rows(every)}


def _staged(scope: Scope) -> Iterator[sa.Select[Any]]:
    places: dict[sa.Table, sa.ColumnElement[Any]] = {
        tables.institution: tables.institution.c.id,
        tables.person: _NOWHERE,
        tables.guardianship: _NOWHERE,
    }
    for stage in tables.STAGES:
        place = places[stage] if stage in places else stage.c.institution_id  # noqa: SIM401  # Eager.
        kind = _kind(stage, stage.name.removeprefix("stamdata_stage_"))
        yield (
            sa.select(
                place.label("institution_id"),
                kind.label("kind"),
                stage.c.change.label("change"),
                sa.func.count().label("number"),
            )
            .where(scope.sound(stage), stage.c.change.is_not(None))
            .group_by(*[part for part in (place, kind) if isinstance(part, sa.Column)])
            .group_by(stage.c.change)
        )


def _leaving(scope: Scope) -> Iterator[sa.Select[Any]]:
    profile, group = live_tables.profile, live_tables.group
    places: dict[sa.Table, tuple[sa.FromClause, sa.ColumnElement[Any]]] = {
        live_tables.institution: (live_tables.institution, live_tables.institution.c.id),
        live_tables.person: (live_tables.person, _NOWHERE),
        profile: (profile, profile.c.institution_id),
        live_tables.profile_role: (
            live_tables.profile_role.join(profile),
            profile.c.institution_id,
        ),
        group: (group, group.c.institution_id),
        live_tables.membership: (
            live_tables.membership.join(group, group.c.id == live_tables.membership.c.group_id),
            group.c.institution_id,
        ),
        live_tables.guardianship: (live_tables.guardianship, _NOWHERE),
    }
    gone = tables.leaving
    for live, (source, place) in places.items():
        what = live.name.removeprefix("stamdata_")
        kind = _kind(live, what)
        yield (
            sa.select(
                place.label("institution_id"),
                kind.label("kind"),
                sa.literal(LEAVING, sa.String).label("change"),
                sa.func.count().label("number"),
            )
            .select_from(source.join(gone, gone.c.id == live.c.id))
            .where(gone.c.delivery_id == scope.id, gone.c.what == what)
            .group_by(*[part for part in (place, kind) if isinstance(part, sa.Column)])
            # Without a column to group by there would be a row of zero.
            .having(sa.func.count() > 0)
        )


def _kind(table: sa.Table, what: str) -> sa.ColumnElement[str]:
    """People are told apart by what they are; a role is called just that."""
    if what == "profile":
        return table.c.kind
    return sa.literal("role" if what == "profile_role" else what, sa.String)
